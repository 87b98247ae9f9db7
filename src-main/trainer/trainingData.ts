import { readFileSync } from "node:fs";
import { WorkbenchError } from "../../src-shared/errors.ts";
import type { RunConfig } from "../../src-shared/runConfig.ts";
import type { ImageSource } from "../compiler/program.ts";
import { dataFile, imageStatistics, splitValidation, type PreparedDataset } from "../dataset/index.ts";

/**
 * A data set as one run sees it. The pool on the device holds the training file's images, then the test file's; all
 * indices here are positions in the pool.
 */
export interface TrainingData {
  readonly source: Extract<ImageSource, { kind: "pool" }>;
  readonly training: Int32Array;
  readonly validation: Int32Array;
  readonly test: Int32Array;
  readonly labelOf: (poolIndex: number) => number;
  /** input = (image - mean) / divisor: float32 [32, 32, 3] and [3], in units of 0..255. */
  readonly mean: Float32Array;
  readonly divisor: Float32Array;
}

/** @throws WorkbenchError `config-invalid` where the configuration asks for more images than there are */
export async function openTrainingData(dataset: PreparedDataset, config: RunConfig): Promise<TrainingData> {
  const { trainImages, testImages } = dataset;
  if (config.validationImages >= trainImages) {
    throw new WorkbenchError(
      "config-invalid",
      `validationImages is ${config.validationImages}, but ${dataset.name} has ${trainImages} training images.`,
    );
  }
  const { training, validation } = splitValidation(trainImages, config.validationImages);
  const labels = [dataFile(dataset, "trainLabels"), dataFile(dataset, "testLabels")].map((file) => readFileSync(file));
  return {
    source: {
      kind: "pool",
      files: [
        { images: dataFile(dataset, "trainImages"), labels: dataFile(dataset, "trainLabels"), count: trainImages },
        { images: dataFile(dataset, "testImages"), labels: dataFile(dataset, "testLabels"), count: testImages },
      ],
    },
    training,
    validation,
    test: Int32Array.from({ length: testImages }, (_, index) => trainImages + index),
    labelOf: (index) => (index < trainImages ? labels[0][index] : labels[1][index - trainImages]),
    ...(await normalisation(dataset, config, training)),
  };
}

export type Normalisation = Pick<TrainingData, "mean" | "divisor">;

/** Statistics of what is trained on: of the whole training file they are stored, of a part they are computed. */
export async function normalisation(
  dataset: PreparedDataset,
  config: RunConfig,
  training: Int32Array,
): Promise<Normalisation> {
  const whole = training.length === dataset.trainImages;
  const statistics = whole
    ? { perPixelMean: readFloats(dataFile(dataset, "mean")), ...dataset }
    : await imageStatistics(dataFile(dataset, "trainImages"), dataset.trainImages, training);
  switch (config.preprocessing) {
    case "per-pixel-mean":
      return { mean: statistics.perPixelMean, divisor: new Float32Array(3).fill(255) };
    case "per-channel":
      return {
        mean: Float32Array.from(statistics.perPixelMean, (_, i) => statistics.perChannelMean[i % 3]),
        // A channel that never changes carries nothing; dividing by 1 leaves it at 0 instead of at NaN.
        divisor: Float32Array.from(statistics.perChannelStd, (std) => std || 1),
      };
  }
}

function readFloats(file: string): Float32Array {
  const bytes = readFileSync(file);
  return new Float32Array(new Uint8Array(bytes).buffer);
}
