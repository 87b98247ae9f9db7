import { setTimeout as sleep } from "node:timers/promises";
import type { Fault } from "../fault.ts";
import type { Lab } from "../lab.ts";
import { killAll, type MainProcess } from "../mainProcess.ts";
import type { Random } from "../random.ts";
import { signal, trainersOf } from "../processes.ts";
import { countOf } from "../runLog.ts";
import { smallRuns } from "../smallRuns.ts";

const runs = (kills: number): number => (kills < 20 ? 2 : 4);
/** So many that the queue is not empty before the last kill. */
const iterationsAKill = 60;
const mostPauseMs = 1_200;
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
    const early = struckTimes < times ? [`the queue was empty after ${struckTimes} kills`] : [];
    return {
      count: struckTimes,
      outcome: `${struck.trainer} trainers, ${struck.main} mains, ${struck.both} both; ${count} runs bit-equal`,
      violations: [...violations, ...early],
    };
  },
};

async function strike(lab: Lab, random: Random, home: string, times: number) {
  const struck = { trainer: 0, main: 0, both: 0 };
  const losses = new Losses(home);
  let main: MainProcess = lab.start(home);
  for (let count = 0; count < times;) {
    await sleep(random.next() * mostPauseMs);
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
