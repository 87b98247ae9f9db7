import { cpSync, existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { gridConfigs, type Grid } from "../../src-shared/grid.ts";
import type { RunStatus } from "../../src-shared/runState.ts";
import { parseSafetensors } from "../../src-main/trainer/safetensors.ts";
import { openWorkbench, type Workbench } from "../../src-main/workbench.ts";
import { rwb } from "./rwb.ts";
import { temporaryFolder } from "./trainFixture.ts";

const small = [
  ...["training.iterations=40", "training.batchSize=16", "checkpoint.everyIterations=10"],
  "evaluation.everyIterations=20",
];
const cell = (...set: string[]): Grid => ({
  ...{ recipe: "quick", families: ["residual"], depths: [8], seeds: [1] },
  set: [...small, ...set],
});

const prepared = temporaryFolder();
let folder: ReturnType<typeof temporaryFolder>;
let workbench: Workbench;
const notes: string[] = [];

const open = async (cores = 2) => openWorkbench({ home: folder.path, cores, onNote: (text) => void notes.push(text) });
const add = async (grid: Grid, threads = 1) =>
  workbench.runs.add(gridConfigs(grid).map((config) => ({ config, recipe: grid.recipe, threads })));
const status = (id: string): RunStatus => workbench.history.runs.get(id).status;
const until = async (id: string, ...statuses: RunStatus[]) => {
  for (const started = performance.now(); !statuses.includes(status(id)); await sleep(20)) {
    if (performance.now() - started > 60_000) throw new Error(`${id} is ${status(id)}; ${notes.join("; ")}`);
  }
};
const iterationOf = (id: string): number => workbench.queue.active.get(id)?.live.iteration ?? 0;
const untilIteration = async (id: string, iteration: number) => {
  while (iterationOf(id) < iteration && status(id) !== "failed") await sleep(5);
};
const finishAll = () => workbench.queue.untilEmpty(new AbortController().signal);
const runFolder = (id: string) => path.join(folder.path, "runs", id);
const tensorsOf = (id: string) => {
  const file = path.join(runFolder(id), "checkpoints", "last.safetensors");
  const { tensors } = parseSafetensors(readFileSync(file), file, "internal");
  return new Map([...tensors].map(([name, { data }]) => [name, Buffer.from(data).toString("base64")]));
};
const seriesOf = (id: string) => {
  const all = { from: 0, to: Infinity };
  return (["loss", "accuracy", "learningRate"] as const).map((name) => workbench.history.series.read(id, name, all));
};

// The built-in data set is drawn once, not for every test.
beforeAll(async () => {
  const args = ["train", "--recipe", "quick", "--set", "training.iterations=1", "--set", "training.batchSize=1"];
  expect((await rwb([...args, "--out", path.join(prepared.path, "run")], prepared.path)).code).toBe(0);
}, 120_000);
afterAll(() => prepared.remove());
beforeEach(async () => {
  folder = temporaryFolder();
  cpSync(path.join(prepared.path, "datasets"), path.join(folder.path, "datasets"), { recursive: true });
  notes.length = 0;
  workbench = await open();
});
afterEach(async () => {
  await workbench.close("the test is over");
  folder.remove();
});

describe("the queue", () => {
  it("packs, keeps every line once, and shares runs between studies", async () => {
    const grid = { ...cell(), families: ["plain", "residual"] as const, seeds: [1, 2] };
    const requests = gridConfigs(grid).map((config) => ({ config, recipe: "quick", threads: 1 }));
    const runs = await workbench.studies.addRuns("depth", grid, requests);
    expect(runs.map(({ id }) => status(id))).toEqual(Array(4).fill("queued"));
    workbench.queue.work();
    expect(workbench.queue.active.size).toBe(2);
    await finishAll();
    for (const { id } of runs) {
      const run = workbench.history.runs.get(id);
      expect(run).toMatchObject({ status: "finished", iteration: 40, threads: 1, lanes: 1, checkpointIteration: 40 });
      expect(run.testAccuracy).toBeGreaterThan(0);
      const lines = readFileSync(path.join(runFolder(id), "events.ndjson"), "utf8").split("\n").length - 1;
      expect(workbench.history.logState(id).lines).toBe(lines);
      expect(seriesOf(id).map(({ values }) => values.length)).toEqual([40, 40, 40]);
    }
    expect(workbench.history.speeds.all().length).toBeGreaterThan(0);
    // The same grid in another study, and one seed more: only that is new.
    workbench.history.studies.create({ name: "again", grid: { ...grid, seeds: [1, 2, 3] } });
    const added = await workbench.studies.queueMissing("again");
    expect(added.map(({ config }) => config.seed)).toEqual([3, 3]);
    expect(workbench.studies.cells("again").map(({ run }) => run?.status)).toEqual([
      ...Array<string>(4).fill("finished"),
      ...Array<string>(2).fill("starting"),
    ]);
    for (const { id } of added) workbench.queue.act(id, "cancel");
  });

  it("pauses, resumes, stops, cancels, retries; the bits are an undisturbed run's", async () => {
    const [undisturbed, paused, stopped, cancelled] = await add({ ...cell(), seeds: [1] }).then(async ([first]) => [
      first,
      ...(await add(cell())),
      ...(await add(cell())),
      ...(await add(cell())),
    ]);
    workbench.queue.work();
    await untilIteration(paused.id, 13);
    workbench.queue.act(paused.id, "pause");
    await until(paused.id, "paused");
    expect(workbench.history.runs.get(paused.id).checkpointIteration).toBeGreaterThanOrEqual(13);
    await untilIteration(stopped.id, 13);
    workbench.queue.act(stopped.id, "stop");
    await until(stopped.id, "cancelled");
    await untilIteration(cancelled.id, 13);
    workbench.queue.act(cancelled.id, "cancel");
    expect(status(cancelled.id)).toBe("cancelled");
    workbench.queue.act(paused.id, "resume");
    workbench.queue.act(stopped.id, "retry");
    workbench.queue.act(cancelled.id, "retry");
    await finishAll();
    for (const { id } of [paused, stopped, cancelled]) {
      expect([id, status(id)]).toEqual([id, "finished"]);
      expect(tensorsOf(id)).toEqual(tensorsOf(undisturbed.id));
      expect(seriesOf(id)).toEqual(seriesOf(undisturbed.id));
    }
    expect(() => workbench.queue.act(paused.id, "stop")).toThrow("A run that is finished cannot be told to stop.");
  });

  it("goes on after a lost trainer, and gives a run up after three losses without a new checkpoint", async () => {
    const [lost] = await add(cell());
    const [hopeless] = await add(cell("checkpoint.everyIterations=1000", "training.iterations=4000"));
    const [after] = await add(cell());
    workbench.queue.work();
    await untilIteration(lost.id, 13);
    process.kill(workbench.queue.active.get(lost.id)!.trainer.pid!, "SIGKILL");
    process.kill(workbench.queue.active.get(hopeless.id)!.trainer.pid!, "SIGKILL");
    await finishKilling(hopeless.id);
    await finishAll();
    expect([status(lost.id), status(after.id)]).toEqual(["finished", "finished"]);
    expect(status(hopeless.id)).toBe("failed");
    expect(workbench.history.runs.get(hopeless.id).reason).toContain("3 times without a new checkpoint");
  });

  /** Kills the run's trainer whenever it has done a step, until the queue gives it up. */
  async function finishKilling(id: string): Promise<void> {
    while (status(id) !== "failed") {
      if (iterationOf(id) > 0 && workbench.queue.active.has(id)) {
        process.kill(workbench.queue.active.get(id)!.trainer.pid!, "SIGKILL");
      }
      await sleep(100);
    }
  }

  it("forks a diverged run from its last good checkpoint; neither blocks the next", async () => {
    const [diverges] = await add(
      cell("training.learningRate.base=1000", "training.weightDecay=10", "checkpoint.everyIterations=2"),
    );
    const [next] = await add(cell("seed=5"));
    workbench.queue.work();
    await finishAll();
    expect([status(diverges.id), status(next.id)]).toEqual(["diverged", "finished"]);
    expect(() => workbench.queue.act(diverges.id, "retry")).toThrow("cannot be told to retry");
    const fork = await workbench.runs.fork(diverges.id, "last", (config) => ({
      ...config,
      training: {
        ...config.training,
        weightDecay: 1e-4,
        learningRate: { ...config.training.learningRate, base: 1e-3 },
      },
    }));
    await finishAll();
    const { iteration } = fork.forkedFrom!;
    expect(iteration).toBeGreaterThan(0);
    expect(workbench.history.runs.get(fork.id)).toMatchObject({ status: "finished", iteration: 40 });
    expect(workbench.history.series.read(fork.id, "loss", { from: 0, to: Infinity })).toMatchObject({
      from: iteration,
    });
    await expect(workbench.runs.fork(diverges.id, "last", (config) => ({ ...config, network: { ...config.network, depth: 14 } }))).rejects.toThrow("A fork keeps its run's network."); // prettier-ignore
  });

  it("refuses a run that can never fit, and goes on with the next", async () => {
    const [huge] = await add({ ...cell("training.batchSize=8192"), depths: [1202] });
    const [next] = await add(cell());
    workbench.queue.work();
    await finishAll();
    expect([status(huge.id), status(next.id)]).toEqual(["failed", "finished"]);
    expect(workbench.history.runs.get(huge.id).reason).toContain("GB of memory");
  });
});

describe("the next main", () => {
  it("goes on with what the last one left, and only one has the folder", async () => {
    await expect(open()).rejects.toMatchObject({ code: "locked" });
    const [run] = await add(cell());
    workbench.queue.work();
    await untilIteration(run.id, 13);
    await workbench.close("told to end");
    workbench = await open();
    expect(status(run.id)).toBe("interrupted");
    workbench.queue.work();
    await finishAll();
    expect(status(run.id)).toBe("finished");
  });

  it("takes over what was trained outside the queue, and deletes for good only when told", async () => {
    const out = path.join(folder.path, "runs", "by-hand");
    await workbench.close("told to end");
    const set = small.flatMap((setting) => ["--set", setting]);
    expect((await rwb(["train", "--recipe", "quick", ...set, "--out", out], folder.path)).code).toBe(0);
    workbench = await open();
    expect(workbench.history.runs.get("by-hand")).toMatchObject({ status: "finished", iteration: 40, recipe: "quick" });
    workbench.runs.trash("by-hand");
    expect(workbench.history.runs.list({})).toEqual([]);
    workbench.runs.restore("by-hand");
    expect(workbench.history.runs.list({}).length).toBe(1);
    workbench.runs.purge("by-hand");
    expect(existsSync(out)).toBe(false);
    expect(workbench.history.runs.find("by-hand")).toBeUndefined();
  });
});
