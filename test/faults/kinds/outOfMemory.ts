import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { openHistory } from "../../../src-main/history/index.ts";
import type { Fault } from "../fault.ts";
import { signal, trainersOf } from "../processes.ts";
import { smallRuns } from "../smallRuns.ts";

/** What a trainer may still map when it is found: less than TensorFlow alone needs. */
const spareBytes = 100_000_000;
const giveUpAfterMs = 120_000;

export const outOfMemory: Fault = {
  name: "out-of-memory",
  title: "a run whose trainers cannot get memory (prlimit --as); the next one waits behind it",
  skip: () => {
    if (process.platform !== "linux") return "limiting another process's memory needs Linux";
    return spawnSync("prlimit", ["--version"]).status === 0 ? undefined : "there is no command prlimit";
  },
  strike: async ({ lab }) => {
    const configs = smallRuns(2, 120);
    const expected = await lab.reference(configs);
    const home = await lab.queue(configs);
    const history = openHistory({ home, readOnly: true });
    const starved = history.runs.list().find(({ seed }) => seed === 1)!.id;
    history.close();
    const main = lab.start(home);
    const limited = new Set<number>();
    const deadlineMs = performance.now() + giveUpAfterMs;
    while (!main.end() && performance.now() < deadlineMs) {
      for (const { pid, run } of trainersOf(home)) {
        if (run !== starved || limited.has(pid) || !limitMemory(pid)) continue;
        limited.add(pid);
      }
      await sleep(10);
    }
    if (!main.end()) for (const pid of limited) signal(pid, "SIGKILL");
    const status = new Map([...expected, [1, "failed" as const]]);
    const violations = await lab.finish(main, status);
    const after = openHistory({ home, readOnly: true });
    const { reason } = after.runs.get(starved);
    after.close();
    return { count: limited.size, outcome: `failed: "${reason}"; the next one finished, bit-equal`, violations };
  },
};

/** @returns whether the process was there */
function limitMemory(pid: number): boolean {
  const pages = Number(read(`/proc/${pid}/statm`).split(" ")[0]);
  if (!(pages > 0)) return false;
  return spawnSync("prlimit", ["--pid", String(pid), `--as=${pages * 4096 + spareBytes}`]).status === 0;
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
