import type { Fault } from "../fault.ts";
import { killAll } from "../mainProcess.ts";
import { mountProblem, mountTmpfs, remount } from "../mounts.ts";
import { checkpointsOf } from "../runLog.ts";
import { smallRuns } from "../smallRuns.ts";
import { trainersOf } from "../processes.ts";
import { until } from "../waiting.ts";

const diskBytes = 128_000_000;

export const readOnlyStart: Fault = {
  name: "read-only-start",
  title: "a folder that is mounted read-only when the main starts, then writable again",
  skip: mountProblem,
  strike: async ({ lab }) => {
    const configs = smallRuns(2, 120);
    const expected = await lab.reference(configs);
    const home = await lab.queue(configs, mountTmpfs(lab.folder, diskBytes));
    const first = lab.start(home);
    await until("a checkpoint", 60_000, () => checkpointsOf(home) > 0);
    const violations: string[] = [];
    // The kernel keeps a folder writable for as long as a file in it is open for writing.
    if (remount(home, "ro") === undefined)
      violations.push("the mount became read-only while files were open for writing");
    killAll(first);
    await first.ended;
    await until("the trainers are gone", 10_000, () => trainersOf(home).length === 0);
    const refused = await until("remounting", 10_000, () => (remount(home, "ro") === undefined ? "ro" : undefined));
    const end = await lab.start(home).ended;
    if (end.code !== 1 || end.error?.code !== "disk-read-only") {
      violations.push(`on a mount that is ${refused} the main ended with ${end.code}, ${end.error?.code}`);
    }
    remount(home, "rw");
    violations.push(...(await lab.finish(lab.start(home), expected)));
    return { count: 1, outcome: `"${end.error?.message ?? "nothing"}"; then went on; bit-equal`, violations };
  },
};
