import { imageSide } from "./preparedDataset.ts";
import { permutation, philox4x32, randomPurpose, scaleWord } from "./philox.ts";

/**
 * Which images make up the batch of an iteration, and how each is cropped and flipped: a pure function of
 * (seed, iteration), so a resumed run needs no saved random state.
 */
export interface BatchPlan {
  /** [batch]: positions in the training part, 0 ... trainImages - 1. */
  readonly indices: Int32Array;
  /**
   * [batch, 8]: a row of ImageProjectiveTransformV3 for each image, `[s, 0, tx, 0, 1, dy, 0, 0]`: output pixel (x, y)
   * shows input pixel (s x + tx, y + dy), and the fill value where that lies outside.
   */
  readonly transforms: Float32Array;
}

export interface PlannerOptions {
  /** uint32. */
  readonly seed: number;
  /** Images that are trained on, validation images apart. */
  readonly trainImages: number;
  readonly batchSize: number;
  /** Crop offsets are uniform in -padPixels ... padPixels, as a random crop of the padded image (He et al., section 4.2). */
  readonly padPixels: number;
  readonly flipProbability: number;
}

export interface Planner {
  /** The plan of a 0-based iteration; fresh arrays at each call. */
  plan(iteration: number): BatchPlan;
}

const transformNumbers = 8;

/**
 * Batches run across epoch ends: image i of iteration k stands at position k * batchSize + i of the endless sequence of
 * epochs, and each epoch is a permutation of the training images of its own. The crop and flip of a position depend on
 * (seed, position) alone: the batch size decides where batches end, not what comes next.
 */
export function createPlanner(options: PlannerOptions): Planner {
  const { seed, trainImages, batchSize, padPixels, flipProbability } = options;
  const offsets = 2 * padPixels + 1;
  const flipBelow = flipProbability * 2 ** 32;
  const words = new Uint32Array(4);

  // A cache, not a state: the same epoch always gives the same order.
  let cachedEpoch = -1;
  let cachedOrder: Int32Array = new Int32Array();
  const orderOf = (epoch: number): Int32Array => {
    if (epoch !== cachedEpoch) {
      cachedOrder = permutation(trainImages, seed, randomPurpose.shuffle, epoch);
      cachedEpoch = epoch;
    }
    return cachedOrder;
  };

  return {
    plan(iteration) {
      const indices = new Int32Array(batchSize);
      const transforms = new Float32Array(batchSize * transformNumbers);
      for (let image = 0; image < batchSize; image++) {
        const position = iteration * batchSize + image;
        const epoch = Math.floor(position / trainImages);
        indices[image] = orderOf(epoch)[position - epoch * trainImages]!;

        philox4x32(words, position >>> 0, Math.floor(position / 2 ** 32), 0, 0, seed, randomPurpose.augmentation);
        const dy = scaleWord(words[0], offsets) - padPixels;
        const dx = scaleWord(words[1], offsets) - padPixels;
        const flipped = words[2] < flipBelow;
        const row = image * transformNumbers;
        transforms[row] = flipped ? -1 : 1;
        transforms[row + 2] = flipped ? imageSide - 1 + dx : dx;
        transforms[row + 4] = 1;
        transforms[row + 5] = dy;
      }
      return { indices, transforms };
    },
  };
}
