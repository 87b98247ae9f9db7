import type { Family, Shortcut } from "../runConfig.ts";
import type { Estimate } from "./estimate.ts";

/** What a finished cell of a study came to. Accuracies and errors are fractions. */
export interface FinishedOutcome {
  /** Mean of the raw losses of the last epoch. */
  readonly loss: Estimate;
  /** 1 - accuracy on the training batches of the last epoch, augmented and in training mode. */
  readonly trainingError: Estimate;
  /** Of the last model, in inference mode, with the binomial error of its images. */
  readonly testError: Estimate;
  /** Mean loss of each epoch, in their order: how fast it learns. */
  readonly epochLosses: readonly number[];
}

/** A cell of a study's grid: one network, one seed. */
export interface CellOutcome {
  readonly family: Family;
  readonly depth: number;
  readonly shortcut: Shortcut;
  readonly seed: number;
  /** Undefined while it is not finished, and where it failed or diverged. */
  readonly outcome: FinishedOutcome | undefined;
  readonly diverged: boolean;
}
