import type { RunConfig } from "../../src-shared/runConfig.ts";
import { buildInferenceProgram } from "../compiler/inferenceProgram.ts";
import { imageBytes, splitValidation, type PreparedDataset } from "../dataset/index.ts";
import { CheckpointFolder, type CheckpointName } from "./checkpoint.ts";
import { nextTurn } from "./evaluation.ts";
import { openSession } from "./session.ts";
import { normalisation } from "./trainingData.ts";

export interface PredictOptions {
  readonly config: RunConfig;
  readonly lanes: number;
  readonly checkpoints: string;
  readonly checkpoint: CheckpointName;
  /** The one that the run was trained on: its statistics normalise. */
  readonly dataset: PreparedDataset;
}

export interface Predicted {
  /** Updates that are in the checkpoint. */
  readonly iteration: number;
  /** float32 [images, classes]: softmax of the logits. */
  readonly probabilities: Float32Array;
}

/**
 * What a run's network says of images: uint8 [images, 32, 32, 3]. As an evaluation does it, with the same normalisation,
 * batch size and lanes.
 *
 * @throws WorkbenchError `checkpoint-invalid`, `engine-missing`, `engine-broken`
 */
export async function predict(options: PredictOptions, pixels: Uint8Array): Promise<Predicted> {
  const { config, lanes, dataset } = options;
  const classes = dataset.classes.length;
  const program = buildInferenceProgram({ network: config.network, classes, precision: config.precision, lanes });
  const owner = { config, datasetChecksum: dataset.checksum, layout: program.layout };
  const { state, progress } = new CheckpointFolder(options.checkpoints, owner).load(options.checkpoint);
  const { training } = splitValidation(dataset.trainImages, config.validationImages);
  const { mean, divisor } = await normalisation(dataset, config, training);
  const session = await openSession(program, { lanes, precision: config.precision });
  try {
    session.run("restore", { ...state });
    const images = pixels.length / imageBytes;
    const probabilities = new Float32Array(images * classes);
    for (let from = 0; from < images; from += program.batch) {
      // What is left of the last batch stays black and does not count.
      const fed = new Float32Array(program.batch * imageBytes);
      fed.set(pixels.subarray(from * imageBytes, (from + program.batch) * imageBytes));
      const { logits } = session.run("predict", { images: fed, mean, divisor });
      const here = Math.min(program.batch, images - from);
      for (let image = 0; image < here; image++) {
        const own = logits.subarray(image * classes, (image + 1) * classes);
        probabilities.set(softmax(own), (from + image) * classes);
      }
      await nextTurn();
    }
    return { iteration: progress.iteration, probabilities };
  } finally {
    session.close();
  }
}

function softmax(logits: Float32Array): Float64Array {
  const largest = Math.max(...logits);
  const powers = Float64Array.from(logits, (logit) => Math.exp(logit - largest));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}
