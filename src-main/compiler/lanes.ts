import { WorkbenchError } from "../../src-shared/errors.ts";
import { Graph, outputOf, typeOf, type Node, type NodeOf, type Value } from "./node.ts";
import type { OpAttributes, OpName, Shape } from "./ops.ts";

/**
 * A pass from IR to IR: the batch is split into lanes of equal size, one a core, and every operation runs
 * single-threaded in its lane. Weights are shared, the lanes' gradients are added in a fixed order, only batch norm
 * joins the lanes. The result is the same network up to rounding, and the same bits for the same number of lanes.
 *
 * Each value of the old graph becomes one of
 *   shared     one value, the same for all lanes (weights, statistics, finished gradients)
 *   lanes      one value a lane, each with its rows of the batch
 *   partials   one value a lane, to be added up (gradients of shared weights, sums over the batch)
 */
type Laned =
  | { readonly kind: "shared"; readonly value: Value }
  | { readonly kind: "lanes" | "partials"; readonly values: readonly Value[] };

/** How an operation goes into lanes once an input has: see `Laned`. */
type LaneRule =
  | "map" //     rows in, rows out
  | "linear" //  rows in, rows out; a sum of partials in, partials out
  | "sum" //     rows in, a partial sum over the batch out
  | "matmul"
  | "reduce"
  | "concatenate"
  | "batch-norm"
  | "batch-norm-gradient";

export const laneRules: { readonly [K in OpName]?: LaneRule } = {
  Identity: "linear",
  Cast: "linear",
  Reshape: "linear",
  Mul: "linear",
  Neg: "linear",
  Relu: "map",
  ReluGrad: "map",
  AddV2: "map",
  AddN: "map",
  Sub: "map",
  RealDiv: "map",
  Square: "map",
  ZerosLike: "map",
  Conv2D: "map",
  Conv2DBackpropInput: "map",
  Conv2DBackpropFilter: "sum",
  AvgPool: "map",
  AvgPoolGrad: "map",
  Pad: "map",
  Slice: "map",
  BroadcastTo: "map",
  GatherV2: "map",
  OneHot: "map",
  ImageProjectiveTransformV3: "map",
  MatMul: "matmul",
  BiasAdd: "map",
  BiasAddGrad: "sum",
  SparseSoftmaxCrossEntropyWithLogits: "map",
  SoftmaxCrossEntropyWithLogits: "map",
  Sum: "reduce",
  Mean: "reduce",
  ConcatV2: "concatenate",
  FusedBatchNormV3: "batch-norm",
  FusedBatchNormGradV3: "batch-norm-gradient",
};

/** The attributes of one lane's copy, where they name a size of the batch. */
const inOneLane: { readonly [K in OpName]?: (attributes: OpAttributes[K], lanes: number) => OpAttributes[K] } = {
  Reshape: ({ shape }, lanes) => ({ shape: rowsOver(shape, lanes) }),
  BroadcastTo: ({ shape }, lanes) => ({ shape: rowsOver(shape, lanes) }),
  Slice: ({ begin, size }, lanes) => ({ begin, size: rowsOver(size, lanes) }),
  Conv2DBackpropInput: (attributes, lanes) => ({ ...attributes, inputShape: rowsOver(attributes.inputShape, lanes) }),
  AvgPoolGrad: (attributes, lanes) => ({ ...attributes, inputShape: rowsOver(attributes.inputShape, lanes) }),
};

const rowsOver = ([rows, ...rest]: Shape, lanes: number): Shape => [rows / lanes, ...rest];

/** Nodes whose first output has the batch as its first dimension, and the number of lanes to split each into. */
export type BatchSources = ReadonlyMap<Node, number>;

/** Rewrites `old` into lanes; `outputs` are joined again, in their order. Nodes that no output needs are left out. */
export function splitIntoLanes(
  old: Graph,
  sources: BatchSources,
  outputs: readonly Value[],
): { graph: Graph; outputs: Value[] } {
  const needed = nodesBehind(outputs.map(({ node }) => node));
  const nodes = old.nodes.filter((node) => needed.has(node));
  const pass = new LanePass(sources, inputsOfAdditions(nodes));
  for (const node of nodes) pass.rewrite(node);
  return { graph: pass.graph, outputs: outputs.map((output) => pass.joined(output)) };
}

function nodesBehind(roots: readonly Node[]): ReadonlySet<Node> {
  const found = new Set(roots);
  for (const node of found) {
    for (const { node: input } of node.inputs) found.add(input);
    for (const before of node.control) found.add(before);
  }
  return found;
}

const inputsOfAdditions = (nodes: readonly Node[]): ReadonlySet<Node> =>
  new Set(nodes.filter(({ op }) => op === "AddV2").flatMap(({ inputs }) => inputs.map(({ node }) => node)));

class LanePass {
  readonly graph = new Graph();
  readonly #sources: BatchSources;
  readonly #added: ReadonlySet<Node>;
  readonly #laned = new Map<Node, readonly Laned[]>();
  readonly #copies = new Map<Node, readonly Node[]>();
  readonly #joins = new Map<Laned, Value>();

  /** @param added nodes that an addition reads */
  constructor(sources: BatchSources, added: ReadonlySet<Node>) {
    this.#sources = sources;
    this.#added = added;
  }

  rewrite(node: Node): void {
    const from = this.graph.nodes.length;
    this.#laned.set(node, this.#rewritten(node));
    this.#copies.set(node, this.graph.nodes.slice(from));
  }

  /** One value with all rows, or the sum of the partials. */
  joined({ node, output }: Value): Value {
    return this.#join(this.#laned.get(node)![output], node.name);
  }

  #rewritten(node: Node): readonly Laned[] {
    const inputs = node.inputs.map(({ node: input, output }) => this.#laned.get(input)![output]);
    const lanes = laneCount(node, inputs);
    if (lanes === 1) {
      if (gainsByAffine(node) && this.#added.has(node)) return this.#batchNormToAdd(node, inputs);
      const copy = this.#shared(node, inputs);
      const parts = this.#sources.get(node) ?? 1;
      if (parts === 1) return copy;
      const rows = this.graph.add("Split", [this.#join(copy[0], node.name)], { parts }, { name: `${node.name}/lanes` });
      return [{ kind: "lanes", values: rows.node.outputs.map((_, lane) => outputOf(rows, lane)) }];
    }
    const rule = laneRules[node.op];
    const hasRows = inputs.some(({ kind }) => kind === "lanes");
    if (!hasRows && rule !== "linear" && rule !== "concatenate") return this.#shared(node, inputs);
    switch (rule) {
      case undefined:
        throw new WorkbenchError("compile", `${node.op} '${node.name}' has no rule for lanes`);
      case "map":
        return this.#map(node, inputs, lanes, "lanes");
      case "linear":
        if (hasRows) return this.#map(node, inputs, lanes, "lanes");
        // A product of two sums is not the sum of the lanes' products.
        if (inputs.filter(({ kind }) => kind === "partials").length > 1) return this.#shared(node, inputs);
        return this.#map(node, inputs, lanes, "partials");
      case "sum":
        return this.#map(node, inputs, lanes, "partials");
      case "matmul":
        return this.#map(node, inputs, lanes, inputs.every(({ kind }) => kind === "lanes") ? "partials" : "lanes");
      case "reduce":
        return this.#map(node, inputs, lanes, reducesBatch(node) ? "partials" : "lanes");
      case "concatenate":
        if (inputs.every(({ kind }) => kind === "partials")) return this.#map(node, inputs, lanes, "partials");
        return this.#shared(node, inputs);
      case "batch-norm":
        return this.#batchNorm(node as NodeOf<"FusedBatchNormV3">, inputs, lanes);
      case "batch-norm-gradient":
        return this.#batchNormGradient(node as NodeOf<"FusedBatchNormGradV3">, inputs, lanes);
    }
  }

  #shared(node: Node, inputs: readonly Laned[]): readonly Laned[] {
    const joined = inputs.map((input) => this.#join(input, node.name));
    const copy = this.#add(node, joined, node.attributes, node.name);
    const outputs = Math.max(1, node.outputs.length); // an operation without outputs can still be waited for
    return range(outputs).map((output) => ({ kind: "shared", value: outputOf(copy, output) }));
  }

  #map(node: Node, inputs: readonly Laned[], lanes: number, kind: "lanes" | "partials"): readonly Laned[] {
    const keepsPartials = kind === "partials" && inputs.every((input) => input.kind !== "lanes");
    const adapt = keepsPartials
      ? undefined
      : (inOneLane[node.op] as ((a: Node["attributes"], n: number) => Node["attributes"]) | undefined);
    const attributes = adapt ? adapt(node.attributes, lanes) : node.attributes;
    const copies = range(lanes).map((lane) => {
      const ofLane = inputs.map((input) =>
        keepsPartials || input.kind !== "partials" ? pick(input, lane) : this.#join(input, node.name),
      );
      return this.#add(node, ofLane, attributes, `${node.name}/lane${lane}`);
    });
    return node.outputs.map((type, output) => {
      const values = copies.map((copy) => outputOf(copy, output));
      checkShare(node, type.shape, typeOf(values[0]).shape, kind, lanes);
      return { kind, values };
    });
  }

  /**
   * Forward in training mode: each lane's mean m and biased variance v give the batch's, M = mean(m) and
   * V = mean(v + (m - M)^2) (lanes of equal size); inference mode with M and V normalises. V's two terms are never
   * negative, so nothing cancels.
   */
  #batchNorm(node: NodeOf<"FusedBatchNormV3">, inputs: readonly Laned[], lanes: number): readonly Laned[] {
    if (!node.attributes.training) return this.#inferenceBatchNorm(node, inputs, lanes);
    const { graph } = this;
    const [x, ...parameters] = inputs;
    const [gamma, beta, noMean, noVariance] = parameters.map((input) => this.#join(input, node.name));
    const name = (part: string) => ({ name: `${node.name}/${part}` });
    const moments = range(lanes).map((lane) =>
      graph.add(
        "FusedBatchNormV3",
        [pick(x, lane), gamma, beta, noMean, noVariance],
        node.attributes,
        name(`lane${lane}/moments`),
      ),
    );
    const share = this.#scalar(1 / lanes, name("share"));
    const mean = graph.add(
      "Mul",
      [
        this.#sum(
          moments.map((m) => outputOf(m, 3)),
          node.name,
        ),
        share,
      ],
      {},
      name("mean"),
    );
    const spread = moments.map((m) => {
      const offMean = graph.add("Sub", [outputOf(m, 3), mean], {});
      return graph.add("AddV2", [outputOf(m, 4), graph.add("Square", [offMean], {})], {});
    });
    const variance = graph.add("Mul", [this.#sum(spread, node.name), share], {}, name("variance"));
    const n = elementsPerChannel(node);
    const unbiased = graph.add("Mul", [variance, this.#scalar(n / (n - 1), name("unbias"))], {}, name("unbiased"));
    const { scale, offset } = this.#affineOf(node, gamma, beta, mean, variance);
    const normalised = this.#affine(x, scale, offset, lanes, node.name);
    const shared = (value: Value): Laned => ({ kind: "shared", value });
    return [
      { kind: "lanes", values: normalised },
      shared(mean),
      shared(unbiased),
      shared(mean),
      shared(variance),
      shared(variance),
    ];
  }

  /** In one lane only what an addition follows gains by it: batch norm and ReLU are one pass already. */
  #batchNormToAdd(node: NodeOf<"FusedBatchNormV3">, inputs: readonly Laned[]): readonly Laned[] {
    const [, ...statistics] = this.#shared(node, inputs);
    const [x, gamma, beta] = inputs;
    const [mean, variance] = statistics.slice(2).map((value) => this.#join(value, node.name));
    const { scale, offset } = this.#affineOf(
      node,
      this.#join(gamma, node.name),
      this.#join(beta, node.name),
      mean,
      variance,
    );
    const [y] = this.#affine(x, scale, offset, 1, `${node.name}/normalised`);
    return [{ kind: "shared", value: y }, ...statistics];
  }

  /** Only y has rows; the statistics behind it are those that were given, the same in every lane. */
  #inferenceBatchNorm(node: NodeOf<"FusedBatchNormV3">, inputs: readonly Laned[], lanes: number): readonly Laned[] {
    const [x, ...parameters] = inputs;
    const shared = parameters.map((input) => this.#join(input, node.name));
    const copies = this.#normalise(node, x, shared, lanes);
    const statistics = node.outputs
      .slice(1)
      .map((_, i): Laned => ({ kind: "shared", value: outputOf(copies[0], i + 1) }));
    return [{ kind: "lanes", values: copies }, ...statistics];
  }

  /** Batch norm of each lane's rows in inference mode, by scale, offset, mean and variance. */
  #normalise(node: NodeOf<"FusedBatchNormV3">, x: Laned, parameters: readonly Value[], lanes: number): Value[] {
    const attributes = { ...node.attributes, training: false };
    return range(lanes).map((lane) =>
      this.graph.add("FusedBatchNormV3", [pick(x, lane), ...parameters], attributes, {
        name: `${node.name}/lane${lane}`,
      }),
    );
  }

  /**
   * Backward: inference mode, with M and V as reserve spaces, gives each lane's gamma R dy (R = 1 / sqrt(V + eps)),
   * dgamma and dbeta; summed over the lanes these two are the batch's. What dx still misses is affine in x,
   * -gamma R (xhat dgamma + dbeta) / n: inference-mode batch norm over x with that scale and offset.
   */
  #batchNormGradient(node: NodeOf<"FusedBatchNormGradV3">, inputs: readonly Laned[], lanes: number): readonly Laned[] {
    const { graph } = this;
    const [dy, x] = inputs;
    const [gamma, mean, variance] = inputs.slice(2, 5).map((input) => this.#join(input, node.name));
    const name = (part: string) => ({ name: `${node.name}/${part}` });
    const { epsilon, training } = node.attributes;
    const direct = range(lanes).map((lane) =>
      graph.add(
        "FusedBatchNormGradV3",
        [pick(dy, lane), pick(x, lane), gamma, mean, variance, variance],
        { epsilon, training: false },
        name(`lane${lane}/direct`),
      ),
    );
    const dgamma = this.#sum(
      direct.map((d) => outputOf(d, 1)),
      node.name,
    );
    const dbeta = this.#sum(
      direct.map((d) => outputOf(d, 2)),
      node.name,
    );
    const laned = (values: Value[]): Laned[] => [
      { kind: "lanes", values },
      { kind: "shared", value: dgamma },
      { kind: "shared", value: dbeta },
    ];
    if (!training) return laned(direct);
    const inverse = this.#inverseDeviation(node, variance);
    const share = this.#scalar(-1 / elementsPerChannel(node), name("share"));
    const factor = graph.add("Mul", [graph.add("Mul", [gamma, inverse], {}), share], {}, name("factor"));
    const scale = graph.add("Mul", [graph.add("Mul", [factor, dgamma], {}), inverse], {}, name("scale"));
    const shift = graph.add("Mul", [mean, scale], {});
    const offset = graph.add("Sub", [graph.add("Mul", [factor, dbeta], {}), shift], {}, name("offset"));
    const missing = this.#affine(x, scale, offset, lanes, `${node.name}/missing`);
    return laned(
      range(lanes).map((lane) =>
        graph.add("AddV2", [direct[lane], missing[lane]], {}, { name: `${node.name}/lane${lane}` }),
      ),
    );
  }

  /** gamma (x - mean) R + beta as x scale + offset. */
  #affineOf(node: NodeOf<"FusedBatchNormV3">, gamma: Value, beta: Value, mean: Value, variance: Value) {
    const { graph } = this;
    const scale = graph.add("Mul", [gamma, this.#inverseDeviation(node, variance)], {}, { name: `${node.name}/scale` });
    const shift = graph.add("Mul", [mean, scale], {});
    return { scale, offset: graph.add("Sub", [beta, shift], {}, { name: `${node.name}/offset` }) };
  }

  /** 1 / sqrt(variance + epsilon), a channel. */
  #inverseDeviation(node: NodeOf<"FusedBatchNormV3"> | NodeOf<"FusedBatchNormGradV3">, variance: Value): Value {
    const epsilon = this.#scalar(node.attributes.epsilon, { name: `${node.name}/epsilon` });
    return this.graph.add("Rsqrt", [this.graph.add("AddV2", [variance, epsilon], {})], {});
  }

  /**
   * x scale + offset, a channel, as a 1x1 convolution with a diagonal kernel: TensorFlow runs it in one pass together
   * with the addition and the ReLU behind it, which it does not do for batch norm (docs/performance.md). SAME, since
   * TensorFlow 2.21 takes a `Pad` that leads to such an addition (the zero-pad shortcut) for a VALID convolution's own
   * padding, and crashes.
   */
  #affine(x: Laned, scale: Value, offset: Value, lanes: number, name: string): Value[] {
    const { graph } = this;
    const { dtype, shape } = typeOf(pick(x, 0));
    const channels = shape[3];
    const cast = (value: Value): Value => (dtype === "float32" ? value : graph.add("Cast", [value], { to: dtype }));
    const diagonal = graph.add("Diag", [scale], {}, { name: `${name}/diagonal` });
    const kernel = cast(graph.add("Reshape", [diagonal], { shape: [1, 1, channels, channels] }));
    const bias = cast(offset);
    return range(lanes).map((lane) => {
      const scaled = graph.add("Conv2D", [pick(x, lane), kernel], { stride: 1, padding: "SAME" });
      return graph.add("BiasAdd", [scaled, bias], {}, { name: `${name}/lane${lane}` });
    });
  }

  #join(laned: Laned, name: string): Value {
    if (laned.kind === "shared") return laned.value;
    const known = this.#joins.get(laned);
    if (known) return known;
    const value =
      laned.kind === "partials"
        ? this.#sum(laned.values, name)
        : this.graph.add("ConcatV2", laned.values, {}, { name: `${name}/joined` });
    this.#joins.set(laned, value);
    return value;
  }

  /** In the order of the lanes, always: floating-point addition does not commute with regrouping. */
  #sum(values: readonly Value[], name: string): Value {
    return values
      .slice(1)
      .reduce((sum, value) => this.graph.add("AddV2", [sum, value], {}, { name: `${name}/sum` }), values[0]);
  }

  #scalar(value: number, options: { name: string }): Value {
    return this.graph.add("Const", [], { dtype: "float32", shape: [], value }, options);
  }

  #add(node: Node, inputs: readonly Value[], attributes: Node["attributes"], name: string): Value {
    const control = node.control.flatMap((before) => this.#copies.get(before)!);
    return this.graph.add(node.op, inputs, attributes, { name, control });
  }
}

const range = (length: number): number[] => Array.from({ length }, (_, index) => index);
const pick = (laned: Laned, lane: number): Value => (laned.kind === "shared" ? laned.value : laned.values[lane]);

function laneCount(node: Node, inputs: readonly Laned[]): number {
  const counts = new Set(inputs.flatMap((input) => (input.kind === "shared" ? [] : [input.values.length])));
  if (counts.size > 1)
    throw new WorkbenchError("compile", `${node.op} '${node.name}' joins batches with different lanes`);
  return [...counts][0] ?? 1;
}

/** What one lane has is a share of the rows, or of a sum: anything else is a graph that this pass does not understand. */
function checkShare(node: Node, whole: Shape, share: Shape, kind: "lanes" | "partials", lanes: number): void {
  const expected = kind === "lanes" ? rowsOver(whole, lanes) : whole;
  if (expected.length !== share.length || expected.some((size, axis) => size !== share[axis])) {
    const problem = `a lane of [${whole.join(", ")}] is [${share.join(", ")}], not [${expected.join(", ")}]`;
    throw new WorkbenchError("compile", `${node.op} '${node.name}': ${problem}`);
  }
}

/** Measured on one thread: 2-6 % of a step in bfloat16, nothing in float32 (docs/performance.md). */
const gainsByAffine = (node: Node): node is NodeOf<"FusedBatchNormV3"> =>
  node.op === "FusedBatchNormV3" && node.attributes.training && node.outputs[0].dtype === "bfloat16";

function reducesBatch(node: Node): boolean {
  if (node.op !== "Sum" && node.op !== "Mean") return false;
  const overBatch = node.attributes.axes.includes(0);
  if (overBatch && node.op === "Mean")
    throw new WorkbenchError("compile", `Mean '${node.name}' over the batch: write it as Sum and Mul`);
  return overBatch;
}

/** Values that one channel's statistics are made from: batch x height x width, over all lanes. */
function elementsPerChannel(node: NodeOf<"FusedBatchNormV3"> | NodeOf<"FusedBatchNormGradV3">): number {
  const [batch, height, width] = typeOf({ node, output: 0 }).shape;
  return batch * height * width;
}
