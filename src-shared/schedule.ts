import type { LearningRateSchedule, RunConfig } from "./runConfig.ts";

/**
 * Learning rate at `iteration` (0-based) of a run of `iterations`. Steps: `base`, times `factor` once per passed
 * drop (He et al. 2016, section 4.2). Cosine: from `base` to `final` over the whole run. A warm-up replaces the
 * schedule before its end; it does not shift it.
 */
export function learningRateAt(schedule: LearningRateSchedule, iteration: number, iterations: number): number {
  if (schedule.warmup && iteration < schedule.warmup.iterations) return schedule.warmup.learningRate;
  switch (schedule.kind) {
    case "steps": {
      const drops = schedule.dropAtIterations.filter((at) => iteration >= at).length;
      return schedule.base * schedule.factor ** drops;
    }
    case "cosine": {
      const progress = Math.min(1, iteration / iterations);
      return schedule.final + 0.5 * (schedule.base - schedule.final) * (1 + Math.cos(Math.PI * progress));
    }
  }
}

/**
 * The same run on a schedule shortened to `scale` (0 < scale <= 1): iterations, drops, warm-up and probe iterations
 * are rounded; evaluation and checkpoint then come every tenth of the run, but not more often than every 100.
 */
export function scaleRun(config: RunConfig, scale: number): RunConfig {
  if (scale === 1) return config;
  const scaled = (iterations: number) => Math.round(iterations * scale);
  const iterations = Math.max(1, scaled(config.training.iterations));
  const everyIterations = Math.max(100, Math.round(iterations / 10));
  const { learningRate } = config.training;
  const warmup = learningRate.warmup && {
    warmup: { ...learningRate.warmup, iterations: scaled(learningRate.warmup.iterations) },
  };
  return {
    ...config,
    training: {
      ...config.training,
      iterations,
      learningRate:
        learningRate.kind === "steps"
          ? { ...learningRate, dropAtIterations: learningRate.dropAtIterations.map(scaled), ...warmup }
          : { ...learningRate, ...warmup },
    },
    evaluation: { everyIterations },
    checkpoint: { everyIterations },
    probe: { atIterations: [...new Set(config.probe.atIterations.map(scaled))] },
  };
}
