import { buildProgram, type Program, type ProgramOptions } from "../../src-main/compiler/program.ts";
import { Graph, outputOf, typeOf, type Node, type Value } from "../../src-main/compiler/node.ts";
import type { OpAttributes, OpName } from "../../src-main/compiler/ops.ts";

/**
 * Programs that are wrong on purpose: each is a mistake that one could make in this compiler. The golden files must tell
 * every one of them from the right program (test/integration/golden.mutants.test.ts).
 */
export interface Mutant {
  readonly name: string;
  /** The committed trajectory that shows it. */
  readonly file: string;
  readonly build: (options: ProgramOptions) => Program;
  /** 1 unless the mistake is in the lane pass. */
  readonly lanes?: number;
}

/** What replaces a node, given its inputs in the new graph: one value an output; undefined leaves the node as it is. */
type Rewrite = (graph: Graph, node: Node, inputs: readonly Value[]) => readonly Value[] | undefined;

function rebuilt(program: Program, rewrite: Rewrite): Program {
  const graph = new Graph();
  const moved = new Map<Node, readonly Value[]>();
  const place = ({ node, output }: Value): Value => moved.get(node)![output];
  let changes = 0;
  for (const node of program.graph.nodes) {
    const inputs = node.inputs.map(place);
    let values = rewrite(graph, node, inputs);
    if (values) changes++;
    else {
      const control = node.control.map((before) => moved.get(before)![0].node);
      const { op, attributes, name } = node;
      const copy = graph.add(op, inputs, attributes, { name, control });
      values = Array.from({ length: Math.max(1, node.outputs.length) }, (_, output) => outputOf(copy, output));
    }
    moved.set(node, values);
  }
  if (changes === 0) throw new Error("the mutation did not find what it was to change");
  const over = (values: Readonly<Record<string, Value>>) =>
    Object.fromEntries(Object.entries(values).map(([key, value]) => [key, place(value)]));
  const signatures = Object.fromEntries(
    Object.entries(program.signatures).map(([name, { inputs, outputs }]) => [
      name,
      { inputs: over(inputs), outputs: over(outputs) },
    ]),
  );
  return { ...program, graph, signatures };
}

const inGraph = (rewrite: Rewrite) => (options: ProgramOptions) => rebuilt(buildProgram(options), rewrite);
const inOptions = (change: (options: ProgramOptions) => Partial<ProgramOptions>) => (options: ProgramOptions) =>
  buildProgram({ ...options, ...change(options) });
const inTraining = (change: Partial<ProgramOptions["training"]>) =>
  inOptions(({ training }) => ({ training: { ...training, ...change } }));
const inNetwork = (change: Partial<ProgramOptions["network"]>) =>
  inOptions(({ network }) => ({ network: { ...network, ...change } }));

/** The same node with other attributes or inputs. */
function altered<K extends OpName>(
  graph: Graph,
  node: Node & { readonly op: K },
  inputs: readonly Value[],
  change: Partial<OpAttributes[K]>,
): Value[] {
  const value = graph.add(node.op, inputs, { ...(node.attributes as OpAttributes[K]), ...change }, { name: node.name });
  return node.outputs.map((_, output) => outputOf(value, output));
}

const constant = (match: RegExp, factor: (value: number) => number) =>
  inGraph((graph, node, inputs) =>
    node.op === "Const" && typeof node.attributes.value === "number" && match.test(node.name)
      ? altered(graph, node, inputs, { value: factor(node.attributes.value) })
      : undefined,
  );

const epsilonOf = (epsilon: number) =>
  inGraph((graph, node, inputs) => {
    if (node.op === "FusedBatchNormV3") return altered(graph, node, inputs, { epsilon });
    if (node.op === "FusedBatchNormGradV3") return altered(graph, node, inputs, { epsilon });
    return undefined;
  });

/** Stride 2 padded as TensorFlow's SAME pads even sides: nothing above and left, one pixel below and right. */
const samePadding = inGraph((graph, node, inputs) => {
  if (node.op === "Pad" && node.attributes.paddings[1][0] === 1) {
    return altered(graph, node, inputs, { paddings: [[0, 0], [0, 1], [0, 1], [0, 0]] }); // prettier-ignore
  }
  if (node.op === "Conv2DBackpropInput" && node.attributes.stride === 2 && node.attributes.inputShape[1] % 2 === 0) {
    const [batch, height, width, channels] = node.attributes.inputShape;
    return altered(graph, node, inputs, { inputShape: [batch, height - 1, width - 1, channels] });
  }
  if (node.op === "Slice" && node.attributes.begin[1] === 1)
    return altered(graph, node, inputs, { begin: [0, 0, 0, 0] });
  return undefined;
});

/** Option A with the zero channels before the existing ones. */
const zeroChannelsFirst = inGraph((graph, node, inputs) => {
  if (node.op === "Pad" && node.attributes.paddings[3][1] > 0) {
    const [none, , , [, added]] = node.attributes.paddings;
    return altered(graph, node, inputs, { paddings: [none, none, none, [added, 0]] });
  }
  if (node.op === "Slice" && node.attributes.size[3] < typeOf(inputs[0]).shape[3]) {
    const { size } = node.attributes;
    return altered(graph, node, inputs, { begin: [0, 0, 0, typeOf(inputs[0]).shape[3] - size[3]] });
  }
  return undefined;
});

/** Two lanes that keep their statistics to themselves, written with one lane: each half of a batch for itself. */
const ownStatistics = inGraph((graph, node, inputs) => {
  const halves = (value: Value) => {
    const { node: split } = graph.add("Split", [value], { parts: 2 });
    return [outputOf({ node: split, output: 0 }, 0), outputOf({ node: split, output: 0 }, 1)];
  };
  const half = graph.add("Const", [], { dtype: "float32", shape: [], value: 0.5 });
  const sum = (a: Value, b: Value) => graph.add("AddV2", [a, b], {});
  if (node.op === "FusedBatchNormV3" && node.attributes.training) {
    const [x, ...others] = inputs;
    const [a, b] = halves(x).map((part) => graph.add("FusedBatchNormV3", [part, ...others], node.attributes));
    const joined = graph.add("ConcatV2", [a, b], {}, { name: node.name });
    const averages = [1, 2].map((o) => graph.add("Mul", [sum(outputOf(a, o), outputOf(b, o)), half], {}));
    ownHalves.set(node.name, [a, b]);
    return [joined, ...averages, joined, joined, joined];
  }
  if (node.op === "FusedBatchNormGradV3" && node.attributes.training) {
    const [dy, x, scale] = inputs;
    const forward = ownHalves.get(node.inputs[3].node.name)!;
    const dys = halves(dy);
    const [a, b] = halves(x).map((part, i) => {
      const reserve = [3, 4, 5].map((output) => outputOf(forward[i], output));
      return graph.add("FusedBatchNormGradV3", [dys[i], part, scale, ...reserve], node.attributes);
    });
    const dx = graph.add("ConcatV2", [a, b], {}, { name: node.name });
    return [dx, sum(outputOf(a, 1), outputOf(b, 1)), sum(outputOf(a, 2), outputOf(b, 2)), dx, dx];
  }
  return undefined;
});
const ownHalves = new Map<string, readonly Value[]>();

const isOp = ({ node }: Value, op: OpName): boolean => node.op === op;

const roundedHead = inGraph((graph, node, inputs) => {
  if (node.op !== "MatMul" || node.attributes.transposeA || node.attributes.transposeB) return undefined;
  const rounded = inputs.map((x) => graph.add("Cast", [graph.add("Cast", [x], { to: "bfloat16" })], { to: "float32" }));
  return altered(graph, node, rounded, {});
});

export const mutants: readonly Mutant[] = [
  // convolution and shortcuts
  { name: "stride 2 padded as SAME pads", file: "residual-none", build: samePadding },
  { name: "stride 2 padded as SAME pads, bfloat16", file: "bfloat16", build: samePadding },
  { name: "no identity shortcuts", file: "residual-none", build: inNetwork({ family: "plain" }) },
  {
    name: "identity shortcuts in a plain network",
    file: "plain",
    build: inNetwork({ family: "residual", shortcut: "none" }),
  },
  { name: "no zero-pad shortcuts", file: "residual-zero-pad", build: inNetwork({ shortcut: "none" }) },
  { name: "zero-pad: zeros before the channels", file: "residual-zero-pad", build: zeroChannelsFirst },
  { name: "zero-pad: zeros before the channels, bfloat16", file: "bfloat16", build: zeroChannelsFirst },
  {
    name: "zero-pad: mean of 2x2 pixels for every second one",
    file: "residual-zero-pad",
    build: inGraph((graph, node, inputs) => {
      if (node.op === "AvgPool") return altered(graph, node, inputs, { size: 2 });
      if (node.op === "AvgPoolGrad") return altered(graph, node, inputs, { size: 2 });
      return undefined;
    }),
  },
  // batch norm
  { name: "eps 1e-3", file: "residual-none", build: epsilonOf(1e-3) },
  { name: "eps 1e-4", file: "residual-none", build: epsilonOf(1e-4) },
  { name: "eps 1e-3, bfloat16", file: "bfloat16", build: epsilonOf(1e-3) },
  {
    name: "biased running variance",
    file: "residual-none",
    build: inGraph((graph, node, inputs) =>
      node.name === "averages/batch"
        ? altered(graph, node, inputs.map((value) => (value.output === 2 ? outputOf(value, 4) : value)), {}) // prettier-ignore
        : undefined,
    ),
  },
  {
    name: "running averages factor 0.01",
    file: "residual-none",
    build: constant(/^averages\/(keep|factor)$/, (value) => (value > 0.5 ? 0.99 : 0.01)),
  },
  {
    name: "running averages: old and new exchanged",
    file: "residual-none",
    build: constant(/^averages\/(keep|factor)$/, (value) => 1 - value),
  },
  {
    name: "evaluation with the batch's statistics",
    file: "residual-none",
    build: inGraph((graph, node, inputs) => {
      if (node.op !== "FusedBatchNormV3" || !node.name.startsWith("evaluate/")) return undefined;
      const nothing = graph.add("Const", [], { dtype: "float32", shape: [0], value: 0 });
      return altered(graph, node, [...inputs.slice(0, 3), nothing, nothing], { training: true });
    }),
  },
  { name: "each half of the batch normalised by itself, as lanes would", file: "residual-none", build: ownStatistics },
  {
    name: "lanes: variance without the spread of the lanes' means",
    file: "residual-none",
    lanes: 2,
    build: inGraph((graph, node, inputs) =>
      node.op === "Square" ? [graph.add("ZerosLike", inputs, {}, { name: node.name })] : undefined,
    ),
  },
  {
    name: "lanes: the unbiased variance counts one lane",
    file: "residual-none",
    lanes: 2,
    build: inGraph((graph, node, inputs) => {
      if (node.op !== "Const" || typeof node.attributes.value !== "number" || !node.name.endsWith("/unbias"))
        return undefined;
      const n = 1 / (1 - 1 / node.attributes.value);
      return altered(graph, node, inputs, { value: n / 2 / (n / 2 - 1) });
    }),
  },
  {
    name: "lanes: dx without its terms of dgamma and dbeta",
    file: "residual-none",
    lanes: 2,
    build: inGraph((_, node, inputs) =>
      node.op === "AddV2" && isOp(inputs[0], "FusedBatchNormGradV3") && isOp(inputs[1], "BiasAdd")
        ? [inputs[0]]
        : undefined,
    ),
  },
  {
    name: "lanes: running averages of the first lane",
    file: "residual-none",
    lanes: 2,
    build: inGraph((_, node, inputs) =>
      node.op === "Mul" && node.name.endsWith("/mean") && isOp(inputs[0], "AddV2")
        ? [inputs[0].node.inputs[0]]
        : undefined,
    ),
  },
  { name: "lanes: eps 1e-3", file: "residual-none", lanes: 2, build: constant(/\/epsilon\d*$/, () => 1e-3) },
  {
    name: "lanes: offset without the mean",
    file: "residual-none",
    lanes: 2,
    build: inGraph((_, node, inputs) =>
      node.op === "Sub" && node.name.endsWith("/offset") && isOp(inputs[1], "Mul") ? [inputs[0]] : undefined,
    ),
  },
  // optimizer
  { name: "no momentum", file: "residual-none", build: inTraining({ momentum: 0 }) },
  { name: "momentum 0.99", file: "residual-none", build: inTraining({ momentum: 0.99 }) },
  { name: "plain momentum for nesterov", file: "nesterov", build: inTraining({ nesterov: false }) },
  { name: "nesterov for plain momentum", file: "residual-none", build: inTraining({ nesterov: true }) },
  { name: "decay that misses batch norm and bias", file: "decay-all", build: inTraining({ decays: "kernels" }) },
  { name: "decay of batch norm and bias too", file: "decay-kernels", build: inTraining({ decays: "all" }) },
  { name: "no decay", file: "decay-all", build: inTraining({ weightDecay: 0 }) },
  { name: "half the decay", file: "decay-kernels", build: inTraining({ weightDecay: 0.01 }) },
  // loss
  { name: "no label smoothing", file: "smoothing", build: inTraining({ labelSmoothing: 0 }) },
  {
    name: "smoothing shared among the wrong classes only",
    file: "smoothing",
    build: inGraph((graph, node, inputs) =>
      node.op === "OneHot"
        ? altered(graph, node, inputs, { on: 0.9, off: 0.1 / (node.attributes.classes - 1) })
        : undefined,
    ),
  },
  { name: "gradient divided by half the batch, as a lane would", file: "residual-none", build: constant(/^gradient\/seed$/, (one) => 2 * one) }, // prettier-ignore
  // input and precision
  {
    name: "mean image added, not subtracted",
    file: "residual-none",
    build: inGraph((graph, node, inputs) =>
      node.op === "Sub" && inputs[1].node.name === "read/mean"
        ? [graph.add("AddV2", inputs, {}, { name: node.name })]
        : undefined,
    ),
  },
  { name: "head in bfloat16", file: "residual-none", build: roundedHead },
  { name: "bfloat16 for float32", file: "residual-none", build: inOptions(() => ({ precision: "bfloat16" })) },
];
