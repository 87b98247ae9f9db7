import { fork } from "node:child_process";
import { WorkbenchError } from "../../src-shared/errors.ts";
import { nodeProgram } from "../nodeProgram.ts";
import type { BenchOptions, BenchResult } from "../trainer/bench.ts";

export interface MeasuredStep extends BenchResult {
  readonly peakMemoryBytes: number;
}

const mostWords = 2000;
const benchMain = new URL("../trainer/benchMain.ts", import.meta.url);

/** Times a training step in a process of its own, since TensorFlow reads its thread count once a process. */
export function measureStep(options: BenchOptions): Promise<MeasuredStep> {
  return new Promise((resolve, reject) => {
    // TensorFlow greets on standard error; what it says matters only where it fails.
    const child = fork(benchMain, [JSON.stringify(options)], {
      execPath: nodeProgram(),
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    let result: MeasuredStep | undefined;
    let words = "";
    child.stderr?.on("data", (chunk: Buffer) => (words = (words + chunk.toString()).slice(-mostWords)));
    child.once("message", (message) => {
      result = message as MeasuredStep;
    });
    child.once("error", reject);
    child.once("close", (code, signal) => {
      if (result) return resolve(result);
      const how = signal ?? `code ${code}`;
      reject(new WorkbenchError("internal", `The measuring process ended by ${how}. Its last words:\n${words}`));
    });
  });
}
