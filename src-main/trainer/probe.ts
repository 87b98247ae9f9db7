import { flatParts } from "../compiler/flatLayout.ts";
import type { Program } from "../compiler/program.ts";
import { nextTurn } from "./evaluation.ts";
import type { Session } from "./session.ts";

export interface Probe {
  readonly responses: { layer: string; std: number }[];
  readonly gradientNorms: { tensor: string; norm: number }[];
}

/** Fixed and not augmented: the first of the training part's images, in the order of the data set. */
export const probeImages = 1000;

/**
 * Layer responses in inference mode and gradient norms in training mode over `indices` (positions in the pool; what
 * exceeds whole batches is left out). The gradient is the mean over batches of `program.probeBatch` images, each with
 * its own batch statistics, as training has them; running averages stay as they are.
 *
 * @param onBatch called after each batch
 */
export async function probe(
  session: Session,
  program: Program,
  indices: Int32Array,
  onBatch: () => void,
): Promise<Probe> {
  const { probeBatch, responseLayers, layout } = program;
  const batches = Math.floor(indices.length / probeBatch);
  const moments: Float32Array[] = [];
  const gradient = new Float64Array(layout.weightCount);
  for (let batch = 0; batch < batches; batch++) {
    const feed = { indices: indices.slice(batch * probeBatch, (batch + 1) * probeBatch) };
    moments.push(session.run("probeResponses", feed).moments);
    const part = session.run("probeGradients", feed).gradient;
    for (let i = 0; i < part.length; i++) gradient[i] += part[i] / batches;
    onBatch();
    await nextTurn();
  }
  return {
    responses: responseLayers.map((layer, row) => ({ layer, std: pooledStd(moments, row) })),
    gradientNorms: [...flatParts(layout.weights, Float32Array.from(gradient))].map(([{ name }, part]) => ({
      tensor: name,
      norm: euclideanNorm(part),
    })),
  };
}

/** Standard deviation over all batches, from each one's mean and biased variance: the spread within plus that between. */
function pooledStd(moments: readonly Float32Array[], row: number): number {
  const means = moments.map((batch) => batch[2 * row]);
  const mean = means.reduce((sum, m) => sum + m, 0) / means.length;
  const variance =
    moments.reduce((sum, batch, i) => sum + batch[2 * row + 1] + (means[i] - mean) ** 2, 0) / means.length;
  return Math.sqrt(variance);
}

const euclideanNorm = (values: Float32Array): number =>
  Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
