import { setTimeout as sleep } from "node:timers/promises";
import type { Fault } from "../fault.ts";
import type { Lab } from "../lab.ts";
import { killAll, type MainProcess } from "../mainProcess.ts";
import type { Random } from "../random.ts";
import { signal, trainersOf } from "../processes.ts";
import { checkpointsOf, countOf, eventsOf, runsOf } from "../runLog.ts";
import { smallRuns } from "../smallRuns.ts";
import { until } from "../waiting.ts";

const runs = (kills: number): number => (kills < 20 ? 2 : 4);
/** So many that the queue is not empty before the last kill: two trainers do 50 to 100 between two kills. */
const iterationsAKill = 150;
/** Three of four kills come so soon after a checkpoint, in the middle of training; the others whenever, starts included. */
const mostAfterCheckpointMs = 300;
const mostPauseMs = 1_200;
const checkpointWithinMs = 60_000;
/** A third loss in a row without a new checkpoint fails a run, and rightly so. */
const mostLossesInARow = 2;

export const kills: Fault = {
  name: "kills",
  title: "SIGKILL of a trainer, of the main, of both, at random moments",
  strike: async ({ lab, random, kills: times }) => {
    const count = runs(times);
    const configs = smallRuns(count, 10 * Math.ceil((iterationsAKill * times) / count / 10));
    const expected = await lab.reference(configs);
    const home = await lab.queue(configs);
    const { main, struck } = await strike(lab, random, home, times);
    const violations = await lab.finish(main, expected);
    const struckTimes = struck.trainer + struck.main + struck.both;
    if (struckTimes < times / 2) violations.push(`the queue was empty after ${struckTimes} of ${times} kills`);
    const events = runsOf(home).flatMap((run) => eventsOf(home, run));
    const fromCheckpoint = events.filter((event) => event.type === "resumed" && event.fromIteration > 0).length;
    if (fromCheckpoint === 0) violations.push("no run was taken up from a checkpoint");
    const endedAlone = events.some(
      (event) => event.type === "log" && /started the trainer is gone/.test(event.message),
    );
    if (struck.main >= 3 && !endedAlone) violations.push("no trainer has ended because its main was gone");
    const parts = `${struck.trainer} trainers, ${struck.main} mains, ${struck.both} both`;
    const outcome = `${parts}; taken up ${fromCheckpoint} times from a checkpoint; ${count} runs bit-equal`;
    return { count: struckTimes, outcome, violations };
  },
};

async function strike(lab: Lab, random: Random, home: string, times: number) {
  const struck = { trainer: 0, main: 0, both: 0 };
  const losses = new Losses(home);
  let main: MainProcess = lab.start(home);
  for (let count = 0; count < times;) {
    if (random.below(4) > 0) {
      const before = checkpointsOf(home);
      await until("a new checkpoint", checkpointWithinMs, () => main.end() ?? checkpointsOf(home) > before);
      await sleep(random.next() * mostAfterCheckpointMs);
    } else await sleep(random.next() * mostPauseMs);
    if (main.end()) break;
    const target = random.pick(["trainer", "trainer", "trainer", "main", "both"] as const);
    if (target === "trainer") {
      const candidates = trainersOf(home).filter(({ run }) => losses.bears(run));
      if (candidates.length === 0) continue;
      const { pid, run } = random.pick(candidates);
      if (!signal(pid, "SIGKILL")) continue;
      losses.add(run);
    } else {
      if (target === "main") main.kill("SIGKILL");
      else killAll(main);
      if ((await main.ended).signal !== "SIGKILL") break;
      main = lab.start(home);
    }
    struck[target]++;
    count++;
  }
  return { main, struck };
}

/** Losses of each run since its newest checkpoint, as the queue counts them. */
class Losses {
  readonly #home: string;
  readonly #byRun = new Map<string, { count: number; checkpoints: number }>();

  constructor(home: string) {
    this.#home = home;
  }

  bears(run: string): boolean {
    return this.#since(run).count < mostLossesInARow;
  }

  add(run: string): void {
    const { count, checkpoints } = this.#since(run);
    this.#byRun.set(run, { count: count + 1, checkpoints });
  }

  #since(run: string): { count: number; checkpoints: number } {
    const checkpoints = countOf(this.#home, run, "checkpointed");
    const known = this.#byRun.get(run);
    return known?.checkpoints === checkpoints ? known : { count: 0, checkpoints };
  }
}
