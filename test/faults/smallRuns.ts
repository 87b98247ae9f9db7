import { recipes } from "../../src-shared/recipes.ts";
import type { RunConfig } from "../../src-shared/runConfig.ts";

const quick = recipes.quick.config();

/** Small runs on the built-in shapes: about 6 ms a step, a checkpoint every 10 iterations. */
export function smallRuns(
  count: number,
  iterations: number,
  change: (config: RunConfig, index: number) => RunConfig = (config) => config,
): RunConfig[] {
  return Array.from({ length: count }, (_, index) =>
    change(
      {
        ...quick,
        network: { ...quick.network, width: 4 },
        training: { ...quick.training, iterations, batchSize: 16 },
        evaluation: { everyIterations: Math.max(20, Math.ceil(iterations / 3)) },
        checkpoint: { everyIterations: 10 },
        probe: { atIterations: [0, Math.floor(iterations / 2)] },
        seed: index + 1,
      },
      index,
    ),
  );
}
