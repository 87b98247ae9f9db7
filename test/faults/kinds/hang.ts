import type { Fault } from "../fault.ts";
import { countOf, eventsOf, runsOf } from "../runLog.ts";
import { smallRuns } from "../smallRuns.ts";
import { signal, trainersOf } from "../processes.ts";
import { until } from "../waiting.ts";

/** The least limit of the watchdog is 60 s. */
const killedWithinMs = 120_000;

export const hang: Fault = {
  name: "hang",
  title: "one trainer alone stands still (SIGSTOP) and is never continued",
  skip: ({ long }) =>
    long
      ? undefined
      : "the watchdog waits for at least 60 s; its rule is tested tick by tick (test/unit/scheduler.test.ts)",
  strike: async ({ lab }) => {
    const configs = smallRuns(2, 400);
    const expected = await lab.reference(configs);
    const home = await lab.queue(configs);
    const main = lab.start(home);
    const run = await until("checkpoints", 60_000, () =>
      runsOf(home).find((id) => countOf(home, id, "checkpointed") >= 2),
    );
    const { pid } = trainersOf(home).find((trainer) => trainer.run === run)!;
    signal(pid, "SIGSTOP");
    const startMs = performance.now();
    const note = await until("the watchdog kills it", killedWithinMs, () =>
      main.notes.find((line) => line.includes(run) && /said nothing for \d+ s/.test(line)),
    );
    const seconds = Math.round((performance.now() - startMs) / 1000);
    const violations = await lab.finish(main, expected);
    const resumed = eventsOf(home, run).find((event) => event.type === "resumed");
    if (!resumed || resumed.fromIteration === 0) violations.push(`${run} did not go on from a checkpoint: ${note}`);
    return { count: 1, outcome: `killed after ${seconds} s, went on from its checkpoint; bit-equal`, violations };
  },
};
