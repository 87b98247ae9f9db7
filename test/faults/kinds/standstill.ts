import { setTimeout as sleep } from "node:timers/promises";
import type { Fault } from "../fault.ts";
import { countOf, eventsOf, runsOf } from "../runLog.ts";
import { smallRuns } from "../smallRuns.ts";
import { signal, trainersOf } from "../processes.ts";
import { until } from "../waiting.ts";

export const standstill: Fault = {
  name: "standstill",
  title: "main and trainers stopped (SIGSTOP) as by a machine that sleeps, then continued",
  strike: async ({ lab, long }) => {
    const configs = smallRuns(2, long ? 400 : 120);
    const expected = await lab.reference(configs);
    const home = await lab.queue(configs);
    const main = lab.start(home);
    await until("steps", 60_000, () => {
      const runs = runsOf(home);
      return runs.length === configs.length && runs.every((run) => countOf(home, run, "progress") > 0);
    });
    const stopped = [main.pid, ...trainersOf(home).map(({ pid }) => pid)];
    for (const pid of stopped) signal(pid, "SIGSTOP");
    await sleep(long ? 300_000 : 5_000);
    for (const pid of stopped) signal(pid, "SIGCONT");
    const violations = await lab.finish(main, expected);
    if (main.notes.some((note) => /said nothing for/.test(note))) violations.push("the watchdog killed a trainer");
    const resumed = runsOf(home).filter((run) => eventsOf(home, run).some(({ type }) => type === "resumed"));
    if (resumed.length > 0) violations.push(`${resumed.join(", ")} began again`);
    return {
      count: stopped.length,
      outcome: `${stopped.length} processes stood still for ${long ? "5 min" : "5 s"}, none was killed; bit-equal`,
      violations,
    };
  },
};
