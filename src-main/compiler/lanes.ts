import { WorkbenchError } from "../../src-shared/errors.ts";
import { batchNormGradient, inferenceBatchNorm, normalised, sumInOrder, trainingBatchNorm } from "./laneBatchNorm.ts";
import { inOneLane, laneRules, rowsOver } from "./laneRules.ts";
import { Graph, outputOf, typeOf, type Node, type NodeOf, type Value } from "./node.ts";
import type { Shape } from "./ops.ts";

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

  #batchNorm(node: NodeOf<"FusedBatchNormV3">, inputs: readonly Laned[], lanes: number): readonly Laned[] {
    const [x, ...others] = inputs;
    const parameters = others.map((input) => this.#join(input, node.name));
    const rows = range(lanes).map((lane) => pick(x, lane));
    const values = node.attributes.training
      ? trainingBatchNorm(this.graph, node, rows, parameters)
      : inferenceBatchNorm(this.graph, node, rows, parameters);
    return [{ kind: "lanes", values: values.y }, ...values.statistics.map(asShared)];
  }

  /** In one lane only what an addition follows gains by it: batch norm and ReLU are one pass already. */
  #batchNormToAdd(node: NodeOf<"FusedBatchNormV3">, inputs: readonly Laned[]): readonly Laned[] {
    const [, ...statistics] = this.#shared(node, inputs);
    const [x, gamma, beta, mean, variance] = [...inputs.slice(0, 3), ...statistics.slice(2)].map((value) =>
      this.#join(value, node.name),
    );
    const [y] = normalised(this.graph, node, [x], { gamma, beta, mean, variance }, `${node.name}/normalised`);
    return [asShared(y), ...statistics];
  }

  #batchNormGradient(node: NodeOf<"FusedBatchNormGradV3">, inputs: readonly Laned[], lanes: number): readonly Laned[] {
    const [dy, x, ...others] = inputs;
    const [gamma, mean, variance] = others.slice(0, 3).map((input) => this.#join(input, node.name));
    const rows = range(lanes).map((lane) => ({ dy: pick(dy, lane), x: pick(x, lane) }));
    const { dx, dgamma, dbeta } = batchNormGradient(this.graph, node, rows, { gamma, mean, variance });
    return [{ kind: "lanes", values: dx }, asShared(dgamma), asShared(dbeta)];
  }

  #join(laned: Laned, name: string): Value {
    if (laned.kind === "shared") return laned.value;
    const known = this.#joins.get(laned);
    if (known) return known;
    const value =
      laned.kind === "partials"
        ? sumInOrder(this.graph, laned.values, name)
        : this.graph.add("ConcatV2", laned.values, {}, { name: `${name}/joined` });
    this.#joins.set(laned, value);
    return value;
  }

  #add(node: Node, inputs: readonly Value[], attributes: Node["attributes"], name: string): Value {
    const control = node.control.flatMap((before) => this.#copies.get(before)!);
    return this.graph.add(node.op, inputs, attributes, { name, control });
  }
}

const asShared = (value: Value): Laned => ({ kind: "shared", value });
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
