import { describeArchitecture, networkTensors } from "../../src-shared/architecture.ts";
import type { NetworkConfig, Precision } from "../../src-shared/runConfig.ts";
import { flatLayout } from "./flatLayout.ts";
import { forward } from "./loss.ts";
import { inLanes, type Program } from "./program.ts";
import { ProgramGraph } from "./programGraph.ts";
import { evaluationImagesPerLane } from "./programParts.ts";
import { stateVariables } from "./stateVariables.ts";

export interface InferenceOptions {
  readonly network: NetworkConfig;
  readonly classes: number;
  readonly precision: Precision;
  /** Those of the training: another number may give other last bits. */
  readonly lanes: number;
  /** Whether single blocks can be taken out of the network: `predict` then takes `gates` (network.ts). */
  readonly hasGates?: boolean;
}

export type InferenceProgram = Pick<Program, "graph" | "signatures" | "layout"> & {
  /** Images that one call of `predict` takes. */
  readonly batch: number;
};

/**
 * The network alone, in inference mode, on images that are fed: as many at a time as an evaluation takes, through the same
 * operations, so that both say the same of an image. Signatures:
 *   restore   weights, momentum f32 [weightCount], averages f32 [averageCount] -> done
 *   predict   images f32 [batch, 32, 32, 3] in 0..255, mean f32 [32, 32, 3], divisor f32 [3] -> logits [batch, classes];
 *             input = (image - mean) / divisor
 *             (with gates: gates f32 [blocks] too, 1 for a block that stays and 0 for one that is removed; one graph for all)
 */
export function buildInferenceProgram(options: InferenceOptions): InferenceProgram {
  const { network, classes, precision, lanes, hasGates = false } = options;
  const graph = new ProgramGraph();
  const architecture = describeArchitecture(network, classes);
  const layout = flatLayout(networkTensors(architecture));
  const state = stateVariables({ graph, layout });
  const { imageSide, imageChannels } = architecture;
  const image = [imageSide, imageSide, imageChannels];
  const batch = evaluationImagesPerLane * lanes;
  const inputs = {
    images: graph.batchPlaceholder("predict/images", lanes, "float32", batch, ...image),
    mean: graph.placeholder("predict/mean", "float32", ...image),
    divisor: graph.placeholder("predict/divisor", "float32", imageChannels),
    ...(hasGates && { gates: graph.placeholder("predict/gates", "float32", architecture.blocks.length) }),
  };
  const divisors = graph.add("BroadcastTo", [inputs.divisor], { shape: image });
  const normalised = graph.add("RealDiv", [graph.add("Sub", [inputs.images, inputs.mean], {}), divisors], {});
  const parts = { graph, architecture, options: { precision } };
  const { logits } = forward(parts, state, normalised, false, "predict", inputs.gates);
  return {
    ...inLanes(graph, { restore: state.restore, predict: { inputs, outputs: { logits } } }),
    layout,
    batch,
  };
}
