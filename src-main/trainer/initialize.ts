import { fanIn } from "../../src-shared/architecture.ts";
import { flatParts, type FlatLayout } from "../compiler/flatLayout.ts";
import { philox4x32, randomPurpose } from "../dataset/philox.ts";
import { emptyState, type TrainingState } from "./state.ts";

/**
 * The state before the first step: He normal by fan-in on every kernel, the head's included (He et al. 2015), gamma 1,
 * beta and biases 0, running mean 0 and variance 1, momentum 0. A pure function of the seed: each tensor draws from a
 * stream of its own, numbered in the layout's order.
 */
export function initialState(layout: FlatLayout, seed: number): TrainingState {
  const state = emptyState(layout);
  let stream = 0;
  for (const [tensor, part] of flatParts(layout.weights, state.weights)) {
    if (tensor.role === "kernel") fillNormal(part, Math.sqrt(2 / fanIn(tensor)), seed, stream);
    else if (tensor.role === "gamma") part.fill(1);
    stream++;
  }
  for (const [tensor, part] of flatParts(layout.averages, state.averages)) {
    if (tensor.role === "variance") part.fill(1);
  }
  return state;
}

const unit = 2 ** -32;

/** Box-Muller, four normal deviates of each Philox block. */
function fillNormal(out: Float32Array, std: number, seed: number, stream: number): void {
  const words = new Uint32Array(4);
  for (let index = 0; index < out.length; index += 4) {
    philox4x32(words, index / 4, stream, 0, 0, seed, randomPurpose.initialization);
    for (let pair = 0; pair < 4; pair += 2) {
      // (w + 1/2) / 2^32 is never 0, whose logarithm would be infinite.
      const radius = std * Math.sqrt(-2 * Math.log((words[pair] + 0.5) * unit));
      const angle = 2 * Math.PI * words[pair + 1] * unit;
      if (index + pair < out.length) out[index + pair] = radius * Math.cos(angle);
      if (index + pair + 1 < out.length) out[index + pair + 1] = radius * Math.sin(angle);
    }
  }
}
