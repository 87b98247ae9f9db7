import {
  describeArchitecture,
  networkTensors,
  parameterCount,
  type Architecture,
} from "../../src-shared/architecture.ts";
import { fixedBatch, imagePool } from "./dataSource.ts";
import { flatLayout, type FlatLayout } from "./flatLayout.ts";
import { evaluation, gradientProbe, responseProbe } from "./inference.ts";
import { splitIntoLanes } from "./lanes.ts";
import type { Graph, Value } from "./node.ts";
import { ProgramGraph } from "./programGraph.ts";
import {
  evaluationImagesPerLane,
  probeBatch,
  type ProgramOptions,
  type ProgramParts,
  type Signature,
} from "./programParts.ts";
import { stateVariables } from "./stateVariables.ts";
import { trainStep } from "./trainStep.ts";

export { largestDivisor, type ImageSource, type ProgramOptions, type Signature } from "./programParts.ts";

export const signatureNames = [
  "loadData",
  "restore",
  "snapshot",
  "train",
  "evaluate",
  "predict",
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
  const { lanes, images, probe } = options;
  const architecture = describeArchitecture(options.network, options.classes);
  const layout = flatLayout(networkTensors(architecture));
  const parts: ProgramParts = { graph: new ProgramGraph(), options, architecture, layout };
  const state = stateVariables(parts);
  const data = images.kind === "pool" ? imagePool(parts, images) : fixedBatch(parts);
  const evaluationBatch = evaluationImagesPerLane * lanes;
  const drafts: Partial<Record<SignatureName, Signature>> = {
    loadData: data.load,
    restore: state.restore,
    snapshot: state.snapshot,
    train: trainStep(parts, state, data),
  };
  let responseLayers: readonly string[] = [];
  if (data.batch) {
    drafts.evaluate = evaluation(parts, state, data.batch, evaluationBatch);
    if (probe) {
      const responses = responseProbe(parts, state, data.batch);
      responseLayers = responses.layers;
      drafts.probeResponses = responses.signature;
      drafts.probeGradients = gradientProbe(parts, state, data.batch);
    }
  }
  return {
    ...inLanes(parts.graph, drafts),
    layout: parts.layout,
    architecture,
    trainableParameters: parameterCount(architecture),
    evaluationBatch,
    probeBatch,
    responseLayers,
  };
}

/** All signatures through the lane pass at once: they share variables. */
export function inLanes(
  draft: ProgramGraph,
  drafts: Partial<Record<SignatureName, Signature>>,
): Pick<Program, "graph" | "signatures"> {
  const values = Object.values(drafts).flatMap(({ outputs }) => Object.values(outputs));
  const { graph, outputs } = splitIntoLanes(draft, draft.sources, values);
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
