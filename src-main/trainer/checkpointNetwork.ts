import type { RunConfig } from "../../src-shared/runConfig.ts";
import { buildInferenceProgram } from "../compiler/inferenceProgram.ts";
import { imageBytes, splitValidation, type PreparedDataset } from "../dataset/index.ts";
import { CheckpointFolder, type CheckpointName } from "./checkpoint.ts";
import { nextTurn } from "./evaluation.ts";
import { openSession } from "./session.ts";
import { normalisation } from "./trainingData.ts";

export interface CheckpointNetworkOptions {
  readonly config: RunConfig;
  readonly lanes: number;
  /** The folder of the run's checkpoints, and which of them. */
  readonly checkpoints: string;
  readonly checkpoint: CheckpointName;
  /** The one that the run was trained on: its statistics normalise. */
  readonly dataset: PreparedDataset;
  /** Whether single blocks can be taken out of it. */
  readonly hasGates?: boolean;
}

/** The network of one of a run's checkpoints, in inference mode. */
export interface CheckpointNetwork {
  /** Updates that are in the checkpoint. */
  readonly iteration: number;
  /**
   * Logits of images, uint8 [images, 32, 32, 3], a batch at a time: float32 [images of the batch, classes]. As an
   * evaluation does it, with the same normalisation, batch size and lanes; others get their turn between two batches.
   *
   * @param gates one a block: 0 removes it, 1 keeps it; of a network that has gates
   */
  logits(pixels: Uint8Array, gates?: Float32Array): AsyncGenerator<Float32Array, void, void>;
  close(): void;
}

/** @throws WorkbenchError `checkpoint-invalid`, `engine-missing`, `engine-broken` */
export async function openCheckpointNetwork(options: CheckpointNetworkOptions): Promise<CheckpointNetwork> {
  const { config, lanes, dataset, hasGates = false } = options;
  const { network, precision } = config;
  const classes = dataset.classes.length;
  const program = buildInferenceProgram({ network, classes, precision, lanes, hasGates });
  const owner = { config, datasetChecksum: dataset.checksum, layout: program.layout };
  const { state, progress } = new CheckpointFolder(options.checkpoints, owner).load(options.checkpoint);
  const { training } = splitValidation(dataset.trainImages, config.validationImages);
  const { mean, divisor } = await normalisation(dataset, config, training);
  const session = await openSession(program, { lanes, precision });
  session.run("restore", { ...state });
  return {
    iteration: progress.iteration,
    async *logits(pixels, gates) {
      const images = pixels.length / imageBytes;
      for (let from = 0; from < images; from += program.batch) {
        // What is left of the last batch stays black and does not count.
        const fed = new Float32Array(program.batch * imageBytes);
        fed.set(pixels.subarray(from * imageBytes, (from + program.batch) * imageBytes));
        const { logits } = session.run("predict", { images: fed, mean, divisor, ...(gates && { gates }) });
        yield logits.subarray(0, classes * Math.min(program.batch, images - from));
        await nextTurn();
      }
    },
    close: () => session.close(),
  };
}
