import { spawnSync } from "node:child_process";
import type { Fault } from "../fault.ts";
import { firstRun } from "../firstRun.ts";
import type { Lab } from "../lab.ts";
import type { MainProcess } from "../mainProcess.ts";
import { signal, trainersOf } from "../processes.ts";
import { countOf, eventsOf } from "../runLog.ts";
import { buildShim, shimProblem, type MemoryLimit } from "../shim.ts";
import { smallRuns } from "../smallRuns.ts";
import { until } from "../waiting.ts";

/** Above the watchdog's least limit, which is the longest that any loss may take here. */
const lostWithinMs = 90_000;
const lineWithinMs = 60_000;

/**
 * What a trainer may have from its start, and what finds no more there; others end elsewhere from time to time, in
 * native code by a signal. A run fails after three.
 */
const fromTheStart = {
  short: [
    { resource: "data", megabytes: 100 }, // V8, its heap
    { resource: "as", megabytes: 3_000 }, // the loader, TensorFlow's library
    { resource: "data", megabytes: 830 }, // TensorFlow, the images
  ],
  long: [
    { resource: "data", megabytes: 30 }, // Node, its threads: it then waits for them for ever
    { resource: "as", megabytes: 6_000 },
    { resource: "data", megabytes: 760 }, // TensorFlow, its threads
  ],
} as const satisfies Record<string, readonly MemoryLimit[]>;

export const memoryLimit: Fault = {
  name: "memory-limit",
  title:
    "the kernel gives a trainer no more memory (RLIMIT_DATA, RLIMIT_AS): when it takes a run up again, from its start",
  skip: () =>
    shimProblem() ?? (spawnSync("prlimit", ["--version"]).status === 0 ? undefined : "there is no command prlimit"),
  strike: async ({ lab, long }) => {
    const taken = await inItsFirstStep(lab, long ? 5 : 1);
    const starts = [];
    for (const limits of long ? [fromTheStart.short, fromTheStart.long] : [fromTheStart.short])
      starts.push(await fromItsStart(lab, limits));
    const all = [taken, ...starts];
    return {
      count: all.reduce((sum, { ways }) => sum + ways.length, 0),
      outcome:
        `taken up again: ${counted(taken.ways)}; went on from its checkpoint, bit-equal; ` +
        `from the start: ${counted(starts.flatMap(({ ways }) => ways))}; failed, the other run bit-equal`,
      violations: all.flatMap(({ violations }) => violations),
    };
  },
};

/**
 * Not a byte more for a trainer that has just taken a run up again, several times: one that is beyond its first steps
 * has all that it needs and may go on to its end.
 */
async function inItsFirstStep(lab: Lab, times: number): Promise<{ ways: string[]; violations: string[] }> {
  const configs = smallRuns(2, 150 * (times + 1));
  const expected = await lab.reference(configs);
  const home = await lab.queue(configs);
  const main = lab.start(home);
  const starved = firstRun(home).id;
  const trainer = (what: "checkpointed" | "resumed", count: number) =>
    until(`${count} lines '${what}'`, lineWithinMs, () => {
      const found = trainersOf(home).find(({ run }) => run === starved);
      return countOf(home, starved, what) >= count && found;
    });
  for (let time = 0; time < times; time++) {
    const first = await trainer("checkpointed", countOf(home, starved, "checkpointed") + 1);
    signal(first.pid, "SIGKILL");
    const { pid } = await trainer("resumed", 2 * time + 1);
    const { status, stderr } = spawnSync("prlimit", ["--pid", String(pid), "--data=0"], { encoding: "utf8" });
    if (status !== 0) throw new Error(`prlimit: ${stderr}`);
    await until("its loss", lostWithinMs, () => lossesOf(main, starved).length === 2 * time + 2);
  }
  const ways = lossesOf(main, starved).filter((_, loss) => loss % 2 === 1);
  const violations = await lab.finish(main, expected);
  const resumed = eventsOf(home, starved).filter((event) => event.type === "resumed");
  if (resumed.length !== 2 * times || resumed.some(({ fromIteration }) => fromIteration === 0))
    violations.push(`${starved} did not go on from a checkpoint each time`);
  return { ways, violations };
}

/** Three trainers of a run, each under another limit; the run beside it has all that it wants. */
async function fromItsStart(
  lab: Lab,
  limits: readonly MemoryLimit[],
): Promise<{ ways: string[]; violations: string[] }> {
  const configs = smallRuns(2, 120);
  const expected = await lab.reference(configs);
  const home = await lab.queue(configs);
  const shim = buildShim(lab.folder, home);
  const starved = firstRun(home);
  shim.limitMemory(starved.id, limits[0]);
  const main = lab.start(home, shim.env);
  for (let loss = 1; loss <= limits.length; loss++) {
    await until(`loss ${loss}`, lostWithinMs, () => lossesOf(main, starved.id).length === loss);
    // Its next trainer starts in a second.
    shim.limitMemory(starved.id, limits[loss]);
  }
  const violations = await lab.finish(main, new Map([...expected, [starved.seed, "failed" as const]]));
  const { reason } = firstRun(home);
  if (!reason?.includes("3 times without a new checkpoint")) violations.push(`${starved.id} has failed: ${reason}`);
  return { ways: lossesOf(main, starved.id), violations };
}

/** How a run's trainers ended, as main says it. */
function lossesOf({ notes }: MainProcess, run: string): string[] {
  return notes.flatMap((note) => {
    const [, how] = /^\S+ (?:is interrupted|has failed): (.*?)(?:; it goes on|, \d+ times|$)/.exec(note) ?? [];
    return note.startsWith(run) && how !== undefined ? [how] : [];
  });
}

/** Each once, with how often it came where that was more. */
function counted(ways: readonly string[]): string {
  const times = (way: string) => ways.filter((other) => other === way).length;
  return [...new Set(ways)].map((way) => (times(way) > 1 ? `${times(way)} x ${way}` : way)).join(", ");
}
