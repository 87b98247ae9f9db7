import type { AugmentedImages } from "../../src-shared/contract/index.ts";
import { WorkbenchError } from "../../src-shared/errors.ts";
import { createPlanner, type PlannerOptions } from "./batchPlan.ts";
import { imageBytes, imageChannels, imageSide, type PreparedDataset } from "./preparedDataset.ts";
import { readImages } from "./readImages.ts";
import { splitValidation } from "./validationSplit.ts";

export interface AugmentedOptions extends Omit<PlannerOptions, "trainImages"> {
  readonly validationImages: number;
  /** 0-based. */
  readonly iteration: number;
  /** The first so many of the batch. */
  readonly most: number;
}

const transformNumbers = 8;

/**
 * Images as a training with these settings sees them at an iteration, by the batch plans that training has.
 *
 * @throws WorkbenchError `config-invalid` where all images are for validation
 */
export async function augmentedImages(dataset: PreparedDataset, options: AugmentedOptions): Promise<AugmentedImages> {
  const { validationImages, iteration, most, ...planner } = options;
  if (validationImages >= dataset.trainImages) {
    throw new WorkbenchError(
      "config-invalid",
      `validationImages is ${validationImages}, but ${dataset.name} has ${dataset.trainImages} training images.`,
    );
  }
  const { training } = splitValidation(dataset.trainImages, validationImages);
  const plan = createPlanner({ ...planner, trainImages: training.length }).plan(iteration);
  const images = Int32Array.from(plan.indices.subarray(0, most), (index) => training[index]);
  const { pixels, labels, side, channels } = await readImages(dataset, "train", [...images]);
  const seen = new Uint8Array(pixels.length);
  const shifts = new Int32Array(2 * images.length);
  const flipped = new Uint8Array(images.length);
  for (let image = 0; image < images.length; image++) {
    const row = plan.transforms.subarray(image * transformNumbers, (image + 1) * transformNumbers);
    const part = [image * imageBytes, (image + 1) * imageBytes] as const;
    transformed(pixels.subarray(...part), row, dataset.perChannelMean, seen.subarray(...part));
    const isFlipped = row[0] < 0;
    flipped[image] = isFlipped ? 1 : 0;
    shifts.set([isFlipped ? row[2] - (imageSide - 1) : row[2], row[5]], 2 * image);
  }
  return { side, channels, pixels: seen, labels, images, shifts, flipped };
}

/** Output pixel (x, y) shows input pixel (s x + tx, y + dy) of a plan's row (batchPlan.ts), and `outside` beyond it. */
function transformed(
  pixels: Uint8Array,
  row: Float32Array,
  outside: readonly [number, number, number],
  into: Uint8Array,
): void {
  const [scale, , tx, , , dy] = row;
  const fill = outside.map(Math.round);
  let at = 0;
  for (let y = 0; y < imageSide; y++) {
    for (let x = 0; x < imageSide; x++) {
      const [fromX, fromY] = [scale * x + tx, y + dy];
      const isInside = fromX >= 0 && fromX < imageSide && fromY >= 0 && fromY < imageSide;
      const from = (fromY * imageSide + fromX) * imageChannels;
      for (let channel = 0; channel < imageChannels; channel++) {
        into[at++] = isInside ? pixels[from + channel] : fill[channel];
      }
    }
  }
}
