import { permutation, randomPurpose } from "./philox.ts";

/** Ascending positions in the data set's training file; together every image once. */
export interface ValidationSplit {
  readonly training: Int32Array;
  readonly validation: Int32Array;
}

/** Fixed for good: another split would make runs with a validation part incomparable. */
const splitKey = 0x5eed_5a1d;

/**
 * The validation part is the same for every seed and run, and a smaller one is part of a larger one. The paper's
 * 45k/5k split is not published; this one is as arbitrary, but reproducible.
 *
 * @throws RangeError unless 0 <= validationImages < trainImages
 */
export function splitValidation(trainImages: number, validationImages: number): ValidationSplit {
  if (validationImages < 0 || validationImages >= trainImages) {
    throw new RangeError(`${validationImages} validation images of ${trainImages} training images`);
  }
  if (validationImages === 0) {
    return { training: Int32Array.from({ length: trainImages }, (_, index) => index), validation: new Int32Array() };
  }
  const order = permutation(trainImages, splitKey, randomPurpose.validationSplit, 0);
  return { training: order.slice(validationImages).sort(), validation: order.slice(0, validationImages).sort() };
}
