import { existsSync, statSync } from "node:fs";
import { availableParallelism } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addTiny, linesOf, until, withShapes } from "./queue.cli.fixture.ts";
import { rwb, startRwb } from "./rwb.ts";
import { temporaryFolder } from "./trainFixture.ts";

const folder = temporaryFolder();
/** So long a path that no socket fits into it. */
const deep = path.join(folder.path, "a".repeat(60), "b".repeat(60));
/** Decay times rate is 10,000: the weights grow by as much at each step. */
const diverges = ["training.learningRate.base=1000", "training.weightDecay=10"].flatMap((text) => ["--set", text]);

beforeAll(() => withShapes(deep, ...["grid", "signal"].map((name) => path.join(folder.path, name))));
afterAll(() => folder.remove());

describe.concurrent("rwb queue run", { timeout: 120_000 }, () => {
  it("works a grid while other commands talk to it", async () => {
    const home = path.join(folder.path, "grid");
    const grid = ["--families", "plain,residual", "--depths", "8,14", "--seeds", "1,2"];
    // Two at a time on any machine, so that some wait while others train.
    const threads = ["--threads", String(Math.max(1, availableParallelism() >> 1))];
    const added = linesOf(await rwb(addTiny(20, ...grid, ...threads, "--study", "s"), home));
    expect(added.map(({ family, depth, seed }) => `${family}-${depth}-s${seed}`)).toEqual([
      ...["plain-8-s1", "residual-8-s1", "plain-14-s1", "residual-14-s1"],
      ...["plain-8-s2", "residual-8-s2", "plain-14-s2", "residual-14-s2"],
    ]);
    for (const run of added) expect(run).toMatchObject({ status: "queued", study: "s", testAccuracy: null });

    const queue = startRwb(["queue", "run", "--json"], home);
    const training = await until(["queue", "list"], home, (runs) => runs.some(({ status }) => status === "running"));
    expect(training.at(-1)!.status).toBe("queued");
    expect(statSync(path.join(home, "main.sock")).mode & 0o777).toBe(0o600);

    // A second one is refused, and nothing that others do opens a second writer.
    const second = await rwb(["queue", "run"], home);
    expect(second.code).toBe(1);
    expect(second.err).toContain(`Another rwb queue run (process ${queue.pid}) works this queue already. [locked]`);
    const moved = linesOf(await rwb(["queue", "move", added[7].id, "1", "--json"], home));
    expect(moved[0].id).toBe(added[7].id);
    expect(linesOf(await rwb(["run", "cancel", "plain-14-s2", "--json"], home))[0].status).toBe("cancelled");
    expect(linesOf(await rwb(["run", "pause", "residual-8-s2", "--json"], home))[0].status).toBe("paused");
    const known = linesOf(await rwb(["runs", "--json"], home));
    expect(known.map(({ id }) => id)).toEqual(added.map(({ id }) => id));

    const ended = await queue.ended;
    expect(ended.code).toBe(0);
    expect(existsSync(path.join(home, "main.sock"))).toBe(false);
    expect(linesOf(ended).map(({ status }) => status)).toEqual(Array(6).fill("finished"));
    expect(ended.err).toContain("6 finished, 1 paused (rwb run resume RUN).");
    for (const run of linesOf(await rwb(["runs", "--study", "s", "--json"], home))) {
      if (run.id.startsWith("plain-14-s2")) expect(run.status).toBe("cancelled");
      else if (run.id.startsWith("residual-8-s2")) expect(run.status).toBe("paused");
      else {
        expect(run).toMatchObject({ status: "finished", iteration: 20 });
        expect(run.testAccuracy).toBeGreaterThan(0);
      }
    }
  });

  it("ends with a checkpoint at a signal, and goes on, also after it was killed", async () => {
    const home = path.join(folder.path, "signal");
    const [{ id }] = linesOf(await rwb(addTiny(100_000, "--threads", "1"), home));
    const training = (iteration: number) =>
      until(["runs"], home, ([run]) => run.status === "running" && run.iteration > iteration);
    const first = startRwb(["queue", "run"], home);
    await training(0);
    first.kill("SIGTERM");
    const ended = await first.ended;
    expect(ended.code).toBe(0);
    expect(ended.err).toContain("To go on with 1 run: rwb queue run");
    const [stopped] = linesOf(await rwb(["runs", "--json"], home));
    expect(stopped).toMatchObject({ id, status: "interrupted", checkpointIteration: stopped.iteration });

    const second = startRwb(["queue", "run"], home);
    await training(stopped.iteration);
    second.kill("SIGKILL");
    await second.ended;
    // Its socket is still there; nobody listens.
    expect(existsSync(path.join(home, "main.sock"))).toBe(true);
    expect(linesOf(await rwb(["runs", "--json"], home))[0].status).toBe("interrupted");

    const third = startRwb(["queue", "run"], home);
    await training(stopped.iteration);
    third.kill("SIGSTOP");
    const asked = await rwb(["runs"], home);
    expect(asked).toMatchObject({ code: 1, out: "" });
    expect(asked.err).toContain("does not answer. [locked]");
    third.kill("SIGCONT");
    expect(linesOf(await rwb(["run", "stop", id, "--json"], home))[0].status).toBe("stopping");
    expect((await third.ended).code).toBe(0);
    expect(linesOf(await rwb(["runs", "--json"], home))[0].status).toBe("cancelled");
  });

  it("exits 1 where a run diverged, also through a socket elsewhere than in the folder", async () => {
    const [{ id }] = linesOf(await rwb([...addTiny(40), ...diverges], deep));
    const queue = startRwb(["queue", "run"], deep);
    await until(["run", "show", id], deep, ([run]) => run.status !== "queued");
    expect(existsSync(path.join(deep, "main.sock"))).toBe(false);
    const ended = await queue.ended;
    expect(ended.code).toBe(1);
    expect(ended.err).toContain("1 failed or diverged");
    expect(existsSync(path.join(deep, "main.json"))).toBe(false);
    const retried = await rwb(["run", "retry", id], deep);
    expect(retried.code).toBe(2);
    expect(retried.err).toContain("rwb run fork");
    // Nothing waits any more.
    expect((await rwb(["queue", "run"], deep)).code).toBe(0);
  });
});
