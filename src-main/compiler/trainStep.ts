import type { DataSource } from "./dataSource.ts";
import { backpropagate } from "./gradients.ts";
import { forward as forwardPass, meanLoss } from "./loss.ts";
import { averageFactor, type Forward } from "./network.ts";
import type { Value } from "./node.ts";
import type { ProgramParts, Signature } from "./programParts.ts";
import type { State } from "./stateVariables.ts";

export function trainStep(parts: ProgramParts, state: State, data: DataSource): Signature {
  const { graph, options } = parts;
  const { momentum, nesterov } = options.training;
  const { images, labels, inputs } = data.training;
  const forward = forwardPass(parts, state, images, true, "train");
  const loss = meanLoss(parts, forward, labels);
  const gradient = decayed(parts, flatGradient(parts, state, loss), state.values.weights);
  const averages = movedAverages(parts, state, forward);
  // No variable changes before everything that reads it has run.
  const ready = graph.add(
    "NoOp",
    [],
    {},
    { name: "train/ready", control: [gradient.node, averages.node, loss.node] },
  ).node;
  const learningRate = graph.placeholder("train/learningRate", "float32");
  const updated = graph.add(
    "ResourceApplyMomentum",
    [state.variables.weights, state.variables.momentum, learningRate, gradient, graph.scalar(momentum, "momentum")],
    { nesterov },
    { name: "train/update", control: [ready] },
  ).node;
  const moved = graph.assign(state.variables.averages, averages, [ready]);
  const output = (value: Value, name: string) =>
    graph.add("Identity", [value], {}, { name: `train/${name}`, control: [updated, moved] });
  return { inputs: { ...inputs, learningRate }, outputs: { loss: output(loss, "loss"), logits: forward.logits } };
}

/** The loss's gradient by all weights as one flat tensor: kernels first, each part joined once. */
export function flatGradient(parts: ProgramParts, state: State, loss: Value): Value {
  const { graph, layout } = parts;
  const { weights } = layout;
  const gradients = backpropagate(
    graph,
    loss,
    weights.map(({ name }) => state.tensors(name)),
  );
  const flat = gradients.map((gradient, index) =>
    graph.add(
      "Reshape",
      [gradient],
      { shape: [weights[index].shape.reduce((a, b) => a * b, 1)] },
      { name: `gradient/${weights[index].name}` },
    ),
  );
  const kernels = weights.filter(({ role }) => role === "kernel").length;
  const groups = [flat.slice(0, kernels), flat.slice(kernels)].map((part) =>
    graph.add("ConcatV2", part, {}, { name: "gradient/part" }),
  );
  return graph.add("ConcatV2", groups, {}, { name: "gradient" });
}

/** Decay as PyTorch and the paper's Caffe have it: added to the gradient, not to the reported loss. */
function decayed(parts: ProgramParts, gradient: Value, weights: Value): Value {
  const { graph, options, layout } = parts;
  const { weightDecay, decays } = options.training;
  if (weightDecay === 0) return gradient;
  const { weightCount, kernelCount } = layout;
  const fill = (count: number, value: number) =>
    graph.add("Const", [], { dtype: "float32", shape: [count], value }, { name: "decay" });
  const rate =
    decays === "all"
      ? graph.scalar(weightDecay, "decay")
      : graph.add(
          "ConcatV2",
          [fill(kernelCount, weightDecay), fill(weightCount - kernelCount, 0)],
          {},
          { name: "decay/rates" },
        );
  return graph.add("AddV2", [gradient, graph.add("Mul", [weights, rate], {})], {}, { name: "gradient/decayed" });
}

/** Running averages after this step: 0.9 old + 0.1 of the batch's, the variance unbiased, as PyTorch. */
function movedAverages(parts: ProgramParts, state: State, { averages }: Forward): Value {
  const { graph, layout } = parts;
  const batch = graph.add(
    "ConcatV2",
    layout.averages.map(({ name }) => averages.get(name)!),
    {},
    { name: "averages/batch" },
  );
  const kept = graph.add("Mul", [state.values.averages, graph.scalar(1 - averageFactor, "averages/keep")], {});
  const added = graph.add("Mul", [batch, graph.scalar(averageFactor, "averages/factor")], {});
  return graph.add("AddV2", [kept, added], {}, { name: "averages/moved" });
}
