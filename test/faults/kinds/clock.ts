import { setTimeout as sleep } from "node:timers/promises";
import type { Fault } from "../fault.ts";
import { openHistory } from "../../../src-main/history/index.ts";
import { eventsOf, runsOf } from "../runLog.ts";
import { buildShim, shimProblem } from "../shim.ts";
import { smallRuns } from "../smallRuns.ts";

const hour = 3_600;
const shifts = [24 * hour, -48 * hour, 0, hour, -hour, 20 * 365 * 24 * hour, 0];

export const clock: Fault = {
  name: "clock",
  title: "the wall clock of main and trainers set forward and back, by hours to years (shim.c)",
  skip: shimProblem,
  strike: async ({ lab, long }) => {
    const configs = smallRuns(2, long ? 1_200 : 120);
    const expected = await lab.reference(configs);
    const home = await lab.queue(configs);
    const shim = buildShim(lab.folder, home);
    const startMs = performance.now();
    const main = lab.start(home, shim.env);
    let count = 0;
    while (!main.end() && count < (long ? 100 : 12)) {
      shim.shiftClock(shifts[count++ % shifts.length]);
      await sleep(long ? 500 : 300);
    }
    const violations = await lab.finish(main, expected);
    const tookMs = performance.now() - startMs;
    if (main.notes.some((note) => /said nothing for/.test(note))) violations.push("the watchdog killed a trainer");
    for (const run of runsOf(home)) violations.push(...insaneDurations(home, run, tookMs));
    return { count, outcome: "no trainer killed, durations sane; bit-equal", violations };
  },
};

function insaneDurations(home: string, run: string, tookMs: number): string[] {
  const sane = (ms: number) => ms >= 0 && ms <= tookMs;
  const problems = eventsOf(home, run).flatMap((event) =>
    "elapsedMs" in event && !sane(event.elapsedMs)
      ? [`${run}: ${event.type} took ${event.elapsedMs} ms of ${tookMs}`]
      : [],
  );
  const history = openHistory({ home, readOnly: true });
  try {
    const { values } = history.series.read(run, "stepMs");
    if (!values.every((ms) => ms > 0 && ms <= tookMs)) problems.push(`${run}: stepMs is not sane`);
  } finally {
    history.close();
  }
  return problems;
}
