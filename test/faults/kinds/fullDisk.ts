import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Fault } from "../fault.ts";
import { mountProblem, mountTmpfs } from "../mounts.ts";
import { countOf } from "../runLog.ts";
import { smallRuns } from "../smallRuns.ts";
import { until } from "../waiting.ts";
import { runsOf } from "../homeRuns.ts";

/** The data set has 37 MB. */
const diskBytes = 64_000_000;
const noticedWithinMs = 60_000;

export const fullDisk: Fault = {
  name: "full-disk",
  title: "no byte left on the disk while runs train, then room again",
  skip: mountProblem,
  strike: async (lab, { long }) => {
    const configs = smallRuns(2, 400);
    const expected = await lab.reference(configs);
    const home = await lab.queue(configs, mountTmpfs(lab.folder, diskBytes));
    const main = lab.start(home);
    const times = long ? 3 : 1;
    for (let time = 0; time < times; time++) {
      const before = checkpoints(home);
      await until("a new checkpoint", noticedWithinMs, () => checkpoints(home) > before);
      const said = main.notes.length;
      const ballast = path.join(home, "ballast");
      fill(ballast);
      await until("somebody notices", noticedWithinMs, () =>
        main.notes.slice(said).some((note) => /No room/.test(note)),
      );
      await sleep(long ? 20_000 : 2_000);
      rmSync(ballast);
    }
    return {
      count: times,
      outcome: "waited for room, went on by itself; bit-equal",
      violations: await lab.finish(main, expected),
    };
  },
};

const checkpoints = (home: string): number =>
  runsOf(home).reduce((sum, run) => sum + countOf(home, run, "checkpointed"), 0);

/** To the last byte. */
function fill(file: string): void {
  const handle = openSync(file, "w");
  try {
    for (let size = 1 << 20; size >= 1;) {
      try {
        writeSync(handle, Buffer.alloc(size));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
        size >>= 1;
      }
    }
  } finally {
    closeSync(handle);
  }
}
