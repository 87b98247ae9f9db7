import type { LearningRateSchedule } from "../runConfig.ts";
import { smooth } from "../smoothing.ts";
import { rateChanges } from "./curves.ts";
import type { Rule } from "./figure.ts";
import type { SeedCurve } from "./seedLines.ts";
import type { BucketMeans, CellData, RunData } from "./studyData.ts";

/** Of a run's length: 20 iterations of 2,000, 640 of 64,000. */
const smoothedShare = 100;

export const smoothingWidth = (iterations: number): number => Math.max(1, Math.round(iterations / smoothedShare));

export const smoothingNote = (iterations: number): string =>
  `Smoothed by a parabola (Epanechnikov, standard deviation ${smoothingWidth(iterations)} iterations) that never crosses a change of the learning rate.`;

/** A series of a run as a smooth curve on the grid of its buckets, so that curves of several runs can be subtracted. */
export function smoothedCurve(
  cell: CellData,
  run: RunData,
  series: BucketMeans,
  of = (value: number) => value,
): SeedCurve {
  const { starts, counts, mean, minimum, maximum } = series;
  const ys = smooth(
    { iterations: starts, values: mean, weights: counts },
    { widthIterations: smoothingWidth(run.iterations), breaks: rateChanges(run.schedule) },
  ).map(of);
  const [low, high] = [minimum, maximum].map((column) => Float64Array.from(column, of));
  return {
    xs: Float64Array.from(starts, (start, index) => start + (counts[index] - 1) / 2),
    ys,
    band: { low, high },
    isWhole: cell.state === "done",
  };
}

/** Where the learning rate changes, within the run. */
export const rateRules = (schedule: LearningRateSchedule, iterations: number): Rule[] =>
  rateChanges(schedule)
    .filter((at) => at > 0 && at < iterations)
    .map((at) => ({ axis: "x", at, look: "quiet" }));

/** Where a curve that cannot go on has come to. */
export function crossAt({ xs, ys }: SeedCurve, cell: CellData, colour: string) {
  if (cell.state !== "diverged" && cell.state !== "failed") return [];
  for (let index = ys.length - 1; index >= 0; index--) {
    if (Number.isFinite(ys[index])) return [{ x: xs[index], y: ys[index], colour }];
  }
  return [];
}

/** Of the values of a curve that went astray, those before: nine tenths, the smallest. */
export function soundPart(ys: Float64Array): Float64Array {
  const known = ys.filter(Number.isFinite).sort();
  return known.slice(0, Math.ceil(known.length * soundShare));
}

const soundShare = 0.9;
