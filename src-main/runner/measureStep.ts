import { fork } from "node:child_process";
import { WorkbenchError } from "../../src-shared/errors.ts";
import type { BenchOptions, BenchResult } from "../trainer/bench.ts";

export interface MeasuredStep extends BenchResult {
  readonly peakMemoryBytes: number;
}

const benchMain = new URL("../trainer/benchMain.ts", import.meta.url);

/** Times a training step in a process of its own, since TensorFlow reads its thread count once a process. */
export function measureStep(options: BenchOptions): Promise<MeasuredStep> {
  return new Promise((resolve, reject) => {
    const child = fork(benchMain, [JSON.stringify(options)], { stdio: ["ignore", "ignore", "inherit", "ipc"] });
    let result: MeasuredStep | undefined;
    child.once("message", (message) => {
      result = message as MeasuredStep;
    });
    child.once("error", reject);
    child.once("exit", (code, signal) => {
      if (result) resolve(result);
      else reject(new WorkbenchError("internal", `The measuring process ended by ${signal ?? `code ${code}`}.`));
    });
  });
}
