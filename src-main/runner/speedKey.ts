import type { RunConfig } from "../../src-shared/runConfig.ts";
import type { SpeedKey } from "../history/index.ts";

/** The key under which a run's steps are timed. */
export function speedKey({ network, training, precision }: RunConfig, lanes: number, concurrent: number): SpeedKey {
  const { family, depth, width, shortcut } = network;
  return { family, depth, width, shortcut, batchSize: training.batchSize, precision, lanes, concurrent, device: "cpu" };
}
