import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const source = fileURLToPath(new URL("shim.c", import.meta.url));
const compiler = process.env.CC ?? "cc";

/** Why shim.c cannot be put in between here; undefined where it can. */
export function shimProblem(): string | undefined {
  if (process.platform !== "linux") return "LD_PRELOAD as it is used here needs Linux";
  return spawnSync(compiler, ["--version"]).status === 0
    ? undefined
    : `there is no C compiler (${compiler}; CC names another)`;
}

/** `data`: private memory that can be written to; `as`: addresses of any kind. */
export interface MemoryLimit {
  readonly resource: "data" | "as";
  readonly megabytes: number;
}

/** shim.c between a main (and its trainers) and the C library: see there. */
export interface Shim {
  readonly env: Readonly<Record<string, string>>;
  /** Every change below the folder fails with this error number; 0: none does. */
  refuseWrites(errorNumber: number): void;
  /** The wall clock is off by so many seconds. */
  shiftClock(seconds: number): void;
  /** Trainers of this run that start from now on have no more than that; undefined: as much as they want. */
  limitMemory(run: string, limit: MemoryLimit | undefined): void;
}

/** @param folder whose changes can be refused */
export function buildShim(below: string, folder: string): Shim {
  const own = mkdtempSync(path.join(below, "shim-"));
  const [library, writes, clock, memory] = ["shim.so", "writes", "clock", "memory"].map((name) => path.join(own, name));
  const { status, stderr } = spawnSync(compiler, ["-O1", "-shared", "-fPIC", "-o", library, source, "-ldl"], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`shim.c cannot be compiled: ${stderr}`);
  writeFileSync(clock, "0");
  return {
    env: {
      ...{ LD_PRELOAD: library, RWB_FAULT_FOLDER: folder, RWB_FAULT_WRITES: writes },
      ...{ RWB_FAULT_CLOCK: clock, RWB_FAULT_MEMORY: memory },
    },
    refuseWrites: (errorNumber) => {
      if (errorNumber === 0) rmSync(writes, { force: true });
      else writeFileSync(writes, String(errorNumber));
    },
    shiftClock: (seconds) => writeFileSync(clock, String(seconds)),
    limitMemory: (run, limit) => {
      if (limit) writeFileSync(memory, `${limit.resource} ${limit.megabytes}000000 ${run}`);
      else rmSync(memory, { force: true });
    },
  };
}
