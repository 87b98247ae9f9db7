import { describe, expect, test } from "vitest";
import { backpropagate, gradientRules } from "../../src-main/compiler/gradients.ts";
import { Graph, typeOf, type Value } from "../../src-main/compiler/node.ts";
import type { OpName, Shape } from "../../src-main/compiler/ops.ts";
import { pseudoRandom, relativeDistance, sizeOf, withGraph, type Numbers } from "./smallGraph.ts";

/**
 * Every rule of the gradient table against central finite differences, on the engine: the loss is a weighted sum of the
 * operation's output, and the derivative by every single element of every input is measured by moving that element.
 */
interface Case {
  readonly op: OpName;
  readonly title: string;
  /** Shapes of the inputs that are differentiated by. */
  readonly inputs: readonly Shape[];
  readonly build: (graph: Graph, inputs: readonly Value[]) => Value;
  /** Moves the numbers where the operation has a derivative. */
  readonly shift?: (x: number, input: number) => number;
  /** Half the distance of a central difference. The output is linear in the input wherever this is large. */
  readonly epsilon?: number;
}

const linear = 0.25; // the difference of a linear function is exact, whatever the distance
const curved = 1e-2; // truncation eps^2 / 6, rounding 1e-7 / eps: both below 1e-4 here
const tolerance = 2e-3;

const convolution = (title: string, image: Shape, kernel: Shape, stride: number, padding: "SAME" | "VALID"): Case => ({
  op: "Conv2D",
  title: `${title}, stride ${stride}, ${padding}`,
  inputs: [image, kernel],
  build: (graph, inputs) => graph.add("Conv2D", inputs, { stride, padding }),
  epsilon: linear,
});
const product = (transposeA: boolean, transposeB: boolean): Case => ({
  op: "MatMul",
  title: `${transposeA ? "transposed" : "as is"}, ${transposeB ? "transposed" : "as is"}`,
  inputs: [transposeA ? [3, 2] : [2, 3], transposeB ? [4, 3] : [3, 4]],
  build: (graph, inputs) => graph.add("MatMul", inputs, { transposeA, transposeB }),
  epsilon: linear,
});
const elementwise = (op: "AddV2" | "Sub" | "Mul", a: Shape, b: Shape): Case => ({
  op,
  title: `[${a.join(", ")}] and [${b.join(", ")}]`,
  inputs: [a, b],
  build: (graph, inputs) => graph.add(op, inputs, {}),
  epsilon: linear,
});
const broadcasts: [Shape, Shape][] = [[[2, 3], [2, 3]], [[2, 3], [3]], [[3], [2, 3]], [[2, 3], []], [[2, 1, 3], [4, 1]], [[1, 3], [2, 3]]]; // prettier-ignore
const zeros = (graph: Graph, ...shape: number[]) => graph.add("Const", [], { dtype: "float32", shape, value: 0 });
const batchNorm = (title: string, training: boolean, image: Shape): Case => ({
  op: "FusedBatchNormV3",
  title,
  inputs: [image, [image[3]], [image[3]]],
  build: (graph, inputs) => {
    const channels = image[3];
    const averages = training
      ? [zeros(graph, 0), zeros(graph, 0)]
      : [0.3, 1.7].map((value) => graph.add("Const", [], { dtype: "float32", shape: [channels], value }));
    return graph.add("FusedBatchNormV3", [...inputs, ...averages], { epsilon: 1e-3, averageFactor: 1, training });
  },
});
const labels = (graph: Graph, rows: number) => {
  // A constant of the IR has one value: 0, 1, 2 ... are made of rows of it.
  const each = Array.from({ length: rows }, (_, value) =>
    graph.add("Const", [], { dtype: "int32", shape: [1], value }),
  );
  return graph.add("ConcatV2", each, {});
};
const reduction = (op: "Sum" | "Mean", axes: readonly number[], shape: Shape): Case => ({
  op,
  title: `over ${axes.join(", ")} of [${shape.join(", ")}]`,
  inputs: [shape],
  build: (graph, inputs) => graph.add(op, inputs, { axes }),
  epsilon: linear,
});

const cases: readonly Case[] = [
  { op: "Identity", title: "as it is", inputs: [[3]], build: (graph, x) => graph.add("Identity", x, {}), epsilon: linear },
  {
    op: "Relu",
    title: "on both sides, away from the kink",
    inputs: [[4, 5]],
    build: (graph, x) => graph.add("Relu", x, {}),
    shift: (x) => x + 0.1 * Math.sign(x),
  },
  ...(["AddV2", "Sub", "Mul"] as const).flatMap((op) => broadcasts.map(([a, b]) => elementwise(op, a, b))),
  {
    op: "Mul",
    title: "by itself",
    inputs: [[5]],
    build: (graph, [x]) => graph.add("Mul", [x, x], {}),
  },
  { op: "AddN", title: "three, one of them twice", inputs: [[2, 3], [2, 3]], build: (graph, [a, b]) => graph.add("AddN", [a, b, a], {}), epsilon: linear },
  {
    op: "Cast",
    title: "to bfloat16 and back, between values that bfloat16 has",
    inputs: [[6]],
    build: (graph, [x]) => graph.add("Cast", [graph.add("Cast", [x], { to: "bfloat16" })], { to: "float32" }),
    shift: (x) => Math.round(x * 8) / 8,
    epsilon: linear,
  },
  { op: "Reshape", title: "[2, 6] to [3, 4]", inputs: [[2, 6]], build: (graph, x) => graph.add("Reshape", x, { shape: [3, 4] }), epsilon: linear },
  convolution("3x3", [2, 5, 5, 2], [3, 3, 2, 3], 1, "SAME"),
  convolution("3x3", [2, 5, 4, 2], [3, 3, 2, 3], 1, "VALID"),
  convolution("3x3 of an even side", [1, 6, 6, 2], [3, 3, 2, 2], 2, "VALID"),
  convolution("3x3 of an odd side", [2, 7, 7, 1], [3, 3, 1, 2], 2, "VALID"),
  convolution("3x3 of an even side", [1, 6, 6, 2], [3, 3, 2, 2], 2, "SAME"),
  convolution("1x1", [2, 4, 4, 3], [1, 1, 3, 2], 2, "VALID"),
  convolution("1x1", [2, 3, 3, 3], [1, 1, 3, 2], 1, "SAME"),
  {
    op: "AvgPool",
    title: "every second pixel",
    inputs: [[2, 4, 4, 2]],
    build: (graph, x) => graph.add("AvgPool", x, { size: 1, stride: 2 }),
    epsilon: linear,
  },
  {
    op: "AvgPool",
    title: "2x2, a rest at the edge",
    inputs: [[1, 5, 5, 2]],
    build: (graph, x) => graph.add("AvgPool", x, { size: 2, stride: 2 }),
    epsilon: linear,
  },
  {
    op: "Pad",
    title: "before, behind and in the channels",
    inputs: [[2, 2, 3, 2]],
    build: (graph, x) => graph.add("Pad", x, { paddings: [[0, 0], [1, 1], [2, 0], [0, 3]] }),
    epsilon: linear,
  },
  batchNorm("training", true, [3, 2, 2, 3]),
  batchNorm("training, one pixel", true, [6, 1, 1, 2]),
  batchNorm("inference", false, [2, 2, 2, 3]),
  reduction("Mean", [1, 2], [2, 3, 2, 2]),
  reduction("Mean", [0], [4, 2]),
  reduction("Sum", [0], [5]),
  reduction("Sum", [0, 1, 2], [2, 2, 2, 3]),
  reduction("Sum", [1], [2, 3, 2]),
  product(false, false),
  product(true, false),
  product(false, true),
  product(true, true),
  { op: "BiasAdd", title: "[2, 3]", inputs: [[2, 3], [3]], build: (graph, inputs) => graph.add("BiasAdd", inputs, {}), epsilon: linear },
  { op: "BiasAdd", title: "[2, 2, 2, 3]", inputs: [[2, 2, 2, 3], [3]], build: (graph, inputs) => graph.add("BiasAdd", inputs, {}), epsilon: linear },
  {
    op: "SparseSoftmaxCrossEntropyWithLogits",
    title: "four rows of six classes",
    inputs: [[4, 6]],
    build: (graph, [logits]) => graph.add("SparseSoftmaxCrossEntropyWithLogits", [logits, labels(graph, 4)], {}),
    shift: (x) => 3 * x,
  },
  {
    op: "SoftmaxCrossEntropyWithLogits",
    title: "smoothed",
    inputs: [[4, 6]],
    build: (graph, [logits]) => {
      const targets = graph.add("OneHot", [labels(graph, 4)], { classes: 6, on: 0.9 + 0.1 / 6, off: 0.1 / 6 });
      return graph.add("SoftmaxCrossEntropyWithLogits", [logits, targets], {});
    },
    shift: (x) => 3 * x,
  },
]; // prettier-ignore

test("every rule has a case", () => {
  expect(Object.keys(gradientRules).sort()).toEqual([...new Set(cases.map(({ op }) => op))].sort());
});

describe("gradient rules against finite differences", () => {
  test.for(cases)("$op, $title", async ({ inputs: shapes, build, shift = (x) => x, epsilon = curved }) => {
    const graph = new Graph();
    const inputs = shapes.map((shape) => graph.add("Placeholder", [], { dtype: "float32", shape }));
    const y = build(graph, inputs);
    // dloss/dy is fed, so that it differs from element to element; the loss itself is summed here, in float64.
    const weights = graph.add("Placeholder", [], typeOf(y));
    const weighted = graph.add("Mul", [y, weights], {});
    const loss = graph.add("Sum", [weighted], { axes: typeOf(y).shape.map((_, axis) => axis) });
    const gradients = backpropagate(graph, loss, inputs);

    const named = Object.fromEntries(inputs.map((value, i) => [`x${i}`, value]));
    const gradientOf = Object.fromEntries(gradients.map((value, i) => [`dx${i}`, value]));
    expect(gradients.map((value) => typeOf(value))).toEqual(inputs.map((value) => typeOf(value)));

    await withGraph(graph, { ...named, weights }, { y, ...gradientOf }, (run) => {
      const factors = pseudoRandom(sizeOf(y), 99);
      const feeds: Record<string, Float32Array> = { weights: factors };
      for (const [i, value] of inputs.entries()) {
        feeds[`x${i}`] = pseudoRandom(sizeOf(value), i + 1).map((x) => shift(x, i));
      }
      const lossAt = (point: Numbers) => run(point).y.reduce((sum, value, i) => sum + value * factors[i], 0);
      const analytic = run(feeds);
      for (const i of inputs.keys()) {
        const x = feeds[`x${i}`];
        const numeric = Array.from(x, (centre, element) => {
          const moved = (by: number) => {
            const there = x.slice();
            there[element] = centre + by;
            return { at: there[element], loss: lossAt({ ...feeds, [`x${i}`]: there }) };
          };
          const [up, down] = [moved(epsilon), moved(-epsilon)];
          return (up.loss - down.loss) / (up.at - down.at);
        });
        expect(Math.hypot(...numeric)).toBeGreaterThan(0.01);
        expect(relativeDistance(analytic[`dx${i}`], numeric)).toBeLessThan(tolerance);
      }
    });
  });

  test("a value that is used twice gets the sum of both gradients; a parameter that another depends on stops there", async () => {
    const graph = new Graph();
    const x = graph.add("Placeholder", [], { dtype: "float32", shape: [3] });
    const square = graph.add("Mul", [x, x], {});
    const loss = graph.add("Sum", [graph.add("AddV2", [graph.add("Mul", [square, x], {}), square], {})], { axes: [0] });
    const [dx] = backpropagate(graph, loss, [x]);
    await withGraph(graph, { x }, { dx }, (run) => {
      const at = Float32Array.of(-1, 0.5, 2);
      expect(
        relativeDistance(
          run({ x: at }).dx,
          at.map((v) => 3 * v * v + 2 * v),
        ),
      ).toBeLessThan(1e-6);
    });
  });
});
