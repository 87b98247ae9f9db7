import { elementCount, isTrainable, type TensorSpec } from "../../src-shared/architecture.ts";

/**
 * All trainable tensors lie in one flat variable, all running averages in another: one update, one tensor to restore
 * and to snapshot, whatever the depth. Kernels come first, so that "decay the kernels only" is a prefix.
 */
export interface FlatLayout {
  readonly weights: readonly TensorSpec[];
  readonly averages: readonly TensorSpec[];
  readonly weightCount: number;
  /** Elements of the leading kernels. */
  readonly kernelCount: number;
  readonly averageCount: number;
}

const count = (tensors: readonly TensorSpec[]): number =>
  tensors.reduce((sum, { shape }) => sum + elementCount(shape), 0);

export function flatLayout(tensors: readonly TensorSpec[]): FlatLayout {
  const trainable = tensors.filter(isTrainable);
  const kernels = trainable.filter(({ role }) => role === "kernel");
  const weights = [...kernels, ...trainable.filter(({ role }) => role !== "kernel")];
  const averages = tensors.filter((tensor) => !isTrainable(tensor));
  return { weights, averages, weightCount: count(weights), kernelCount: count(kernels), averageCount: count(averages) };
}

/** [tensor, its part of the flat array] of each, without copying. */
export function* flatParts(tensors: readonly TensorSpec[], flat: Float32Array): Generator<[TensorSpec, Float32Array]> {
  let offset = 0;
  for (const tensor of tensors) {
    const size = elementCount(tensor.shape);
    yield [tensor, flat.subarray(offset, offset + size)];
    offset += size;
  }
}
