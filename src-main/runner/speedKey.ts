import type { RunConfig } from "../../src-shared/runConfig.ts";
import type { SpeedKey } from "../history/index.ts";

/** The key under which a run's steps are timed. */
export function speedKey({ network, training, precision }: RunConfig, lanes: number, concurrent: number): SpeedKey {
  const { family, depth, width, shortcut } = network;
  return { family, depth, width, shortcut, batchSize: training.batchSize, precision, lanes, concurrent, device: "cpu" };
}

/** All that a step's time and memory depend on besides lanes and company, as one string: thousands of runs share few. */
export function stepWords({ network, training, precision, dataset }: RunConfig): string {
  const { family, depth, width, shortcut } = network;
  return `${family} ${depth} ${width} ${shortcut} ${training.batchSize} ${precision} ${dataset}`;
}
