import type { DatasetLine } from "../../../src-shared/contract/index.ts";
import type { RunConfig } from "../../../src-shared/runConfig.ts";
import { epochIterations } from "../../../src-shared/study/finalValues.ts";

/** Iterations of one epoch; undefined where the data set is not here to be asked. */
export function epochIterationsOf(config: RunConfig, datasets: readonly DatasetLine[]): number | undefined {
  const dataset = datasets.find(({ name }) => name === config.dataset);
  if (dataset?.status !== "ready") return undefined;
  const iterations = epochIterations(config, dataset.trainImages);
  return iterations > 0 ? iterations : undefined;
}
