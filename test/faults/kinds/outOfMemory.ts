import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Fault } from "../fault.ts";
import { firstRun } from "../firstRun.ts";
import { signal, trainersOf } from "../processes.ts";
import { smallRuns } from "../smallRuns.ts";

/** Less than a trainer needs before its first step, more than Node alone. */
const mostBytes = 150_000_000;
const pageBytes = 4_096;
const giveUpAfterMs = 120_000;

/** SIGKILL for whoever holds too much, as the kernel's out-of-memory killer does it. For the kernel's limits: memoryLimit.ts. */
export const outOfMemory: Fault = {
  name: "out-of-memory",
  title: "every trainer of one run taken by an out-of-memory killer; the next run waits behind it",
  skip: () => (process.platform === "linux" ? undefined : "the memory of another process is read from Linux's /proc"),
  strike: async ({ lab }) => {
    const configs = smallRuns(2, 120);
    const expected = await lab.reference(configs);
    const home = await lab.queue(configs);
    const { id: starved, seed } = firstRun(home);
    const main = lab.start(home);
    const killed = new Set<number>();
    const deadlineMs = performance.now() + giveUpAfterMs;
    while (!main.end() && performance.now() < deadlineMs) {
      for (const { pid, run } of trainersOf(home)) {
        if (run === starved && residentBytes(pid) > mostBytes && signal(pid, "SIGKILL")) killed.add(pid);
      }
      await sleep(10);
    }
    const violations = await lab.finish(main, new Map([...expected, [seed, "failed" as const]]));
    return {
      count: killed.size,
      outcome: `failed: "${firstRun(home).reason}"; the next one finished, bit-equal`,
      violations,
    };
  },
};

function residentBytes(pid: number): number {
  try {
    return pageBytes * Number(readFileSync(`/proc/${pid}/statm`, "utf8").split(" ")[1]);
  } catch {
    return 0; // it has ended meanwhile
  }
}
