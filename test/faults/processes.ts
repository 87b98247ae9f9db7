import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

export interface TrainerFound {
  readonly pid: number;
  /** The run's id. */
  readonly run: string;
}

/** Trainers that work below `home`, as /proc knows them: whoever started them, and if their main is gone. */
export function trainersOf(home: string): TrainerFound[] {
  return readdirSync("/proc").flatMap((entry) => {
    if (!/^\d+$/.test(entry)) return [];
    const args = read(`/proc/${entry}/cmdline`).split("\0");
    const at = args.findIndex((arg) => arg.endsWith(path.join("trainer", "main.ts")));
    if (at === -1 || args[at + 2] !== home || isZombie(entry)) return [];
    return [{ pid: Number(entry), run: path.basename(args[at + 1]) }];
  });
}

/** Its state as the kernel has it: R, S, D, T (stopped), Z; undefined where there is no such process. */
export function stateOf(pid: number): string | undefined {
  // The name before it may hold anything but is in parentheses.
  return /\) (\w)/.exec(read(`/proc/${pid}/stat`))?.[1];
}

const isZombie = (pid: string): boolean => stateOf(Number(pid)) === "Z";

/** A process that has gone meanwhile has nothing to say. */
function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

/** Sends a signal to a process of ours; it may have ended meanwhile. */
export function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    process.kill(pid, name);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
    throw error;
  }
}
