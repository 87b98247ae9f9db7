import type { RunConfig } from "../../src-shared/runConfig.ts";

/** What a step's time depends on, on one machine. */
export interface SpeedKey {
  readonly family: string;
  readonly depth: number;
  readonly width: number;
  readonly shortcut: string;
  readonly batchSize: number;
  readonly precision: string;
  readonly lanes: number;
  /** Trainers at work at the same time, this one included. */
  readonly concurrent: number;
  readonly device: string;
}

export function speedKey({ network, training, precision }: RunConfig, lanes: number, concurrent: number): SpeedKey {
  const { family, depth, width, shortcut } = network;
  return { family, depth, width, shortcut, batchSize: training.batchSize, precision, lanes, concurrent, device: "cpu" };
}
