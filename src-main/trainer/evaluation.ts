import type { Session } from "./session.ts";

/** The network, in inference mode, on a set of images. */
export interface Evaluation {
  /** Mean cross entropy, without label smoothing and decay. */
  readonly loss: number;
  /** top-1, a fraction. */
  readonly accuracy: number;
  /** Predicted class of each image, in the order of the indices. */
  readonly predictions: Uint8Array;
}

/** Where the largest of `count` values from `offset` on stands; the first of equals. */
export function argMax(values: Float32Array, offset: number, count: number): number {
  let best = 0;
  for (let i = 1; i < count; i++) if (values[offset + i] > values[offset + best]) best = i;
  return best;
}

/**
 * Runs every image at `indices` (positions in the pool) through the network, `batch` at a time; the last batch is
 * filled up with the pool's first image, which does not count. Yields to the event loop between batches.
 *
 * @param onBatch called after each batch
 */
export async function evaluate(
  session: Session,
  batch: number,
  indices: Int32Array,
  labelOf: (poolIndex: number) => number,
  classes: number,
  onBatch: () => void,
): Promise<Evaluation> {
  const predictions = new Uint8Array(indices.length);
  let loss = 0;
  let correct = 0;
  for (let from = 0; from < indices.length; from += batch) {
    const feed = new Int32Array(batch);
    const count = Math.min(batch, indices.length - from);
    feed.set(indices.subarray(from, from + count));
    const { logits, losses } = session.run("evaluate", { indices: feed });
    for (let i = 0; i < count; i++) {
      const predicted = argMax(logits, i * classes, classes);
      predictions[from + i] = predicted;
      if (predicted === labelOf(feed[i])) correct++;
      loss += losses[i];
    }
    onBatch();
    await nextTurn();
  }
  return { loss: loss / indices.length, accuracy: correct / indices.length, predictions };
}

/** Lets signals, timers and messages in between two blocking calls. */
export const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
