import { addNetwork, type Forward } from "./network.ts";
import { typeOf, type Value } from "./node.ts";
import type { ProgramOptions, ProgramParts } from "./programParts.ts";
import type { State } from "./stateVariables.ts";

type ForwardParts = Pick<ProgramParts, "graph" | "architecture"> & {
  readonly options: Pick<ProgramOptions, "precision">;
};

export function forward(
  parts: ForwardParts,
  state: State,
  images: Value,
  training: boolean,
  prefix: string,
  gates?: Value,
): Forward {
  const { graph, options, architecture } = parts;
  const { precision } = options;
  return addNetwork(graph, architecture, images, state.tensors, { training, precision, prefix, gates });
}

/** Mean cross entropy over the batch, with label smoothing, without the decay term. */
export function meanLoss(parts: ProgramParts, { logits }: Forward, labels: Value): Value {
  const { graph, options } = parts;
  const { labelSmoothing } = options.training;
  const losses =
    labelSmoothing === 0 ? sparseLosses(parts, logits, labels) : smoothedLosses(parts, logits, labels, labelSmoothing);
  const share = graph.scalar(1 / typeOf(logits).shape[0], "loss/share");
  return graph.add("Mul", [graph.add("Sum", [losses], { axes: [0] }), share], {}, { name: "loss" });
}

export function sparseLosses(parts: ProgramParts, logits: Value, labels: Value): Value {
  const { graph } = parts;
  return graph.add("SparseSoftmaxCrossEntropyWithLogits", [logits, labels], {});
}

function smoothedLosses(parts: ProgramParts, logits: Value, labels: Value, smoothing: number): Value {
  const { graph, architecture } = parts;
  const off = smoothing / architecture.classes;
  const targets = graph.add("OneHot", [labels], {
    classes: architecture.classes,
    on: 1 - smoothing + off,
    off,
  });
  return graph.add("SoftmaxCrossEntropyWithLogits", [logits, targets], {});
}
