import type { RunStatus } from "./runState.ts";
import type { RunConfig } from "./runConfig.ts";

/** What a fork changes, as "--set" writes it. */
export type ForkChange = "lower-rate" | "warm-up" | "longer" | "none";

const factor = 10;
/** As the paper's: 400 iterations at a tenth of the rate (He et al. 2016, section 4.2). */
const warmupIterations = 400;

const rounded = (value: number): number => Number(value.toPrecision(6));

/** Changes that make sense of a fork at `iteration`, with their settings; what a diverged run needs comes first. */
export function forkProposals(
  config: RunConfig,
  status: RunStatus,
  iteration: number,
): { readonly change: ForkChange; readonly set: readonly string[] }[] {
  const { learningRate, iterations } = config.training;
  const lower = {
    change: "lower-rate",
    set: [`training.learningRate.base=${rounded(learningRate.base / factor)}`],
  } as const;
  const warm = {
    change: "warm-up",
    // Counted from the run's first iteration: a fork in its midst needs as many from there on.
    set: [
      `training.learningRate.warmup=${JSON.stringify({
        ...{ iterations: iteration + warmupIterations, learningRate: rounded(learningRate.base / factor) },
      })}`,
    ],
  } as const;
  const longer = { change: "longer", set: [`training.iterations=${Math.round(iterations * 1.5)}`] } as const;
  const same = { change: "none", set: [] } as const;
  const doWarm = iteration + warmupIterations < iterations ? [warm] : [];
  if (status === "diverged") return [lower, ...doWarm, same];
  return status === "finished" ? [longer, lower, same] : [same, lower, ...doWarm, longer];
}
