import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Fault } from "../fault.ts";
import { mountProblem, mountTmpfs } from "../mounts.ts";
import { trainersOf } from "../processes.ts";
import { checkpointsOf } from "../runLog.ts";
import { smallRuns } from "../smallRuns.ts";
import { until } from "../waiting.ts";

/** The data set has 37 MB. */
const diskBytes = 64_000_000;
const noticedWithinMs = 60_000;

/** When the disk fills up: before a trainer has said that it trains, and while it does. */
const moments = ["starting", "training"] as const;

export const fullDisk: Fault = {
  name: "full-disk",
  title: "no byte left on the disk while runs start and train, then room again; the main told to end meanwhile",
  skip: mountProblem,
  strike: async ({ lab, long }) => {
    const configs = smallRuns(2, long ? 400 : 120);
    const expected = await lab.reference(configs);
    const home = await lab.queue(configs, mountTmpfs(lab.folder, diskBytes));
    const ballast = path.join(home, "ballast");
    const violations: string[] = [];
    let main = lab.start(home);
    let count = 0;
    const fillUp = async (moment: (typeof moments)[number]) => {
      const before = checkpointsOf(home);
      await until(
        `${moment}, or the queue's end`,
        noticedWithinMs,
        () => main.end() ?? (moment === "starting" ? trainersOf(home).length > 0 : checkpointsOf(home) > before),
      );
      if (main.end()) return;
      const said = main.notes.length;
      fill(ballast);
      await until("somebody notices", noticedWithinMs, () =>
        main.notes.slice(said).some((note) => /No room/.test(note)),
      );
      count++;
    };
    for (const moment of long ? [...moments, ...moments] : (["starting"] as const)) {
      await fillUp(moment);
      await sleep(long ? 20_000 : 2_000);
      rmSync(ballast, { force: true });
    }
    await fillUp("training");
    // Nobody waits for room that may never come: what is not in the history is in the logs.
    if (main.end()) violations.push(`the main ended by itself: ${main.notes.slice(-5).join(" | ")}`);
    main.kill("SIGTERM");
    const { code } = await until("the main ends on a full disk", 60_000, main.end);
    if (code !== 0) violations.push(`told to end on a full disk, the main ended with ${code}`);
    rmSync(ballast, { force: true });
    main = lab.start(home);
    violations.push(...(await lab.finish(main, expected)));
    return { count, outcome: "waited for room and went on by itself, ended when told to; bit-equal", violations };
  },
};

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
