import type { CellData, RunData, StudyData } from "./studyData.ts";

/** What the figures of a single run are drawn from. Accuracies are fractions. */
export interface RunFigureData {
  readonly cell: CellData & { readonly run: RunData };
  /** In ascending order of iterations. */
  readonly evaluations: readonly RunEvaluation[];
  /** What every figure says of itself: length, data, precision, seed. */
  readonly labels: readonly string[];
  /** What the confusion matrix is of; undefined where nothing was predicted, or the labels are not to be had. */
  readonly predicted: Predicted | undefined;
}

export interface RunEvaluation {
  readonly iteration: number;
  readonly testLoss: number;
  readonly testAccuracy: number;
  readonly validationLoss: number | undefined;
  readonly validationAccuracy: number | undefined;
}

/** What one evaluation took each test image for. */
export interface Predicted {
  readonly iteration: number;
  readonly classes: Uint8Array;
  readonly truth: NonNullable<StudyData["truth"]>;
}
