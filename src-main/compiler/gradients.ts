import { WorkbenchError } from "../../src-shared/errors.ts";
import { outputOf, typeOf, type Graph, type Node, type NodeOf, type Value } from "./node.ts";
import type { OpName, Shape } from "./ops.ts";

/**
 * Gradient of a node's inputs from those of its outputs; `undefined` where an input (labels, running averages) has
 * none. `gradients[i]` is undefined where nobody used output i; output 0's is always there.
 */
type Rule<K extends OpName> = (
  graph: Graph,
  node: NodeOf<K>,
  gradients: readonly [Value, ...(Value | undefined)[]],
) => readonly (Value | undefined)[];

const shapeOf = (value: Value): Shape => typeOf(value).shape;

/** Sums what broadcasting repeated, so that a gradient has its operand's shape. */
function unbroadcast(graph: Graph, gradient: Value, operand: Value): Value {
  const shape = shapeOf(operand);
  const wide = shapeOf(gradient);
  const missing = wide.length - shape.length;
  const axes = wide.flatMap((size, axis) =>
    axis < missing || (shape[axis - missing] === 1 && size !== 1) ? [axis] : [],
  );
  if (axes.length === 0) return gradient;
  return graph.add("Reshape", [graph.add("Sum", [gradient], { axes })], { shape });
}

/**
 * The gradient table. Every rule is checked against finite differences (test/integration/gradients.test.ts);
 * an operation that is not here has no gradient and `backpropagate` says so.
 */
export const gradientRules: { readonly [K in OpName]?: Rule<K> } = {
  Identity: (_, __, [dy]) => [dy],
  Relu: (graph, node, [dy]) => [graph.add("ReluGrad", [dy, { node, output: 0 }], {})],
  AddV2: (graph, { inputs: [a, b] }, [dy]) => [unbroadcast(graph, dy, a), unbroadcast(graph, dy, b)],
  AddN: (_, { inputs }, [dy]) => inputs.map(() => dy),
  Sub: (graph, { inputs: [a, b] }, [dy]) => [
    unbroadcast(graph, dy, a),
    unbroadcast(graph, graph.add("Neg", [dy], {}), b),
  ],
  Mul: (graph, { inputs: [a, b] }, [dy]) => [
    unbroadcast(graph, graph.add("Mul", [dy, b], {}), a),
    unbroadcast(graph, graph.add("Mul", [dy, a], {}), b),
  ],
  Cast: (graph, { inputs: [x] }, [dy]) => [graph.add("Cast", [dy], { to: typeOf(x).dtype })],
  Reshape: (graph, { inputs: [x] }, [dy]) => [graph.add("Reshape", [dy], { shape: shapeOf(x) })],

  Conv2D: (graph, { inputs: [image, kernel], attributes, name }, [dy]) => [
    graph.add(
      "Conv2DBackpropInput",
      [kernel, dy],
      { inputShape: shapeOf(image), ...attributes },
      { name: `${name}/dx` },
    ),
    graph.add(
      "Conv2DBackpropFilter",
      [image, dy],
      { filterShape: shapeOf(kernel), ...attributes },
      { name: `${name}/dw` },
    ),
  ],
  AvgPool: (graph, { inputs: [x], attributes }, [dy]) => [
    graph.add("AvgPoolGrad", [dy], { inputShape: shapeOf(x), ...attributes }),
  ],
  Pad: (graph, { inputs: [x], attributes: { paddings } }, [dy]) => [
    graph.add("Slice", [dy], { begin: paddings.map(([before]) => before), size: shapeOf(x) }),
  ],
  FusedBatchNormV3: (graph, node, [dy]) => {
    const { inputs, attributes, name } = node;
    const [x, scale] = inputs;
    const { epsilon, training } = attributes;
    const reserve = [3, 4, 5].map((output) => ({ node, output }));
    const dx = graph.add(
      "FusedBatchNormGradV3",
      [dy, x, scale, ...reserve],
      { epsilon, training },
      { name: `${name}/grad` },
    );
    return [dx, outputOf(dx, 1), outputOf(dx, 2), undefined, undefined];
  },

  Mean: (graph, { inputs: [x], attributes: { axes } }, [dy]) => {
    const shape = shapeOf(x);
    const count = axes.reduce((product, axis) => product * shape[axis], 1);
    const kept = shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
    const share = graph.add("Const", [], { dtype: typeOf(x).dtype, shape: [], value: 1 / count });
    return [
      graph.add("BroadcastTo", [graph.add("Reshape", [graph.add("Mul", [dy, share], {})], { shape: kept })], { shape }),
    ];
  },
  Sum: (graph, { inputs: [x], attributes: { axes } }, [dy]) => {
    const kept = shapeOf(x).map((size, axis) => (axes.includes(axis) ? 1 : size));
    // Broadcast against zeros like x, not to a fixed shape: so the gradient belongs to the same lane as x.
    return [graph.add("AddV2", [graph.add("ZerosLike", [x], {}), graph.add("Reshape", [dy], { shape: kept })], {})];
  },

  MatMul: (graph, { inputs: [a, b], attributes: { transposeA, transposeB } }, [dy]) => {
    const product = (x: Value, y: Value, transposeX: boolean, transposeY: boolean) =>
      graph.add("MatMul", [x, y], { transposeA: transposeX, transposeB: transposeY });
    return [
      transposeA ? product(b, dy, transposeB, true) : product(dy, b, false, !transposeB),
      transposeB ? product(dy, a, true, transposeA) : product(a, dy, !transposeA, false),
    ];
  },
  BiasAdd: (graph, _, [dy]) => [dy, graph.add("BiasAddGrad", [dy], {})],
  SparseSoftmaxCrossEntropyWithLogits: (graph, node, [dloss]) => [perRow(graph, dloss, { node, output: 1 }), undefined],
  SoftmaxCrossEntropyWithLogits: (graph, node, [dloss]) => [perRow(graph, dloss, { node, output: 1 }), undefined],
};

/** [batch] times [batch, classes], row by row. */
function perRow(graph: Graph, factors: Value, rows: Value): Value {
  const column = graph.add("Reshape", [factors], { shape: [shapeOf(factors)[0], 1] });
  return graph.add("Mul", [rows, column], {});
}

/**
 * Adds the gradient of the scalar `of` with respect to each of `parameters` (reverse mode).
 * @throws WorkbenchError `compile` where a parameter does not reach `of` or an operation has no rule.
 */
export function backpropagate(graph: Graph, of: Value, parameters: readonly Value[]): Value[] {
  const forward = [...graph.nodes];
  const stops = new Set(parameters.map(({ node }) => node));
  const downstream = nodesDownstream(forward, stops);
  const arrived = new Map<Node, Value[][]>();
  const receive = ({ node, output }: Value, gradient: Value) => {
    const outputs = arrived.get(node) ?? node.outputs.map(() => []);
    outputs[output].push(gradient);
    arrived.set(node, outputs);
  };
  const { dtype, shape } = typeOf(of);
  receive(of, graph.add("Const", [], { dtype, shape, value: 1 }, { name: "gradient/seed" }));

  for (const node of forward.reverse()) {
    if (!downstream.has(node) || stops.has(node)) continue;
    const [first, ...others] = (arrived.get(node) ?? []).map((parts) => total(graph, parts));
    if (!first) continue;
    for (const [index, gradient] of applyRule(graph, node, [first, ...others]).entries()) {
      const input = node.inputs[index];
      if (gradient && downstream.has(input.node)) receive(input, gradient);
    }
  }
  return parameters.map(({ node, output }) => {
    const gradient = total(graph, arrived.get(node)?.[output] ?? []);
    if (!gradient) throw new WorkbenchError("compile", `'${node.name}' does not reach the loss`);
    return gradient;
  });
}

/** The parameters and what depends on them; nothing else needs a gradient. */
function nodesDownstream(nodes: readonly Node[], parameters: ReadonlySet<Node>): ReadonlySet<Node> {
  const reached = new Set(parameters);
  for (const node of nodes) if (node.inputs.some((input) => reached.has(input.node))) reached.add(node);
  return reached;
}

function total(graph: Graph, parts: readonly Value[]): Value | undefined {
  if (parts.length <= 1) return parts[0];
  return parts.slice(1).reduce((sum, part) => graph.add("AddV2", [sum, part], {}), parts[0]);
}

function applyRule<K extends OpName>(
  graph: Graph,
  node: NodeOf<K>,
  gradients: readonly [Value, ...(Value | undefined)[]],
): readonly (Value | undefined)[] {
  const rule = gradientRules[node.op];
  if (!rule) throw new WorkbenchError("compile", `${node.op} '${node.name}' has no gradient`);
  return rule(graph, node, gradients);
}
