import path from "node:path";
import { z } from "zod";

/**
 * A data set as the training graph reads it: `HOME/datasets/NAME/` with
 *
 *     dataset.json          this description; written last, so a folder without it is not a data set
 *     train-images.u8       uint8 [trainImages, 32, 32, 3] (NHWC)
 *     train-labels.u8       uint8 [trainImages]
 *     test-images.u8        uint8 [testImages, 32, 32, 3]
 *     test-labels.u8        uint8 [testImages]
 *     mean.f32              float32 little-endian [32, 32, 3], per-pixel mean of the whole training part, 0..255
 *
 * The four .u8 files are raw, so the graph loads them with ReadFile + DecodeRaw and JavaScript holds no copy.
 */
export const imageSide = 32;
export const imageChannels = 3;
export const imageBytes = imageSide * imageSide * imageChannels;

export const dataFiles = {
  trainImages: "train-images.u8",
  trainLabels: "train-labels.u8",
  testImages: "test-images.u8",
  testLabels: "test-labels.u8",
  mean: "mean.f32",
} as const;
export const descriptionFile = "dataset.json";

const perChannel = z.tuple([z.number(), z.number(), z.number()]);

export const datasetDescriptionSchema = z.strictObject({
  version: z.literal(1),
  name: z.string(),
  /** What a person calls it: "CIFAR-10", "shapes (built in)". */
  title: z.string(),
  source: z.enum(["cifar10", "cifar100", "fashion-mnist", "image-folder", "shapes"]),
  /** Whether it is, by checksum, what its authors published; results are named accordingly. */
  original: z.boolean(),
  /** One sentence where there is something to know: "Not the original archive (checksum differs)". */
  note: z.string().optional(),
  /** Class names in label order; at most 256. */
  classes: z.array(z.string()).min(2).max(256),
  trainImages: z.int().min(1),
  testImages: z.int().min(1),
  /** Over the whole training part, in units of 0..255; `std` is the population's. */
  perChannelMean: perChannel,
  perChannelStd: perChannel,
  /** Of built-in data: which generator drew them; other versions draw other images. */
  generatorVersion: z.int().optional(),
  /** SHA-256 over the four .u8 files, in the order of `dataFiles`. */
  checksum: z.string().regex(/^[0-9a-f]{64}$/),
});

export type DatasetDescription = z.infer<typeof datasetDescriptionSchema>;

export interface PreparedDataset extends DatasetDescription {
  readonly folder: string;
}

/** The size in bytes that each file must have. */
export function dataFileBytes({ trainImages, testImages }: DatasetDescription): Record<keyof typeof dataFiles, number> {
  return {
    trainImages: trainImages * imageBytes,
    trainLabels: trainImages,
    testImages: testImages * imageBytes,
    testLabels: testImages,
    mean: imageBytes * Float32Array.BYTES_PER_ELEMENT,
  };
}

/** The files that the checksum covers, in its order. */
export const checksummedParts = ["trainImages", "trainLabels", "testImages", "testLabels"] as const;

export const dataFile = (dataset: PreparedDataset, part: keyof typeof dataFiles): string =>
  path.join(dataset.folder, dataFiles[part]);
