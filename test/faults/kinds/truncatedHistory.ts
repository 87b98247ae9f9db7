import { rmSync, statSync, truncateSync } from "node:fs";
import path from "node:path";
import { restoreHistory } from "../../../src-main/history/index.ts";
import type { Fault } from "../fault.ts";
import { killAll } from "../mainProcess.ts";
import { countOf, runsOf } from "../runLog.ts";
import { smallRuns } from "../smallRuns.ts";
import { trainersOf } from "../processes.ts";
import { until } from "../waiting.ts";

export const truncatedHistory: Fault = {
  name: "truncated-history",
  title: "the database cut off at a random place while all is stopped; its backup restored",
  strike: async ({ lab, random, long }) => {
    const configs = smallRuns(2, 120);
    const expected = await lab.reference(configs);
    const times = long ? 5 : 1;
    const violations: string[] = [];
    let message = "";
    for (let time = 0; time < times; time++) {
      // Queueing closes the history, and closing it makes a backup.
      const home = await lab.queue(configs);
      const first = lab.start(home);
      await until("checkpoints", 60_000, () => {
        const runs = runsOf(home);
        return runs.length === configs.length && runs.every((run) => countOf(home, run, "checkpointed") >= 2);
      });
      killAll(first);
      await first.ended;
      await until("the trainers are gone", 10_000, () => trainersOf(home).length === 0);
      const file = path.join(home, "workbench.sqlite");
      for (const suffix of ["-wal", "-shm"]) rmSync(file + suffix, { force: true });
      truncateSync(file, time === 0 ? statSync(file).size >> 1 : random.below(statSync(file).size));
      const end = await lab.start(home).ended;
      message = end.error?.message.replaceAll(`${home}/`, "") ?? "nothing";
      if (end.code !== 1 || end.error?.code !== "history-damaged" || !/newest backup is/.test(message)) {
        violations.push(`the main ended with ${end.code}, ${end.error?.code}: ${message}`);
      }
      const { from } = restoreHistory(home);
      if (from === undefined) violations.push("no backup was restored");
      violations.push(...(await lab.finish(lab.start(home), expected)));
    }
    return { count: times, outcome: `"${message}"; restored, read the logs again; bit-equal`, violations };
  },
};
