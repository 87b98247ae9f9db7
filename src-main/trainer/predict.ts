import { openCheckpointNetwork, type CheckpointNetworkOptions } from "./checkpointNetwork.ts";

export interface Predicted {
  /** Updates that are in the checkpoint. */
  readonly iteration: number;
  /** float32 [images, classes]: softmax of the logits. */
  readonly probabilities: Float32Array;
}

/**
 * What a run's network says of images: uint8 [images, 32, 32, 3].
 *
 * @throws WorkbenchError `checkpoint-invalid`, `engine-missing`, `engine-broken`
 */
export async function predict(options: CheckpointNetworkOptions, pixels: Uint8Array): Promise<Predicted> {
  const classes = options.dataset.classes.length;
  const network = await openCheckpointNetwork(options);
  try {
    const probabilities: number[] = [];
    for await (const logits of network.logits(pixels)) {
      for (let at = 0; at < logits.length; at += classes) {
        probabilities.push(...softmax(logits.subarray(at, at + classes)));
      }
    }
    return { iteration: network.iteration, probabilities: Float32Array.from(probabilities) };
  } finally {
    network.close();
  }
}

function softmax(logits: Float32Array): Float64Array {
  const largest = Math.max(...logits);
  const powers = Float64Array.from(logits, (logit) => Math.exp(logit - largest));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}
