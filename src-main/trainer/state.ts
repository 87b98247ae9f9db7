import { elementCount, type TensorSpec } from "../../src-shared/architecture.ts";
import { flatParts, type FlatLayout } from "../compiler/flatLayout.ts";
import type { StoredTensor } from "./safetensors.ts";

/** Everything that training changes, flat as the graph holds it (compiler/flatLayout.ts). */
export interface TrainingState {
  readonly weights: Float32Array;
  readonly momentum: Float32Array;
  readonly averages: Float32Array;
}

const momentumPrefix = "momentum/";

export const emptyState = (layout: FlatLayout): TrainingState => ({
  weights: new Float32Array(layout.weightCount),
  momentum: new Float32Array(layout.weightCount),
  averages: new Float32Array(layout.averageCount),
});

/** Views of a state by tensor name: weights and averages by their own, momentum as "momentum/NAME". */
function* views(layout: FlatLayout, state: TrainingState): Generator<[string, TensorSpec, Float32Array]> {
  for (const [tensor, part] of flatParts(layout.weights, state.weights)) yield [tensor.name, tensor, part];
  for (const [tensor, part] of flatParts(layout.averages, state.averages)) yield [tensor.name, tensor, part];
  for (const [tensor, part] of flatParts(layout.weights, state.momentum)) {
    yield [momentumPrefix + tensor.name, tensor, part];
  }
}

export function stateToTensors(layout: FlatLayout, state: TrainingState): Map<string, StoredTensor> {
  const tensors = new Map<string, StoredTensor>();
  for (const [name, { shape }, data] of views(layout, state)) tensors.set(name, { dtype: "F32", shape, data });
  return tensors;
}

/**
 * Takes a state out of stored tensors. `refuse` is told the first tensor that is missing, of another type or shape, or
 * not finite; tensors that the layout does not name are left alone.
 */
export function stateFromTensors(
  layout: FlatLayout,
  tensors: ReadonlyMap<string, StoredTensor>,
  refuse: (problem: string) => never,
  options: { momentum: "stored" | "zero" } = { momentum: "stored" },
): TrainingState {
  const state = emptyState(layout);
  for (const [name, { shape }, part] of views(layout, state)) {
    if (options.momentum === "zero" && name.startsWith(momentumPrefix)) continue;
    const stored = tensors.get(name);
    if (!stored) return refuse(`tensor '${name}' is missing`);
    const sameShape = stored.shape.length === shape.length && stored.shape.every((size, axis) => size === shape[axis]);
    if (stored.dtype !== "F32" || !sameShape || stored.data.length !== elementCount(shape)) {
      return refuse(`tensor '${name}' is ${stored.dtype}[${stored.shape.join(", ")}], not F32[${shape.join(", ")}]`);
    }
    part.set(stored.data);
    if (!isFiniteArray(part)) return refuse(`tensor '${name}' has a value that is not finite`);
  }
  return state;
}

export const isFiniteArray = (values: Float32Array): boolean => values.every(Number.isFinite);

export const isFiniteState = (state: TrainingState): boolean =>
  isFiniteArray(state.weights) && isFiniteArray(state.momentum) && isFiniteArray(state.averages);
