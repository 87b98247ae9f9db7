import type { Lesion } from "../lesion.ts";
import type { Family, LearningRateSchedule, Shortcut } from "../runConfig.ts";
import type { Estimate } from "../study/estimate.ts";

/** What the figures of a study are drawn from: plain data, read from the history once. Accuracies are fractions. */
export interface StudyData {
  readonly study: string;
  /** What every figure says of itself: scale, data, precision, seeds. */
  readonly labels: readonly string[];
  readonly cells: readonly CellData[];
  /** Of the test images; undefined where the data set is not here. */
  readonly truth: { readonly labels: Uint8Array; readonly classes: readonly string[] } | undefined;
}

export const cellStates = ["done", "running", "waiting", "failed", "diverged", "missing"] as const;

/** One network, one seed. */
export interface CellData {
  readonly family: Family;
  readonly depth: number;
  readonly shortcut: Shortcut;
  readonly seed: number;
  readonly state: (typeof cellStates)[number];
  /** Undefined where nothing has been trained. */
  readonly run: RunData | undefined;
}

export interface RunData {
  readonly id: string;
  /** Of the whole run, and those that are done. */
  readonly iterations: number;
  readonly done: number;
  readonly schedule: LearningRateSchedule;
  readonly loss: BucketMeans;
  readonly accuracy: BucketMeans;
  readonly evaluations: readonly { readonly iteration: number; readonly testAccuracy: number }[];
  readonly probes: readonly ProbeData[];
  /** Mean over the last epoch of the raw values; undefined of a run that is not done. */
  readonly finalLoss: Estimate | undefined;
  readonly finalTrainingError: Estimate | undefined;
  /** By the last evaluation of the last model. */
  readonly testAccuracy: number | undefined;
  readonly bestTestAccuracy: number | undefined;
  /** Predicted class of each test image, by the last model. */
  readonly predictions: Uint8Array | undefined;
  /** Evaluation and checkpoints apart. */
  readonly trainingMs: number;
  readonly imagesPerSecond: number;
  readonly machine: string;
  /** Sizes and schedule that a published value must have been got with, to be compared with. */
  readonly comparable: Readonly<Record<ReferenceName, boolean>>;
  /** What its network does without single blocks, where that was measured. */
  readonly lesion: Lesion | undefined;
}

export const referenceNames = ["course", "paper"] as const;
export type ReferenceName = (typeof referenceNames)[number];

/**
 * A series on a grid of buckets over the whole run, the same for all runs of so many iterations; NaN where there is nothing.
 */
export interface BucketMeans {
  /** First iteration of each bucket, and how many it has. */
  readonly starts: Int32Array;
  readonly counts: Int32Array;
  readonly mean: Float32Array;
  readonly minimum: Float32Array;
  readonly maximum: Float32Array;
}

export interface ProbeData {
  readonly iteration: number;
  readonly responses: readonly { readonly layer: string; readonly std: number }[];
  readonly gradientNorms: readonly { readonly tensor: string; readonly norm: number }[];
}
