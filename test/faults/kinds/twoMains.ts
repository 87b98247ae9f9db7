import type { Fault } from "../fault.ts";
import { countOf, runsOf } from "../runLog.ts";
import { smallRuns } from "../smallRuns.ts";
import { until } from "../waiting.ts";

export const twoMains: Fault = {
  name: "two-mains",
  title: "further mains on a folder that has one, also while that one is stopped",
  strike: async ({ lab, long }) => {
    const configs = smallRuns(2, 120);
    const expected = await lab.reference(configs);
    const home = await lab.queue(configs);
    const main = lab.start(home);
    await until("a step", 60_000, () => runsOf(home).some((run) => countOf(home, run, "progress") > 0));
    const violations: string[] = [];
    const times = long ? 10 : 2;
    for (let time = 0; time < times; time++) {
      // Locks are the kernel's: one whose process stands still is held.
      main.kill("SIGSTOP");
      const { code, error } = await lab.start(home).ended;
      main.kill("SIGCONT");
      if (code !== 1 || error?.code !== "locked") violations.push(`a second main ended with ${code}, ${error?.code}`);
    }
    violations.push(...(await lab.finish(main, expected)));
    return { count: times, outcome: "each refused as locked; the first went on; bit-equal", violations };
  },
};
