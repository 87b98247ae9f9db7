import { describe, expect, test } from "vitest";
import { WorkbenchError } from "../../src-shared/errors.ts";
import { describeType, Graph, type Value } from "../../src-main/compiler/node.ts";
import type { DType, OpAttributes, OpName, TensorType } from "../../src-main/compiler/ops.ts";

/** "float32[2, 3]" and back. */
function type(text: string): TensorType {
  const [, dtype, sizes] = /^(\w+)\[(.*)\]$/.exec(text)!;
  return { dtype: dtype as DType, shape: sizes === "" ? [] : sizes.split(",").map(Number) };
}
const inputs = (graph: Graph, types: readonly string[]): Value[] =>
  types.map((text) => graph.add("Placeholder", [], type(text)));

type Case<K extends OpName> = [op: K, inputs: string[], attributes: OpAttributes[K], outcome: string | string[]];
const row = <K extends OpName>(...values: Case<K>): Case<OpName> => values;

const same1 = { stride: 1, padding: "SAME" } as const;
const valid2 = { stride: 2, padding: "VALID" } as const;
const bn = { epsilon: 1e-5, averageFactor: 1, training: true };

describe("types of outputs", () => {
  const cases: Case<OpName>[] = [
    row("Conv2D", ["float32[8, 32, 32, 3]", "float32[3, 3, 3, 16]"], same1, ["float32[8, 32, 32, 16]"]),
    row("Conv2D", ["float32[8, 34, 34, 16]", "float32[3, 3, 16, 32]"], valid2, ["float32[8, 16, 16, 32]"]),
    row("Conv2D", ["float32[8, 32, 32, 16]", "float32[1, 1, 16, 32]"], valid2, ["float32[8, 16, 16, 32]"]),
    row("Conv2D", ["float32[8, 7, 7, 1]", "float32[3, 3, 1, 1]"], { stride: 2, padding: "SAME" }, ["float32[8, 4, 4, 1]"]),
    row("Conv2DBackpropInput", ["float32[3, 3, 16, 32]", "float32[8, 16, 16, 32]"], { inputShape: [8, 34, 34, 16], ...valid2 }, ["float32[8, 34, 34, 16]"]),
    row("Conv2DBackpropFilter", ["float32[8, 34, 34, 16]", "float32[8, 16, 16, 32]"], { filterShape: [3, 3, 16, 32], ...valid2 }, ["float32[3, 3, 16, 32]"]),
    row("AvgPool", ["float32[8, 32, 32, 16]"], { size: 1, stride: 2 }, ["float32[8, 16, 16, 16]"]),
    row("AvgPool", ["float32[8, 7, 7, 16]"], { size: 2, stride: 2 }, ["float32[8, 3, 3, 16]"]),
    row("Pad", ["float32[8, 32, 32, 3]"], { paddings: [[0, 0], [1, 1], [1, 1], [0, 5]] }, ["float32[8, 34, 34, 8]"]),
    row("Slice", ["float32[4, 5]"], { begin: [1, 2], size: [3, 3] }, ["float32[3, 3]"]),
    row("FusedBatchNormV3", ["bfloat16[8, 4, 4, 3]", "float32[3]", "float32[3]", "float32[0]", "float32[0]"], bn, ["bfloat16[8, 4, 4, 3]", ...Array<string>(4).fill("float32[3]"), "float32[0]"]),
    row("AddV2", ["float32[8, 1, 3]", "float32[4, 1]"], {}, ["float32[8, 4, 3]"]),
    row("Mul", ["float32[]", "float32[2, 2]"], {}, ["float32[2, 2]"]),
    row("Sub", ["float32[8, 32, 32, 3]", "float32[32, 32, 3]"], {}, ["float32[8, 32, 32, 3]"]),
    row("AddN", ["float32[2]", "float32[2]", "float32[2]"], {}, ["float32[2]"]),
    row("Cast", ["uint8[5]"], { to: "float32" }, ["float32[5]"]),
    row("Reshape", ["float32[4, 6]"], { shape: [2, 12] }, ["float32[2, 12]"]),
    row("Diag", ["float32[3]"], {}, ["float32[3, 3]"]),
    row("Sum", ["float32[2, 3, 4]"], { axes: [0, 2] }, ["float32[3]"]),
    row("Mean", ["float32[2, 3, 4, 5]"], { axes: [1, 2] }, ["float32[2, 5]"]),
    row("Split", ["float32[6, 2]"], { parts: 3 }, ["float32[2, 2]", "float32[2, 2]", "float32[2, 2]"]),
    row("SplitV", ["float32[6]"], { sizes: [1, 5] }, ["float32[1]", "float32[5]"]),
    row("ConcatV2", ["float32[1, 2]", "float32[4, 2]"], {}, ["float32[5, 2]"]),
    row("GatherV2", ["uint8[100, 32, 32, 3]", "int32[8]"], {}, ["uint8[8, 32, 32, 3]"]),
    row("OneHot", ["int32[8]"], { classes: 10, on: 1, off: 0 }, ["float32[8, 10]"]),
    row("MatMul", ["float32[2, 3]", "float32[3, 4]"], { transposeA: false, transposeB: false }, ["float32[2, 4]"]),
    row("MatMul", ["float32[3, 2]", "float32[4, 3]"], { transposeA: true, transposeB: true }, ["float32[2, 4]"]),
    row("BiasAddGrad", ["float32[8, 10]"], {}, ["float32[10]"]),
    row("SparseSoftmaxCrossEntropyWithLogits", ["float32[8, 10]", "int32[8]"], {}, ["float32[8]", "float32[8, 10]"]),
    row("ImageProjectiveTransformV3", ["float32[8, 32, 32, 3]", "float32[8, 8]"], {}, ["float32[8, 32, 32, 3]"]),
    row("AssignVariableOp", ["resource[3]", "float32[3]"], {}, []),
  ]; // prettier-ignore
  test.for(cases)("%s %s", ([op, types, attributes, outcome]) => {
    const graph = new Graph();
    const { node } = graph.add(op, inputs(graph, types), attributes);
    expect(node.outputs.map(describeType)).toEqual(outcome);
  });
});

describe("what does not fit is refused, with the operation, the node and the types", () => {
  const cases: Case<OpName>[] = [
    row("Conv2D", ["float32[8, 32, 32, 4]", "float32[3, 3, 3, 16]"], same1, "the image has 4 channels, the kernel takes 3"),
    row("Conv2D", ["float32[32, 32, 3]", "float32[3, 3, 3, 16]"], same1, "the image needs 4 dimensions, has 3"),
    row("Conv2D", ["float32[8, 32, 32, 3]", "float32[27, 16]"], same1, "the kernel needs 4 dimensions, has 2"),
    row("Conv2D", ["bfloat16[8, 32, 32, 3]", "float32[3, 3, 3, 16]"], same1, "element types differ"),
    row("Conv2DBackpropInput", ["float32[3, 3, 16, 32]", "float32[8, 16, 16, 32]"], { inputShape: [8, 32, 32, 16], ...valid2 }, "the gradient has not the shape"),
    row("Conv2DBackpropFilter", ["float32[8, 32, 32, 16]", "float32[8, 16, 16, 32]"], { filterShape: [3, 3, 16, 32], ...valid2 }, "the gradient has not the shape"),
    row("AvgPool", ["float32[8, 32]"], { size: 1, stride: 2 }, "the image needs 4 dimensions"),
    row("Pad", ["float32[8, 32]"], { paddings: [[0, 0]] }, "needs 1 dimensions, has 2"),
    row("Slice", ["float32[4]"], { begin: [2], size: [3] }, "leaves the tensor"),
    row("FusedBatchNormV3", ["float32[8, 4, 4, 3]", "float32[4]", "float32[3]", "float32[0]", "float32[0]"], bn, "the image's channels"),
    row("FusedBatchNormGradV3", ["float32[8, 4, 4, 3]", "float32[8, 4, 4, 4]", "float32[3]"], { epsilon: 1, training: true }, "differ"),
    row("AddV2", ["float32[2, 3]", "float32[2]"], {}, "sizes 3 and 2 do not broadcast"),
    row("Mul", ["float32[2]", "bfloat16[2]"], {}, "element types differ"),
    row("AddN", ["float32[2]", "float32[1]"], {}, "types differ"),
    row("ReluGrad", ["float32[2]", "float32[3]"], {}, "types differ"),
    row("Reshape", ["float32[4, 6]"], { shape: [5, 5] }, "has not the elements of [5, 5]"),
    row("Diag", ["float32[3, 3]"], {}, "the diagonal needs 1 dimensions, has 2"),
    row("Split", ["float32[6]"], { parts: 4 }, "6 rows do not split into 4 equal parts"),
    row("SplitV", ["float32[6]"], { sizes: [1, 4] }, "do not add up"),
    row("ConcatV2", ["float32[1, 2]", "float32[4, 3]"], {}, "types differ"),
    row("MatMul", ["float32[2, 3]", "float32[4, 3]"], { transposeA: false, transposeB: false }, "inner sizes 3 and 4 differ"),
    row("SparseSoftmaxCrossEntropyWithLogits", ["float32[8, 10]", "int32[7]"], {}, "differ in their batch"),
    row("SparseSoftmaxCrossEntropyWithLogits", ["float32[8]", "int32[8]"], {}, "logits needs 2 dimensions"),
    row("ImageProjectiveTransformV3", ["float32[8, 32, 32, 3]", "float32[8, 6]"], {}, "one transform of 8 numbers"),
    row("SoftmaxCrossEntropyWithLogits", ["float32[8, 10]", "float32[8, 9]"], {}, "shape of the logits"),
    row("AvgPoolGrad", ["float32[8, 16, 16, 4]"], { inputShape: [8, 34, 34, 4], size: 1, stride: 2 }, "the gradient has not the shape"),
    row("BiasAdd", ["float32[8, 10]", "float32[9]"], {}, "one bias a channel"),
    row("BroadcastTo", ["float32[2, 3]"], { shape: [4, 3] }, "does not broadcast to [4, 3]"),
    row("AssignVariableOp", ["resource[3]", "float32[4]"], {}, "the variable's shape"),
  ]; // prettier-ignore
  test.for(cases)("%s %s", ([op, types, attributes, problem]) => {
    const graph = new Graph();
    const values = inputs(graph, types);
    let error: unknown;
    try {
      graph.add(op, values, attributes, { name: "layer7" });
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(WorkbenchError);
    const { code, message } = error as WorkbenchError;
    expect(code).toBe("compile");
    expect(message.startsWith(`${op} 'layer7' (${types.join(", ")}): `)).toBe(true);
    expect(message).toContain(problem);
    expect(graph.nodes.length).toBe(values.length); // nothing half-made stays behind
  });
});
