import type { Precision } from "../../src-shared/runConfig.ts";
import type { Device } from "./platform.ts";

export interface EngineSettings {
  /** Parts of a batch that run side by side, one thread each: one a core. */
  readonly lanes: number;
  readonly device: Device;
  readonly precision: Precision;
}

/**
 * The environment variables that configure TensorFlow's session; tfjs passes no options. They must be in process.env
 * before the engine loads: TensorFlow reads each once.
 *
 * Every op gets one thread, since the lanes are the parallelism (docs/engine.md) and the count of threads in an
 * op changes the last bits of its sums.
 */
export function engineEnvironment({ lanes, device, precision }: EngineSettings): Record<string, string> {
  return {
    TF_NUM_INTRAOP_THREADS: "1",
    TF_NUM_INTEROP_THREADS: String(lanes),
    // errors only: the libraries greet at every start with lines that mend nothing
    TF_CPP_MIN_LOG_LEVEL: process.env.TF_CPP_MIN_LOG_LEVEL ?? "2",
    // take memory as it is needed instead of all of the GPU's: several trainers may share it
    TF_FORCE_GPU_ALLOW_GROWTH: "true",
    ...(device === "gpu" && { TF_DETERMINISTIC_OPS: "1" }),
    // float32 means float32: without this, Ampere and later round the inputs of convolutions to 10 bits (TF32)
    ...(device === "gpu" && precision === "float32" && { NVIDIA_TF32_OVERRIDE: "0" }),
  };
}
