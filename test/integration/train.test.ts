import { copyFileSync, existsSync, readFileSync, rmSync, truncateSync, writeFileSync, appendFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseSafetensors } from "../../src-main/trainer/safetensors.ts";
import { rwb, startRwb } from "./rwb.ts";
import { eventsOf, lossesOf, smallRun, temporaryFolder } from "./trainFixture.ts";

const folder = temporaryFolder();
const home = path.join(folder.path, "home");
const run = (name: string) => path.join(folder.path, name);
const tensorsOf = (name: string, checkpoint = "last") => {
  const file = path.join(run(name), "checkpoints", `${checkpoint}.safetensors`);
  return parseSafetensors(readFileSync(file), file, "checkpoint-invalid").tensors;
};
const expectSameRun = (name: string, reference: string) => {
  expect(lossesOf(run(name))).toEqual(lossesOf(run(reference)));
  expect(lossesOf(run(name)).size).toBe(60);
  expect(tensorsOf(name)).toEqual(tensorsOf(reference));
};

beforeAll(async () => {
  const references = [
    smallRun("--out", run("reference")),
    smallRun("--out", run("bfloat16"), "--set", "precision=bfloat16"),
  ];
  for (const args of references) expect((await rwb(args, home)).code).toBe(0);
});
afterAll(() => folder.remove());

describe("rwb train", () => {
  it("gives the same bits for the same seed, others for another, and prints its log", async () => {
    const again = await rwb(smallRun("--out", run("again"), "--json"), home);
    expect(again.out).toBe(readFileSync(path.join(run("again"), "events.ndjson"), "utf8"));
    expectSameRun("again", "reference");
    expect((await rwb(smallRun("--out", run("other"), "--set", "seed=2"), home)).code).toBe(0);
    expect(lossesOf(run("other")).get(0)).not.toBe(lossesOf(run("reference")).get(0));
    const types = eventsOf(run("again")).map(({ type }) => type);
    expect(types[0]).toBe("started");
    expect(types.at(-1)).toBe("finished");
    expect(types.filter((type) => type === "evaluated")).toHaveLength(2);
    const evaluated = eventsOf(run("again")).find((event) => event.type === "evaluated");
    expect(Buffer.from(evaluated!.predictions, "base64")).toHaveLength(2000);
  });

  it.each(["float32", "bfloat16"])("ends with the same bits when it is killed twice, in %s", async (precision) => {
    const name = `killed-${precision}`;
    let args = smallRun("--out", run(name), "--set", `precision=${precision}`);
    for (const killAfterIteration of [12, 33]) {
      const child = startRwb(args, home);
      while (Math.max(-1, ...lossesOf(run(name)).keys()) < killAfterIteration && child.exitCode === null)
        await sleep(10);
      process.kill(-child.pid!, "SIGKILL");
      await child.ended;
      args = ["train", "--resume", run(name)];
    }
    expect((await rwb(args, home)).code).toBe(0);
    expectSameRun(name, precision === "float32" ? "reference" : "bfloat16");
  });

  it("stops at SIGTERM with a checkpoint and exit code 0, and goes on", async () => {
    const child = startRwb(smallRun("--out", run("stopped")), home);
    while (lossesOf(run("stopped")).size < 5 && child.exitCode === null) await sleep(10);
    child.kill("SIGTERM");
    expect((await child.ended).code).toBe(0);
    const stopped = eventsOf(run("stopped")).findLast((event) => event.type === "checkpointed");
    expect(stopped!.iteration).toBe(lossesOf(run("stopped")).size);
    expect((await rwb(["train", "--resume", run("stopped")], home)).code).toBe(0);
    expectSameRun("stopped", "reference");
    // A finished run is left alone.
    const before = readFileSync(path.join(run("stopped"), "events.ndjson"));
    expect((await rwb(["train", "--resume", run("stopped")], home)).code).toBe(0);
    expect(readFileSync(path.join(run("stopped"), "events.ndjson"))).toEqual(before);
  });

  it("ends by itself when the command that started it is killed", async () => {
    const child = startRwb(smallRun("--out", run("orphan")), home);
    while (lossesOf(run("orphan")).size < 3 && child.exitCode === null) await sleep(10);
    process.kill(child.pid!, "SIGKILL");
    expect((await rwb(["train", "--resume", run("orphan")], home)).code).toBe(0);
    expectSameRun("orphan", "reference");
  });

  it("falls back from a damaged checkpoint, and from a torn last line", async () => {
    const child = startRwb(smallRun("--out", run("damaged")), home);
    while (lossesOf(run("damaged")).size < 35 && child.exitCode === null) await sleep(10);
    process.kill(-child.pid!, "SIGKILL");
    await child.ended;
    const last = path.join(run("damaged"), "checkpoints", "last.safetensors");
    const bytes = readFileSync(last);
    bytes[bytes.length >> 1] ^= 1;
    // Anew: for an instant `previous` is another name of the same file, and the kill may have struck then.
    rmSync(last);
    writeFileSync(last, bytes);
    appendFileSync(path.join(run("damaged"), "events.ndjson"), '{"type":"progr');
    expect((await rwb(["train", "--resume", run("damaged")], home)).code).toBe(0);
    expectSameRun("damaged", "reference");
    const warnings = eventsOf(run("damaged")).filter((event) => event.type === "log" && event.level === "warning");
    expect(warnings).toHaveLength(1);
    // No valid checkpoint at all: from iteration 0.
    expect((await rwb(smallRun("--out", run("none"), "--set", "training.iterations=59"), home)).code).toBe(0);
    copyFileSync(path.join(run("reference"), "config.json"), path.join(run("none"), "config.json"));
    truncateSync(path.join(run("none"), "events.ndjson"), 0);
    expect((await rwb(["train", "--resume", run("none")], home)).code).toBe(0);
    expectSameRun("none", "reference");
  });

  it("ends a run whose loss is no number as diverged, with the iteration", async () => {
    // Decay times rate is 10,000: the weights grow by as much at each step, which float32 bears about nine times.
    const settings = ["training.learningRate.base=1000", "training.weightDecay=10", "checkpoint.everyIterations=2"];
    const args = smallRun("--out", run("diverged"), ...settings.flatMap((setting) => ["--set", setting]));
    expect((await rwb(args, home)).code).toBe(1);
    const end = eventsOf(run("diverged")).at(-1)!;
    expect(end.type).toBe("diverged");
    if (end.type !== "diverged") return;
    expect(end.iteration).toBe(lossesOf(run("diverged")).size - 1);
    expect(end.lastGoodCheckpoint!.iteration).toBeLessThanOrEqual(end.iteration);
    for (const { data } of tensorsOf("diverged").values()) expect(data.every(Number.isFinite)).toBe(true);
    expect((await rwb(["train", "--resume", run("diverged")], home)).code).toBe(1);
  });

  it("keeps a validation part apart and probes without touching the run", async () => {
    const validation = ["--set", "validationImages=1000"];
    for (const [name, probes] of [
      ["probed", "[0,30,60]"],
      ["unprobed", "[]"],
    ]) {
      const args = smallRun("--out", run(name), ...validation, "--set", `probe.atIterations=${probes}`);
      expect((await rwb(args, home)).code).toBe(0);
    }
    expectSameRun("probed", "unprobed");
    const events = eventsOf(run("probed"));
    expect(events.find((event) => event.type === "started")).toMatchObject({
      trainImages: 9000,
      validationImages: 1000,
    });
    expect(events.find((event) => event.type === "evaluated")!.validationAccuracy).toBeGreaterThan(0);
    const probed = events.filter((event) => event.type === "probed");
    expect(probed.map(({ iteration }) => iteration)).toEqual([0, 30, 60]);
    expect(probed[0].responses.map(({ layer }) => layer)).toHaveLength(7);
    for (const { std } of probed[0].responses) expect(std).toBeGreaterThan(0);
    for (const { norm } of probed[2].gradientNorms) expect(norm).toBeGreaterThan(0);
  });

  it("probes iteration 0 before any update, whatever the first one does", async () => {
    const probed = [];
    for (const [name, rate] of [
      ["slow", "0.001"],
      ["fast", "3"],
    ]) {
      const settings = [`training.learningRate.base=${rate}`, "training.iterations=3", "probe.atIterations=[0,1]"];
      const args = smallRun("--out", run(name), ...settings.flatMap((setting) => ["--set", setting]));
      expect((await rwb(args, home)).code).toBe(0);
      probed.push(eventsOf(run(name)).flatMap((event) => (event.type === "probed" ? [{ ...event, timeMs: 0 }] : [])));
    }
    const [slow, fast] = probed;
    expect(slow.map(({ iteration }) => iteration)).toEqual([0, 1]);
    expect(fast[0]).toEqual(slow[0]);
    expect(fast[1]).not.toEqual(slow[1]);
  });

  it.each([
    { args: ["train"], code: 2, says: "recipe" },
    { args: ["train", "--recipe", "cours"], code: 2, says: "course" },
    { args: ["train", "--recipe", "quick", "--set", "training.batchsize=3"], code: 2, says: "training.batchSize" },
    { args: ["train", "--recipe", "quick", "--set", "__proto__.x=3"], code: 2, says: "Unknown key" },
    { args: ["train", "--recipe", "quick", "--set", "network.depth=21"], code: 2, says: "6n + 2" },
    { args: ["train", "--recipe", "quick", "--scal", "1/2"], code: 2, says: "--scale" },
    { args: ["train", "--recipe", "quick", "--scale", "2"], code: 2, says: "fraction" },
    { args: ["train", "--recipe", "course"], code: 3, says: "rwb dataset download cifar10" },
    { args: ["train", "--resume", "/nonexistent"], code: 2, says: "holds no run" },
  ])("refuses $args with exit code $code", async ({ args, code, says }) => {
    const ended = await rwb(args, home);
    expect(ended.err).toContain(says);
    expect(ended.code).toBe(code);
  });

  it("refuses a folder that already holds a run", async () => {
    expect((await rwb(smallRun("--out", run("reference")), home)).code).toBe(2);
    expect(existsSync(path.join(run("reference"), "checkpoints", "previous.safetensors"))).toBe(true);
  });
});
