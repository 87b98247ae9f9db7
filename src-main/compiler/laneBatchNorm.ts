import { outputOf, typeOf, type Graph, type NodeOf, type Value } from "./node.ts";

type BatchNorm = NodeOf<"FusedBatchNormV3">;
type BatchNormGradient = NodeOf<"FusedBatchNormGradV3">;

/** y lane by lane, and the five outputs behind it, which all lanes share. */
interface LanedBatchNorm {
  readonly y: readonly Value[];
  readonly statistics: readonly Value[];
}

/**
 * Forward in training mode: each lane's mean m and biased variance v give the batch's, M = mean(m) and
 * V = mean(v + (m - M)^2) (lanes of equal size); with these the rows are normalised. V's two terms are never negative,
 * so nothing cancels.
 *
 * @param rows x of each lane
 * @param parameters gamma, beta, and the two that training mode does not use
 */
export function trainingBatchNorm(
  graph: Graph,
  node: BatchNorm,
  rows: readonly Value[],
  parameters: readonly Value[],
): LanedBatchNorm {
  const [gamma, beta, noMean, noVariance] = parameters;
  const name = (part: string) => ({ name: `${node.name}/${part}` });
  const moments = rows.map((x, lane) =>
    graph.add("FusedBatchNormV3", [x, gamma, beta, noMean, noVariance], node.attributes, name(`lane${lane}/moments`)),
  );
  const share = scalar(graph, 1 / rows.length, `${node.name}/share`);
  const means = moments.map((m) => outputOf(m, 3));
  const mean = graph.add("Mul", [sumInOrder(graph, means, node.name), share], {}, name("mean"));
  const spread = moments.map((m) => {
    const offMean = graph.add("Sub", [outputOf(m, 3), mean], {});
    return graph.add("AddV2", [outputOf(m, 4), graph.add("Square", [offMean], {})], {});
  });
  const variance = graph.add("Mul", [sumInOrder(graph, spread, node.name), share], {}, name("variance"));
  const n = elementsPerChannel(node);
  const factor = scalar(graph, n / (n - 1), `${node.name}/unbias`);
  const unbiased = graph.add("Mul", [variance, factor], {}, name("unbiased"));
  const y = normalised(graph, node, rows, { gamma, beta, mean, variance }, node.name);
  return { y, statistics: [mean, unbiased, mean, variance, variance] };
}

/** In inference mode: only y has rows; the statistics behind it are those that were given, the same in every lane. */
export function inferenceBatchNorm(
  graph: Graph,
  node: BatchNorm,
  rows: readonly Value[],
  parameters: readonly Value[],
): LanedBatchNorm {
  const y = rows.map((x, lane) =>
    graph.add("FusedBatchNormV3", [x, ...parameters], node.attributes, { name: `${node.name}/lane${lane}` }),
  );
  return { y, statistics: node.outputs.slice(1).map((_, i) => outputOf(y[0], i + 1)) };
}

/**
 * Backward: inference mode, with M and V as reserve spaces, gives each lane's gamma R dy (R = 1 / sqrt(V + eps)),
 * dgamma and dbeta; summed over the lanes these two are the batch's. What dx still misses is affine in x,
 * -gamma R (xhat dgamma + dbeta) / n.
 */
export function batchNormGradient(
  graph: Graph,
  node: BatchNormGradient,
  rows: readonly { readonly dy: Value; readonly x: Value }[],
  { gamma, mean, variance }: { readonly gamma: Value; readonly mean: Value; readonly variance: Value },
): { readonly dx: readonly Value[]; readonly dgamma: Value; readonly dbeta: Value } {
  const name = (part: string) => ({ name: `${node.name}/${part}` });
  const { epsilon, training } = node.attributes;
  const direct = rows.map(({ dy, x }, lane) =>
    graph.add(
      "FusedBatchNormGradV3",
      [dy, x, gamma, mean, variance, variance],
      { epsilon, training: false },
      name(`lane${lane}/direct`),
    ),
  );
  const summed = (output: number) =>
    sumInOrder(
      graph,
      direct.map((d) => outputOf(d, output)),
      node.name,
    );
  const [dgamma, dbeta] = [summed(1), summed(2)];
  if (!training) return { dx: direct, dgamma, dbeta };
  const inverse = inverseDeviation(graph, node, variance);
  const share = scalar(graph, -1 / elementsPerChannel(node), `${node.name}/share`);
  const factor = graph.add("Mul", [graph.add("Mul", [gamma, inverse], {}), share], {}, name("factor"));
  const scale = graph.add("Mul", [graph.add("Mul", [factor, dgamma], {}), inverse], {}, name("scale"));
  const shift = graph.add("Mul", [mean, scale], {});
  const offset = graph.add("Sub", [graph.add("Mul", [factor, dbeta], {}), shift], {}, name("offset"));
  const xs = rows.map(({ x }) => x);
  const missing = affine(graph, xs, scale, offset, `${node.name}/missing`);
  const dx = direct.map((d, lane) => graph.add("AddV2", [d, missing[lane]], {}, { name: `${node.name}/lane${lane}` }));
  return { dx, dgamma, dbeta };
}

/** gamma (x - mean) R + beta, lane by lane. */
export function normalised(
  graph: Graph,
  node: BatchNorm,
  rows: readonly Value[],
  { gamma, beta, mean, variance }: Readonly<Record<"gamma" | "beta" | "mean" | "variance", Value>>,
  name: string,
): readonly Value[] {
  const inverse = inverseDeviation(graph, node, variance);
  const scale = graph.add("Mul", [gamma, inverse], {}, { name: `${node.name}/scale` });
  const shift = graph.add("Mul", [mean, scale], {});
  const offset = graph.add("Sub", [beta, shift], {}, { name: `${node.name}/offset` });
  return affine(graph, rows, scale, offset, name);
}

/** 1 / sqrt(variance + epsilon), a channel. */
function inverseDeviation(graph: Graph, node: BatchNorm | BatchNormGradient, variance: Value): Value {
  const epsilon = scalar(graph, node.attributes.epsilon, `${node.name}/epsilon`);
  return graph.add("Rsqrt", [graph.add("AddV2", [variance, epsilon], {})], {});
}

/**
 * x scale + offset, a channel, as a 1x1 convolution with a diagonal kernel: TensorFlow runs it in one pass together
 * with the addition and the ReLU behind it, which it does not do for batch norm (docs/performance.md). SAME, since
 * TensorFlow 2.21 takes a `Pad` that leads to such an addition (the zero-pad shortcut) for a VALID convolution's own
 * padding, and crashes.
 */
function affine(graph: Graph, rows: readonly Value[], scale: Value, offset: Value, name: string): readonly Value[] {
  const { dtype, shape } = typeOf(rows[0]);
  const channels = shape[3];
  const cast = (value: Value): Value => (dtype === "float32" ? value : graph.add("Cast", [value], { to: dtype }));
  const diagonal = graph.add("Diag", [scale], {}, { name: `${name}/diagonal` });
  const kernel = cast(graph.add("Reshape", [diagonal], { shape: [1, 1, channels, channels] }));
  const bias = cast(offset);
  return rows.map((x, lane) => {
    const scaled = graph.add("Conv2D", [x, kernel], { stride: 1, padding: "SAME" });
    return graph.add("BiasAdd", [scaled, bias], {}, { name: `${name}/lane${lane}` });
  });
}

/** In the order of the lanes, always: floating-point addition does not commute with regrouping. */
export function sumInOrder(graph: Graph, values: readonly Value[], name: string): Value {
  return values
    .slice(1)
    .reduce((sum, value) => graph.add("AddV2", [sum, value], {}, { name: `${name}/sum` }), values[0]);
}

const scalar = (graph: Graph, value: number, name: string): Value =>
  graph.add("Const", [], { dtype: "float32", shape: [], value }, { name });

/** Values that one channel's statistics are made from: batch x height x width, over all lanes. */
function elementsPerChannel(node: BatchNorm | BatchNormGradient): number {
  const [batch, height, width] = typeOf({ node, output: 0 }).shape;
  return batch * height * width;
}
