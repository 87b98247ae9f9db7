import { setTimeout as sleep } from "node:timers/promises";
import type { Fault } from "../fault.ts";
import { checkpointsOf } from "../runLog.ts";
import { buildShim, shimProblem } from "../shim.ts";
import { smallRuns } from "../smallRuns.ts";
import { until } from "../waiting.ts";

const readOnlyFileSystem = 30;

export const readOnlyWhileTraining: Fault = {
  name: "read-only-training",
  title: "every write below the folder refused with EROFS while runs train (shim.c), then allowed again",
  skip: shimProblem,
  strike: async ({ lab, long }) => {
    const configs = smallRuns(2, long ? 400 : 120);
    const expected = await lab.reference(configs);
    const home = await lab.queue(configs);
    const shim = buildShim(lab.folder, home);
    const main = lab.start(home, shim.env);
    const times = long ? 3 : 1;
    for (let time = 0; time < times; time++) {
      const before = checkpointsOf(home);
      await until("a new checkpoint", 60_000, () => checkpointsOf(home) > before);
      const said = main.notes.length;
      shim.refuseWrites(readOnlyFileSystem);
      await until("somebody notices", 60_000, () => main.notes.slice(said).some((note) => /read-only/.test(note)));
      await sleep(long ? 20_000 : 2_000);
      shim.refuseWrites(0);
    }
    const violations = await lab.finish(main, expected);
    const wrong = main.notes.filter((note) => /No room|Not allowed/.test(note));
    return {
      count: times,
      outcome: "waited, said that the disk is read-only, went on by itself; bit-equal",
      violations: [...violations, ...wrong.map((note) => `it said of a read-only disk: ${note}`)],
    };
  },
};
