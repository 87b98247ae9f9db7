import type { Signature } from "./programParts.ts";
import type { Tensors } from "./network.ts";
import type { Value } from "./node.ts";
import type { ProgramParts } from "./programParts.ts";

/** A training program's variables: what is learnt, as it is read in one step. */
export interface State {
  readonly variables: Readonly<Record<"weights" | "momentum" | "averages", Value>>;
  readonly values: Readonly<Record<"weights" | "momentum" | "averages", Value>>;
  readonly tensors: Tensors;
}

/** Weights, momentum and running averages: three flat variables. */
export function stateVariables(parts: Pick<ProgramParts, "graph" | "layout">) {
  const { graph, layout } = parts;
  const { weightCount, averageCount } = layout;
  const sizes = { weights: weightCount, momentum: weightCount, averages: averageCount };
  const variables = Object.fromEntries(
    Object.entries(sizes).map(([name, size]) => [name, graph.variable(name, { dtype: "float32", shape: [size] })]),
  ) as Record<keyof typeof sizes, Value>;
  const inputs = Object.fromEntries(
    Object.entries(sizes).map(([name, size]) => [name, graph.placeholder(`restore/${name}`, "float32", size)]),
  );
  const assigned = Object.entries(variables).map(([name, variable]) => graph.assign(variable, inputs[name]));
  const values = Object.fromEntries(
    Object.entries(variables).map(([name, variable]) => [name, graph.read(variable, "float32", `read/${name}`)]),
  ) as Record<keyof typeof sizes, Value>;
  const outputs = Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      graph.add("Identity", [value], {}, { name: `snapshot/${name}` }),
    ]),
  );
  return {
    variables,
    values,
    tensors: tensorViews(parts, values.weights, values.averages),
    restore: { inputs, outputs: { done: graph.done(assigned, "restore/done") } } satisfies Signature,
    snapshot: { inputs: {}, outputs } satisfies Signature,
  };
}

/** Views of the flat variables, by tensor name. */
function tensorViews(parts: Pick<ProgramParts, "graph" | "layout">, weights: Value, averages: Value): Tensors {
  const { graph, layout } = parts;
  const byName = new Map<string, Value>();
  const specs = [
    { flat: weights, tensors: layout.weights, name: "weights" },
    { flat: averages, tensors: layout.averages, name: "averages" },
  ];
  for (const { flat, tensors, name } of specs) {
    const sizes = tensors.map(({ shape }) => shape.reduce((product, size) => product * size, 1));
    const { node } = graph.add("SplitV", [flat], { sizes }, { name: `${name}/split` });
    for (const [output, tensor] of tensors.entries()) {
      const view = graph.add("Reshape", [{ node, output }], { shape: tensor.shape }, { name: tensor.name });
      byName.set(tensor.name, view);
    }
  }
  return (name) => byName.get(name)!;
}
