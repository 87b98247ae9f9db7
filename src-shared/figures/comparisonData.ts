import type { ComparedRun } from "../contract/comparisonContract.ts";
import type { Buckets, IterationRange, SeriesName } from "../series.ts";
import type { SeriesSummary } from "../contract/packedSeries.ts";
import type { Clock } from "./clock.ts";
import type { ComparisonMetric } from "./comparisonRecipe.ts";

/** What a comparison is drawn from. Maps are by the runs' ids. */
export interface ComparisonData {
  readonly runs: readonly ComparedRun[];
  /** Of the metric, where it is one of every iteration: all on one grid over `range`, which is as long as the longest run. */
  readonly series: ReadonlyMap<string, ComparedSeries>;
  readonly range: IterationRange;
  /** Where time is the axis. */
  readonly clocks: ReadonlyMap<string, Clock>;
  /** Of which schedule, data and precision they are, for a caption; undefined in the window, where the settings stand below. */
  readonly labels?: readonly string[] | undefined;
}

export interface ComparedSeries {
  readonly buckets: Buckets;
  readonly whole: SeriesSummary;
}

/** Which series a metric is of; undefined for those of evaluations. */
export const seriesOfMetric: Readonly<Record<ComparisonMetric, SeriesName | undefined>> = {
  trainingLoss: "loss",
  testAccuracy: undefined,
  testError: undefined,
  trainingAccuracy: "accuracy",
  learningRate: "learningRate",
  speed: "stepMs",
};

/** Of an evaluation, as the metric counts it. */
export const testValue = (metric: "testAccuracy" | "testError", testAccuracy: number): number =>
  metric === "testAccuracy" ? testAccuracy : 1 - testAccuracy;

/** Trained to its end: what is not says nothing of a mean. */
export const isWhole = ({ iteration, iterations }: Pick<ComparedRun, "iteration" | "iterations">): boolean =>
  iteration >= iterations;
