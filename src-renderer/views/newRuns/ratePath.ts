import type { LearningRateSchedule } from "../../../src-shared/runConfig.ts";
import { learningRateAt } from "../../../src-shared/schedule.ts";

export interface RatePath {
  /** Points of a polyline in a picture of `width` x `height`. */
  readonly points: string;
  /** Values at which the axis is labelled, with their heights: powers of ten, or the ends. */
  readonly ticks: readonly { readonly rate: number; readonly y: number }[];
  /** Where the rate changes at a stroke, with the iteration. */
  readonly drops: readonly { readonly iteration: number; readonly x: number }[];
}

const curvePoints = 120;

/** The schedule over a run, its rate on a logarithmic axis. */
export function ratePath(
  schedule: LearningRateSchedule,
  iterations: number,
  width: number,
  height: number,
): RatePath | undefined {
  const breaks = [
    ...(schedule.kind === "steps" ? schedule.dropAtIterations : []),
    ...(schedule.warmup ? [schedule.warmup.iterations] : []),
  ].filter((at) => at > 0 && at < iterations);
  const even = Array.from({ length: curvePoints + 1 }, (_, index) => Math.round((index / curvePoints) * iterations));
  const places = [...new Set([...even, ...breaks.flatMap((at) => [at - 1, at])])].sort((a, b) => a - b);
  const rates = places.map((at) => learningRateAt(schedule, Math.min(at, iterations - 1), iterations));
  const positive = rates.filter((rate) => rate > 0);
  if (positive.length === 0) return undefined;
  const high = Math.max(...positive);
  // A cosine that ends at 0 would have no lower end.
  const low = Math.max(Math.min(...positive), high * 1e-4);
  const span = Math.log10(high / low) || 1;
  const x = (iteration: number): number => (iteration / iterations) * width;
  const y = (rate: number): number => {
    const share = high === low ? 0.5 : Math.log10(Math.max(rate, low) / low) / span;
    return height - share * height;
  };
  const decades = Array.from({ length: 13 }, (_, index) => 10 ** (index - 9)).filter(
    (rate) => rate >= low * 0.999 && rate <= high * 1.001,
  );
  const ticks = decades.length > 0 ? decades : [high];
  return {
    points: places.map((at, index) => `${x(at).toFixed(1)},${y(rates[index]).toFixed(1)}`).join(" "),
    ticks: ticks.map((rate) => ({ rate, y: y(rate) })),
    drops: breaks.map((iteration) => ({ iteration, x: x(iteration) })),
  };
}
