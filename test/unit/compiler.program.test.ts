import protos from "@tensorflow/tfjs-node-gpu/dist/proto/api_pb.js";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { describeArchitecture, elementCount, networkTensors, type TensorSpec } from "../../src-shared/architecture.ts";
import { families, precisions, shortcuts } from "../../src-shared/runConfig.ts";
import { flatLayout, flatParts } from "../../src-main/compiler/flatLayout.ts";
import { backpropagate } from "../../src-main/compiler/gradients.ts";
import { serializeSavedModel } from "../../src-main/compiler/graphDef.ts";
import { splitIntoLanes } from "../../src-main/compiler/lanes.ts";
import { Graph } from "../../src-main/compiler/node.ts";
import { buildProgram, largestDivisor, type Program, type ProgramOptions } from "../../src-main/compiler/program.ts";

const options: ProgramOptions = {
  network: { family: "residual", depth: 8, width: 4, shortcut: "none", initialization: "he-normal" },
  classes: 10,
  precision: "float32",
  training: { batchSize: 8, momentum: 0.9, nesterov: false, weightDecay: 1e-4, decays: "all", labelSmoothing: 0 },
  lanes: 1,
  images: { kind: "pool", files: [{ images: "train.images", labels: "train.labels", count: 100 }] },
  probe: true,
};

test("lanes: the largest divisor that is at most as many", () => {
  const cases = [[128, 1, 1], [128, 2, 2], [128, 3, 2], [128, 16, 16], [128, 17, 16], [100, 3, 2], [100, 7, 5], [7, 3, 1], [7, 7, 7], [8, 64, 8], [1, 4, 1]]; // prettier-ignore
  for (const [rows, most, lanes] of cases)
    expect([rows, most, largestDivisor(rows, most)]).toEqual([rows, most, lanes]);
});

describe("flat layout", () => {
  const tensors = networkTensors(describeArchitecture({ ...options.network, shortcut: "projection" }, 10));
  const layout = flatLayout(tensors);

  test("kernels first, then the other weights, averages apart, each tensor once", () => {
    const roles = layout.weights.map(({ role }) => role === "kernel");
    expect(roles).toEqual([...roles].sort((a, b) => Number(b) - Number(a)));
    expect([...layout.weights, ...layout.averages].map(({ name }) => name).sort()).toEqual(
      tensors.map(({ name }) => name).sort(),
    );
    const count = (some: readonly TensorSpec[]) => some.reduce((sum, { shape }) => sum + elementCount(shape), 0);
    expect(layout.weightCount).toBe(count(layout.weights));
    expect(layout.kernelCount).toBe(count(tensors.filter(({ role }) => role === "kernel")));
    expect(layout.averageCount).toBe(count(tensors.filter(({ role }) => role === "mean" || role === "variance")));
  });

  test("parts are views that tile the flat array", () => {
    const flat = new Float32Array(layout.weightCount);
    let end = 0;
    for (const [{ shape }, part] of flatParts(layout.weights, flat)) {
      expect(part.buffer).toBe(flat.buffer);
      expect(part.byteOffset).toBe(4 * end);
      expect(part.length).toBe(elementCount(shape));
      end += part.length;
    }
    expect(end).toBe(flat.length);
  });
});

/** Every node's inputs and control inputs stand before it, names are unique, and every node is needed. */
function verifyIr({ graph, signatures }: Program): void {
  const seen = new Set<unknown>();
  const names = new Set<string>();
  const used = new Set<unknown>();
  for (const node of graph.nodes) {
    for (const input of node.inputs) {
      expect(seen.has(input.node)).toBe(true);
      expect(input.output).toBeLessThan(input.node.outputs.length);
      used.add(input.node);
    }
    for (const before of node.control) {
      expect(seen.has(before)).toBe(true);
      used.add(before);
    }
    expect(names.has(node.name)).toBe(false);
    expect(Object.isFrozen(node)).toBe(true);
    names.add(node.name);
    seen.add(node);
  }
  for (const { inputs, outputs } of Object.values(signatures)) {
    for (const { node } of Object.values(inputs)) expect([seen.has(node), node.op]).toEqual([true, "Placeholder"]);
    for (const { node, output } of Object.values(outputs)) {
      expect(seen.has(node)).toBe(true);
      expect(output).toBeLessThan(node.outputs.length);
      used.add(node);
    }
  }
  // The lane pass makes every batch norm's unbiased variance; a gradient probe moves no running averages.
  const leftOver = graph.nodes.filter((node) => !used.has(node) && !node.name.endsWith("/unbiased"));
  expect(leftOver.map(({ name }) => name)).toEqual([]);
}

/** What TensorFlow will see: names are unique and well formed, every input is a node before it. */
function verifySavedModel(program: Program): void {
  const meta = protos.SavedModel.deserializeBinary(serializeSavedModel(program)).getMetaGraphsList()[0];
  const names = new Set<string>();
  for (const node of meta.getGraphDef()!.getNodeList()) {
    const name = node.getName();
    expect(name).toMatch(/^[A-Za-z0-9.][A-Za-z0-9_./\\>-]*$/);
    expect(names.has(name)).toBe(false);
    let control = false;
    for (const input of node.getInputList()) {
      expect(names.has(input.replace(/^\^|:\d+$/g, ""))).toBe(true);
      // TensorFlow wants control inputs last.
      expect(control && !input.startsWith("^")).toBe(false);
      control = input.startsWith("^");
    }
    names.add(name);
  }
}

describe("programs", () => {
  const anyOptions = fc.record({
    family: fc.constantFrom(...families),
    shortcut: fc.constantFrom(...shortcuts),
    depth: fc.constantFrom(8, 14),
    width: fc.integer({ min: 1, max: 5 }),
    classes: fc.integer({ min: 2, max: 100 }),
    precision: fc.constantFrom(...precisions),
    lanes: fc.constantFrom(1, 2, 4),
    nesterov: fc.boolean(),
    weightDecay: fc.constantFrom(0, 1e-4),
    decays: fc.constantFrom<("all" | "kernels")[]>("all", "kernels"),
    labelSmoothing: fc.constantFrom(0, 0.1),
    images: fc.constantFrom<ProgramOptions["images"]>(options.images, { kind: "fixed-batch" }),
    probe: fc.boolean(),
  });

  test("any configuration gives a graph that is whole, in the IR and for TensorFlow", () => {
    fc.assert(
      fc.property(
        anyOptions,
        ({ family, shortcut, depth, width, classes, precision, lanes, images, probe, ...training }) => {
          const program = buildProgram({
            ...options,
            network: { ...options.network, family, shortcut, depth, width },
            training: { ...options.training, ...training },
            classes,
            precision,
            lanes,
            images,
            probe,
          });
          verifyIr(program);
          verifySavedModel(program);
        },
      ),
      { numRuns: 25 },
    );
  });

  test("signatures are those of the contract", () => {
    const shapes = ({ signatures }: Program) =>
      Object.fromEntries(
        Object.entries(signatures).map(([name, signature]) => {
          const types = (values: typeof signature.inputs) =>
            Object.fromEntries(
              Object.entries(values).map(([key, { node, output }]) => [key, node.outputs[output].shape]),
            );
          return [name, { inputs: types(signature.inputs), outputs: types(signature.outputs) }];
        }),
      );
    for (const lanes of [1, 4]) {
      const program = buildProgram({ ...options, lanes });
      const { weightCount, averageCount } = program.layout;
      const state = { weights: [weightCount], momentum: [weightCount], averages: [averageCount] };
      expect(shapes(program)).toEqual({
        loadData: { inputs: { mean: [32, 32, 3], divisor: [3] }, outputs: { done: [] } },
        restore: { inputs: state, outputs: { done: [] } },
        snapshot: { inputs: {}, outputs: state },
        train: {
          inputs: { indices: [8], transforms: [8, 8], learningRate: [] },
          outputs: { loss: [], logits: [8, 10] },
        },
        evaluate: { inputs: { indices: [100 * lanes] }, outputs: { logits: [100 * lanes, 10], losses: [100 * lanes] } },
        probeResponses: { inputs: { indices: [100] }, outputs: { moments: [7, 2] } },
        probeGradients: { inputs: { indices: [100] }, outputs: { gradient: [weightCount] } },
      });
    }
  });

  test("the same configuration gives the same bytes", () => {
    const bytes = () => Buffer.from(serializeSavedModel(buildProgram({ ...options, lanes: 2 })));
    expect(bytes().equals(bytes())).toBe(true);
  });

  test("depth 1202 is built in seconds", () => {
    const startMs = performance.now();
    const program = buildProgram({ ...options, network: { ...options.network, depth: 1202, width: 16 } });
    expect(program.trainableParameters).toBe(19_421_274);
    expect(program.responseLayers.length).toBe(1201);
    // 0.7 s here; the limit is for a quadratic step that creeps in, which would take minutes.
    expect(performance.now() - startMs).toBeLessThan(20_000);
  });
});

describe("passes refuse what they cannot do, and say which node", () => {
  const withPlaceholder = (shape: number[]) => {
    const graph = new Graph();
    return { graph, x: graph.add("Placeholder", [], { dtype: "float32", shape }, { name: "x" }) };
  };

  test("an operation without a gradient", () => {
    const { graph, x } = withPlaceholder([2]);
    const y = graph.add("Rsqrt", [x], {}, { name: "root" });
    expect(() => backpropagate(graph, graph.add("Sum", [y], { axes: [0] }), [x])).toThrow(
      "Rsqrt 'root' has no gradient",
    );
  });

  test("a parameter that does not reach the loss", () => {
    const { graph, x } = withPlaceholder([2]);
    const loss = graph.add("Const", [], { dtype: "float32", shape: [], value: 1 });
    expect(() => backpropagate(graph, loss, [x])).toThrow("'x' does not reach the loss");
  });

  test("an operation without a rule for lanes", () => {
    const { graph, x } = withPlaceholder([4, 2]);
    const y = graph.add("SplitV", [x], { sizes: [1, 3] }, { name: "parts" });
    expect(() => splitIntoLanes(graph, new Map([[x.node, 2]]), [y])).toThrow("SplitV 'parts' has no rule for lanes");
  });

  test("a mean over the batch", () => {
    const { graph, x } = withPlaceholder([4, 2]);
    const y = graph.add("Mean", [x], { axes: [0] }, { name: "centre" });
    expect(() => splitIntoLanes(graph, new Map([[x.node, 2]]), [y])).toThrow("Mean 'centre' over the batch");
  });

  test("rows that do not split", () => {
    const { graph, x } = withPlaceholder([5, 2]);
    const y = graph.add("Relu", [x], {});
    expect(() => splitIntoLanes(graph, new Map([[x.node, 2]]), [y])).toThrow("5 rows do not split into 2 equal parts");
  });

  test("a product whose rows are not the batch", () => {
    const { graph, x } = withPlaceholder([4, 5]);
    const weights = graph.add("Placeholder", [], { dtype: "float32", shape: [3, 5] });
    const y = graph.add("MatMul", [weights, x], { transposeA: false, transposeB: true }, { name: "product" });
    expect(() => splitIntoLanes(graph, new Map([[x.node, 2]]), [y])).toThrow(
      "MatMul 'product': a lane of [3, 4] is [3, 2]",
    );
  });

  test("batches in different lanes", () => {
    const { graph, x } = withPlaceholder([4, 2]);
    const z = graph.add("Placeholder", [], { dtype: "float32", shape: [4, 2] });
    const y = graph.add("AddV2", [x, z], {}, { name: "sum" });
    const sources = new Map([[x.node, 2], [z.node, 4]]); // prettier-ignore
    expect(() => splitIntoLanes(graph, sources, [y])).toThrow("AddV2 'sum' joins batches with different lanes");
  });
});

test("names: the same name twice becomes two", () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom("a", "a_1", "a_1_1", "b", "a_2"), { maxLength: 40 }), (names) => {
      const graph = new Graph();
      for (const name of names) graph.add("NoOp", [], {}, { name });
      expect(new Set(graph.nodes.map(({ name }) => name)).size).toBe(names.length);
    }),
  );
});
