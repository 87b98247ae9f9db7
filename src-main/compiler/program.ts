import {
  describeArchitecture,
  networkTensors,
  parameterCount,
  type Architecture,
} from "../../src-shared/architecture.ts";
import type { NetworkConfig, Precision, TrainingConfig } from "../../src-shared/runConfig.ts";
import { flatLayout, type FlatLayout } from "./flatLayout.ts";
import { backpropagate } from "./gradients.ts";
import { splitIntoLanes } from "./lanes.ts";
import { addNetwork, averageFactor, type Forward, type Tensors } from "./network.ts";
import { Graph, typeOf, type Node, type Value } from "./node.ts";
import type { TensorType } from "./ops.ts";

/** What a training graph is made from. */
export interface ProgramOptions {
  readonly network: NetworkConfig;
  readonly classes: number;
  readonly precision: Precision;
  readonly training: Pick<
    TrainingConfig,
    "batchSize" | "momentum" | "nesterov" | "weightDecay" | "decays" | "labelSmoothing"
  >;
  /** Single-threaded parts of a batch; divides batchSize. */
  readonly lanes: number;
  readonly images: ImageSource;
  /** Whether layer responses and gradient norms are wanted. */
  readonly probe: boolean;
}

export type ImageSource =
  /** The pool of all images on the device, read from the prepared files: those of every path, one after the other. */
  | {
      readonly kind: "pool";
      readonly files: readonly { readonly images: string; readonly labels: string; readonly count: number }[];
    }
  /** One batch of normalised float images that is trained on again and again: the bare step, for benchmarks. */
  | { readonly kind: "fixed-batch" };

/** A named way into the graph: what is fed, what comes out. */
export interface Signature {
  readonly inputs: Readonly<Record<string, Value>>;
  readonly outputs: Readonly<Record<string, Value>>;
}

export const signatureNames = [
  "loadData",
  "restore",
  "snapshot",
  "train",
  "evaluate",
  "probeResponses",
  "probeGradients",
] as const;
export type SignatureName = (typeof signatureNames)[number];

/** A compiled training graph: one graph, several signatures that share its variables. */
export interface Program {
  readonly graph: Graph;
  readonly signatures: Readonly<Partial<Record<SignatureName, Signature>>>;
  readonly layout: FlatLayout;
  readonly architecture: Architecture;
  readonly trainableParameters: number;
  /** Images that one call of `evaluate` takes. */
  readonly evaluationBatch: number;
  /** Images that one call of a probe takes. */
  readonly probeBatch: number;
  /** Layers of a response probe, in the order of its rows. */
  readonly responseLayers: readonly string[];
}

const evaluationImagesPerLane = 100;
export const probeBatch = 100;

/** The largest divisor of `rows` that is at most `most`: lanes are of equal size. */
export function largestDivisor(rows: number, most: number): number {
  for (let lanes = Math.min(most, rows); lanes > 1; lanes--) if (rows % lanes === 0) return lanes;
  return 1;
}

/**
 * NetworkSpec -> IR -> gradients -> train step -> lanes: the whole training program, still as IR.
 * Signatures and their tensors:
 *   loadData        mean f32 [32, 32, 3], divisor f32 [3] -> done; input = (image - mean) / divisor
 *                   (fixed batch: images f32 [batch, 32, 32, 3], labels i32 [batch] -> done)
 *   restore         weights, momentum f32 [weightCount], averages f32 [averageCount] -> done
 *   snapshot        -> the same three
 *   train           indices i32 [batch] into the pool, transforms f32 [batch, 8], learningRate -> loss, logits [batch, classes]
 *   evaluate        indices i32 [evaluationBatch] -> logits [evaluationBatch, classes], losses [evaluationBatch]
 *   probeResponses  indices i32 [probeBatch] -> moments [layers, 2]: mean and biased variance of each layer's response
 *   probeGradients  indices i32 [probeBatch] -> gradient [weightCount] of the mean loss, in training mode, without decay
 */
export function buildProgram(options: ProgramOptions): Program {
  const architecture = describeArchitecture(options.network, options.classes);
  const builder = new ProgramBuilder(options, architecture);
  return builder.build();
}

class ProgramBuilder {
  readonly #graph = new Graph();
  readonly #options: ProgramOptions;
  readonly #architecture: Architecture;
  readonly #layout: FlatLayout;
  readonly #sources = new Map<Node, number>();

  constructor(options: ProgramOptions, architecture: Architecture) {
    this.#options = options;
    this.#architecture = architecture;
    this.#layout = flatLayout(networkTensors(architecture));
  }

  build(): Program {
    const { lanes, images } = this.#options;
    const state = this.#state();
    const data = images.kind === "pool" ? this.#pool(images) : this.#fixedBatch();
    const evaluationBatch = evaluationImagesPerLane * lanes;
    const drafts: Partial<Record<SignatureName, Signature>> = {
      loadData: data.load,
      restore: state.restore,
      snapshot: state.snapshot,
      train: this.#train(state, data),
    };
    let responseLayers: readonly string[] = [];
    if (data.batch) {
      drafts.evaluate = this.#evaluate(state, data.batch, evaluationBatch);
      if (this.#options.probe) {
        const responses = this.#probeResponses(state, data.batch);
        responseLayers = responses.layers;
        drafts.probeResponses = responses.signature;
        drafts.probeGradients = this.#probeGradients(state, data.batch);
      }
    }
    return {
      ...this.#inLanes(drafts),
      layout: this.#layout,
      architecture: this.#architecture,
      trainableParameters: parameterCount(this.#architecture),
      evaluationBatch,
      probeBatch,
      responseLayers,
    };
  }

  /** All signatures through the lane pass at once: they share variables. */
  #inLanes(drafts: Partial<Record<SignatureName, Signature>>): Pick<Program, "graph" | "signatures"> {
    const values = Object.values(drafts).flatMap(({ outputs }) => Object.values(outputs));
    const { graph, outputs } = splitIntoLanes(this.#graph, this.#sources, values);
    const byName = new Map(graph.nodes.map((node) => [node.name, node]));
    const moved = new Map(values.map((value, index) => [value, outputs[index]]));
    // An input is fed where it stood, before it is split into lanes.
    const fed = (value: Value): Value => ({ node: byName.get(value.node.name)!, output: 0 });
    const over = (record: Readonly<Record<string, Value>>, place: (value: Value) => Value) =>
      Object.fromEntries(Object.entries(record).map(([key, value]) => [key, place(value)]));
    const signatures = Object.fromEntries(
      Object.entries(drafts).map(([name, { inputs, outputs: results }]) => [
        name,
        { inputs: over(inputs, fed), outputs: over(results, (value) => moved.get(value)!) },
      ]),
    );
    return { graph, signatures };
  }

  #placeholder(name: string, dtype: TensorType["dtype"], ...shape: number[]): Value {
    return this.#graph.add("Placeholder", [], { dtype, shape }, { name });
  }

  #batchPlaceholder(name: string, lanes: number, dtype: TensorType["dtype"], ...shape: number[]): Value {
    const value = this.#placeholder(name, dtype, ...shape);
    this.#sources.set(value.node, lanes);
    return value;
  }

  #variable(name: string, type: TensorType): Value {
    return this.#graph.add("VarHandleOp", [], { variable: name, type }, { name: `variable/${name}` });
  }

  #read(variable: Value, dtype: TensorType["dtype"], name: string): Value {
    return this.#graph.add("ReadVariableOp", [variable], { dtype }, { name });
  }

  #assign(variable: Value, value: Value, control: readonly Node[] = []): Node {
    return this.#graph.add("AssignVariableOp", [variable, value], {}, { name: `${variable.node.name}/assign`, control })
      .node;
  }

  /** A scalar that can be fetched once `nodes` have run: a signature needs an output. */
  #done(nodes: readonly Node[], name: string): Value {
    const one = this.#scalar(1, `${name}/one`);
    return this.#graph.add("Identity", [one], {}, { name, control: nodes });
  }

  #scalar(value: number, name: string): Value {
    return this.#graph.add("Const", [], { dtype: "float32", shape: [], value }, { name });
  }

  /** Weights, momentum and running averages: three flat variables. */
  #state() {
    const { weightCount, averageCount } = this.#layout;
    const sizes = { weights: weightCount, momentum: weightCount, averages: averageCount };
    const variables = Object.fromEntries(
      Object.entries(sizes).map(([name, size]) => [name, this.#variable(name, { dtype: "float32", shape: [size] })]),
    ) as Record<keyof typeof sizes, Value>;
    const inputs = Object.fromEntries(
      Object.entries(sizes).map(([name, size]) => [name, this.#placeholder(`restore/${name}`, "float32", size)]),
    );
    const assigned = Object.entries(variables).map(([name, variable]) => this.#assign(variable, inputs[name]));
    const values = Object.fromEntries(
      Object.entries(variables).map(([name, variable]) => [name, this.#read(variable, "float32", `read/${name}`)]),
    ) as Record<keyof typeof sizes, Value>;
    const outputs = Object.fromEntries(
      Object.entries(values).map(([name, value]) => [
        name,
        this.#graph.add("Identity", [value], {}, { name: `snapshot/${name}` }),
      ]),
    );
    return {
      variables,
      values,
      tensors: this.#tensors(values.weights, values.averages),
      restore: { inputs, outputs: { done: this.#done(assigned, "restore/done") } } satisfies Signature,
      snapshot: { inputs: {}, outputs } satisfies Signature,
    };
  }

  /** Views of the flat variables, by tensor name. */
  #tensors(weights: Value, averages: Value): Tensors {
    const byName = new Map<string, Value>();
    const specs = [
      { flat: weights, tensors: this.#layout.weights, name: "weights" },
      { flat: averages, tensors: this.#layout.averages, name: "averages" },
    ];
    for (const { flat, tensors, name } of specs) {
      const sizes = tensors.map(({ shape }) => shape.reduce((product, size) => product * size, 1));
      const { node } = this.#graph.add("SplitV", [flat], { sizes }, { name: `${name}/split` });
      for (const [output, tensor] of tensors.entries()) {
        const view = this.#graph.add("Reshape", [{ node, output }], { shape: tensor.shape }, { name: tensor.name });
        byName.set(tensor.name, view);
      }
    }
    return (name) => byName.get(name)!;
  }

  /** Every image on the device as uint8; a batch is gathered, normalised, then cropped and flipped in one operation. */
  #pool({ files }: Extract<ImageSource, { kind: "pool" }>): DataSource {
    const { imageSide, imageChannels } = this.#architecture;
    const image = [imageSide, imageSide, imageChannels];
    const count = files.reduce((sum, file) => sum + file.count, 0);
    const variables = {
      images: this.#variable("images", { dtype: "uint8", shape: [count, ...image] }),
      labels: this.#variable("labels", { dtype: "uint8", shape: [count] }),
      mean: this.#variable("mean", { dtype: "float32", shape: image }),
      // A whole image of divisors: dividing by one a channel takes three times as long.
      divisor: this.#variable("divisor", { dtype: "float32", shape: image }),
    };
    const bytes = (file: string, name: string, ...shape: number[]) => {
      const path = this.#graph.add(
        "Const",
        [],
        { dtype: "string", shape: [], value: file },
        { name: `loadData/${name}/path` },
      );
      return this.#graph.add(
        "DecodeRaw",
        [this.#graph.add("ReadFile", [path], {})],
        { shape },
        { name: `loadData/${name}` },
      );
    };
    const joined = (parts: Value[]) => (parts.length === 1 ? parts[0] : this.#graph.add("ConcatV2", parts, {}));
    const mean = this.#placeholder("loadData/mean", "float32", ...image);
    const divisor = this.#placeholder("loadData/divisor", "float32", imageChannels);
    const loaded = [
      this.#assign(variables.images, joined(files.map((file) => bytes(file.images, "images", file.count, ...image)))),
      this.#assign(variables.labels, joined(files.map((file) => bytes(file.labels, "labels", file.count)))),
      this.#assign(variables.mean, mean),
      this.#assign(variables.divisor, this.#graph.add("BroadcastTo", [divisor], { shape: image })),
    ];
    const values = {
      images: this.#read(variables.images, "uint8", "read/images"),
      labels: this.#read(variables.labels, "uint8", "read/labels"),
      mean: this.#read(variables.mean, "float32", "read/mean"),
      divisor: this.#read(variables.divisor, "float32", "read/divisor"),
    };
    const { batchSize } = this.#options.training;
    const batch = (indices: Value, transforms?: Value): Batch => {
      const graph = this.#graph;
      const raw = graph.add("Cast", [graph.add("GatherV2", [values.images, indices], {})], { to: "float32" });
      const centred = graph.add("RealDiv", [graph.add("Sub", [raw, values.mean], {}), values.divisor], {});
      return {
        images: transforms ? graph.add("ImageProjectiveTransformV3", [centred, transforms], {}) : centred,
        labels: graph.add("Cast", [graph.add("GatherV2", [values.labels, indices], {})], { to: "int32" }),
      };
    };
    const trainInputs = {
      indices: this.#batchPlaceholder("train/indices", this.#options.lanes, "int32", batchSize),
      transforms: this.#batchPlaceholder("train/transforms", this.#options.lanes, "float32", batchSize, 8),
    };
    return {
      load: { inputs: { mean, divisor }, outputs: { done: this.#done(loaded, "loadData/done") } },
      training: { inputs: trainInputs, ...batch(trainInputs.indices, trainInputs.transforms) },
      batch,
    };
  }

  #fixedBatch(): DataSource {
    const { batchSize } = this.#options.training;
    const { imageSide, imageChannels } = this.#architecture;
    const shape = [batchSize, imageSide, imageSide, imageChannels];
    const variables = {
      images: this.#variable("batch/images", { dtype: "float32", shape }),
      labels: this.#variable("batch/labels", { dtype: "int32", shape: [batchSize] }),
    };
    const inputs = {
      images: this.#placeholder("loadData/images", "float32", ...shape),
      labels: this.#placeholder("loadData/labels", "int32", batchSize),
    };
    const loaded = [this.#assign(variables.images, inputs.images), this.#assign(variables.labels, inputs.labels)];
    const images = this.#read(variables.images, "float32", "read/images");
    const labels = this.#read(variables.labels, "int32", "read/labels");
    for (const { node } of [images, labels]) this.#sources.set(node, this.#options.lanes);
    return {
      load: { inputs, outputs: { done: this.#done(loaded, "loadData/done") } },
      training: { inputs: {}, images, labels },
    };
  }

  #forward(state: State, images: Value, training: boolean, prefix: string): Forward {
    const { precision } = this.#options;
    return addNetwork(this.#graph, this.#architecture, images, state.tensors, { training, precision, prefix });
  }

  /** Mean cross entropy over the batch, with label smoothing, without the decay term. */
  #meanLoss({ logits }: Forward, labels: Value): Value {
    const { labelSmoothing } = this.#options.training;
    const losses =
      labelSmoothing === 0 ? this.#sparseLosses(logits, labels) : this.#smoothedLosses(logits, labels, labelSmoothing);
    const share = this.#scalar(1 / typeOf(logits).shape[0], "loss/share");
    return this.#graph.add("Mul", [this.#graph.add("Sum", [losses], { axes: [0] }), share], {}, { name: "loss" });
  }

  #sparseLosses(logits: Value, labels: Value): Value {
    return this.#graph.add("SparseSoftmaxCrossEntropyWithLogits", [logits, labels], {});
  }

  #smoothedLosses(logits: Value, labels: Value, smoothing: number): Value {
    const off = smoothing / this.#architecture.classes;
    const targets = this.#graph.add("OneHot", [labels], {
      classes: this.#architecture.classes,
      on: 1 - smoothing + off,
      off,
    });
    return this.#graph.add("SoftmaxCrossEntropyWithLogits", [logits, targets], {});
  }

  /** The loss's gradient by all weights as one flat tensor: kernels first, each part joined once. */
  #flatGradient(state: State, loss: Value): Value {
    const { weights } = this.#layout;
    const gradients = backpropagate(
      this.#graph,
      loss,
      weights.map(({ name }) => state.tensors(name)),
    );
    const flat = gradients.map((gradient, index) =>
      this.#graph.add(
        "Reshape",
        [gradient],
        { shape: [weights[index].shape.reduce((a, b) => a * b, 1)] },
        { name: `gradient/${weights[index].name}` },
      ),
    );
    const kernels = weights.filter(({ role }) => role === "kernel").length;
    const parts = [flat.slice(0, kernels), flat.slice(kernels)].map((part) =>
      this.#graph.add("ConcatV2", part, {}, { name: "gradient/part" }),
    );
    return this.#graph.add("ConcatV2", parts, {}, { name: "gradient" });
  }

  /** Decay as PyTorch and the paper's Caffe have it: added to the gradient, not to the reported loss. */
  #decayed(gradient: Value, weights: Value): Value {
    const { weightDecay, decays } = this.#options.training;
    if (weightDecay === 0) return gradient;
    const { weightCount, kernelCount } = this.#layout;
    const fill = (count: number, value: number) =>
      this.#graph.add("Const", [], { dtype: "float32", shape: [count], value }, { name: "decay" });
    const rate =
      decays === "all"
        ? this.#scalar(weightDecay, "decay")
        : this.#graph.add(
            "ConcatV2",
            [fill(kernelCount, weightDecay), fill(weightCount - kernelCount, 0)],
            {},
            { name: "decay/rates" },
          );
    return this.#graph.add(
      "AddV2",
      [gradient, this.#graph.add("Mul", [weights, rate], {})],
      {},
      { name: "gradient/decayed" },
    );
  }

  #train(state: State, data: DataSource): Signature {
    const graph = this.#graph;
    const { momentum, nesterov } = this.#options.training;
    const { images, labels, inputs } = data.training;
    const forward = this.#forward(state, images, true, "train");
    const loss = this.#meanLoss(forward, labels);
    const gradient = this.#decayed(this.#flatGradient(state, loss), state.values.weights);
    const averages = this.#movedAverages(state, forward);
    // No variable changes before everything that reads it has run.
    const ready = graph.add(
      "NoOp",
      [],
      {},
      { name: "train/ready", control: [gradient.node, averages.node, loss.node] },
    ).node;
    const learningRate = this.#placeholder("train/learningRate", "float32");
    const updated = graph.add(
      "ResourceApplyMomentum",
      [state.variables.weights, state.variables.momentum, learningRate, gradient, this.#scalar(momentum, "momentum")],
      { nesterov },
      { name: "train/update", control: [ready] },
    ).node;
    const moved = this.#assign(state.variables.averages, averages, [ready]);
    const output = (value: Value, name: string) =>
      graph.add("Identity", [value], {}, { name: `train/${name}`, control: [updated, moved] });
    return { inputs: { ...inputs, learningRate }, outputs: { loss: output(loss, "loss"), logits: forward.logits } };
  }

  /** Running averages after this step: 0.9 old + 0.1 of the batch's, the variance unbiased, as PyTorch. */
  #movedAverages(state: State, { averages }: Forward): Value {
    const graph = this.#graph;
    const batch = graph.add(
      "ConcatV2",
      this.#layout.averages.map(({ name }) => averages.get(name)!),
      {},
      { name: "averages/batch" },
    );
    const kept = graph.add("Mul", [state.values.averages, this.#scalar(1 - averageFactor, "averages/keep")], {});
    const added = graph.add("Mul", [batch, this.#scalar(averageFactor, "averages/factor")], {});
    return graph.add("AddV2", [kept, added], {}, { name: "averages/moved" });
  }

  #evaluate(state: State, batch: MakeBatch, size: number): Signature {
    const indices = this.#batchPlaceholder("evaluate/indices", this.#options.lanes, "int32", size);
    const { images, labels } = batch(indices);
    const { logits } = this.#forward(state, images, false, "evaluate");
    return { inputs: { indices }, outputs: { logits, losses: this.#sparseLosses(logits, labels) } };
  }

  #probeResponses(state: State, batch: MakeBatch): { signature: Signature; layers: readonly string[] } {
    const graph = this.#graph;
    const indices = this.#batchPlaceholder(
      "probeResponses/indices",
      largestDivisor(probeBatch, this.#options.lanes),
      "int32",
      probeBatch,
    );
    const { responses } = this.#forward(state, batch(indices).images, false, "probe");
    const moments = responses.flatMap(({ value }) => {
      const x = typeOf(value).dtype === "float32" ? value : graph.add("Cast", [value], { to: "float32" });
      const { shape } = typeOf(x);
      const share = this.#scalar(1 / shape.reduce((a, b) => a * b, 1), "probe/share");
      const mean = (y: Value) => graph.add("Mul", [graph.add("Sum", [y], { axes: [0, 1, 2, 3] }), share], {});
      const centre = mean(x);
      const variance = mean(graph.add("Square", [graph.add("Sub", [x, centre], {})], {}));
      return [centre, variance].map((moment) => graph.add("Reshape", [moment], { shape: [1] }));
    });
    const all = graph.add(
      "Reshape",
      [graph.add("ConcatV2", moments, {})],
      { shape: [responses.length, 2] },
      { name: "probeResponses/moments" },
    );
    return {
      signature: { inputs: { indices }, outputs: { moments: all } },
      layers: responses.map(({ layer }) => layer),
    };
  }

  #probeGradients(state: State, batch: MakeBatch): Signature {
    const indices = this.#batchPlaceholder(
      "probeGradients/indices",
      largestDivisor(probeBatch, this.#options.lanes),
      "int32",
      probeBatch,
    );
    const { images, labels } = batch(indices);
    const loss = this.#meanLoss(this.#forward(state, images, true, "probe"), labels);
    return { inputs: { indices }, outputs: { gradient: this.#flatGradient(state, loss) } };
  }
}

interface Batch {
  /** float32 [batch, 32, 32, 3], normalised */
  readonly images: Value;
  /** int32 [batch] */
  readonly labels: Value;
}
type MakeBatch = (indices: Value, transforms?: Value) => Batch;

interface DataSource {
  readonly load: Signature;
  readonly training: Batch & { readonly inputs: Readonly<Record<string, Value>> };
  readonly batch?: MakeBatch;
}

interface State {
  readonly variables: Readonly<Record<"weights" | "momentum" | "averages", Value>>;
  readonly values: Readonly<Record<"weights" | "momentum" | "averages", Value>>;
  readonly tensors: Tensors;
}
