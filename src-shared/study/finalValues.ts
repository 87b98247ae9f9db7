import type { RunConfig } from "../runConfig.ts";
import { estimate, type Estimate } from "./estimate.ts";

/**
 * Iterations of one epoch, which need not be a whole number.
 * @param trainImages of the data set before the validation part is taken away
 */
export const epochIterations = ({ validationImages, training }: RunConfig, trainImages: number): number =>
  (trainImages - validationImages) / training.batchSize;

/** The same in whole iterations, one at least. */
export const wholeEpoch = (config: RunConfig, trainImages: number): number =>
  Math.max(1, Math.round(epochIterations(config, trainImages)));

/** Mean of the raw losses of the last epoch; undefined where there are none, or one is not finite. */
export const finalLoss = (losses: Float32Array, epoch: number): Estimate | undefined => estimate(losses.slice(-epoch));

/** 1 - accuracy on the training batches of the last epoch, augmented and in training mode. */
export function finalTrainingError(accuracies: Float32Array, epoch: number): Estimate | undefined {
  const accuracy = estimate(accuracies.slice(-epoch));
  return accuracy && { ...accuracy, mean: 1 - accuracy.mean };
}
