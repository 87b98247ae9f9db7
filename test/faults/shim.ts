import { spawnSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
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

/** shim.c between a main (and its trainers) and the C library: see there. */
export interface Shim {
  readonly env: Readonly<Record<string, string>>;
  /** Every change below the folder fails with this error number; 0: none does. */
  refuseWrites(errorNumber: number): void;
  /** The wall clock is off by so many seconds. */
  shiftClock(seconds: number): void;
}

/** @param folder whose changes can be refused */
export function buildShim(below: string, folder: string): Shim {
  const [library, writes, clock] = ["shim.so", "writes", "clock"].map((name) => path.join(below, name));
  const { status, stderr } = spawnSync(compiler, ["-O1", "-shared", "-fPIC", "-o", library, source, "-ldl"], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`shim.c cannot be compiled: ${stderr}`);
  rmSync(writes, { force: true });
  writeFileSync(clock, "0");
  return {
    env: { LD_PRELOAD: library, RWB_FAULT_FOLDER: folder, RWB_FAULT_WRITES: writes, RWB_FAULT_CLOCK: clock },
    refuseWrites: (errorNumber) => {
      if (errorNumber === 0) rmSync(writes, { force: true });
      else writeFileSync(writes, String(errorNumber));
    },
    shiftClock: (seconds) => writeFileSync(clock, String(seconds)),
  };
}
