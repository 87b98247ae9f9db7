import type { Graph, Value } from "../../src-main/compiler/node.ts";
import { typeOf } from "../../src-main/compiler/node.ts";
import { openSession } from "../../src-main/trainer/session.ts";

/** Numbers by input name, in row-major order. */
export type Numbers = Readonly<Record<string, Float32Array | Int32Array>>;

/** Opens a graph of a few nodes on the engine, hands over a function that runs it, and closes it again. */
export async function withGraph<T>(
  graph: Graph,
  inputs: Readonly<Record<string, Value>>,
  outputs: Readonly<Record<string, Value>>,
  use: (run: (feeds: Numbers) => Readonly<Record<string, Float32Array>>) => T,
): Promise<T> {
  // The signature's name is of no importance; the session knows those of a training program.
  const session = await openSession(
    { graph, signatures: { train: { inputs, outputs } } },
    { lanes: 1, precision: "float32" },
  );
  try {
    return use((feeds) => session.run("train", feeds));
  } finally {
    session.close();
  }
}

export const sizeOf = (value: Value): number => typeOf(value).shape.reduce((product, size) => product * size, 1);

/** Numbers in [-1, 1) that are the same in every run; `seed` tells tensors apart. */
export function pseudoRandom(length: number, seed: number): Float32Array {
  let state = (seed * 2_654_435_761) >>> 0 || 1;
  return Float32Array.from({ length }, () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 31 - 1;
  });
}

/** |a - b| / |b|, 2-norms. */
export function relativeDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let difference = 0;
  let norm = 0;
  for (let i = 0; i < b.length; i++) {
    difference += (a[i] - b[i]) ** 2;
    norm += b[i] ** 2;
  }
  return Math.sqrt(difference / (norm || 1));
}
