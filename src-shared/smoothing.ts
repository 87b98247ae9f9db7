/** A smoothed line of a noisy series: pure, the same in the window and in exported figures. */

/** Points in ascending order of iterations. */
export interface Points {
  readonly iterations: ArrayLike<number>;
  /** NaN where there is none. */
  readonly values: ArrayLike<number>;
  /** How many values each point stands for, as the counts of buckets. */
  readonly weights: ArrayLike<number>;
}

export interface Smoothing {
  /** Standard deviation of the kernel, in iterations; 0 leaves the values as they are. */
  readonly widthIterations: number;
  /** Iterations at which the learning rate changes: what came before one says nothing of what comes from there on. */
  readonly breaks?: readonly number[];
}

/** A parabola (Epanechnikov's kernel: the least error of all, and without an exponential) ends at so many of its widths. */
const reachWidths = Math.sqrt(5);

/** Iterations on each side of a point that count for it. */
export const reachOf = (widthIterations: number): number => reachWidths * widthIterations;

/**
 * Mean over neighbours in the same segment, the nearer the more, weighted by what each point stands for. It looks both
 * ways, so that the line does not lag behind the data, as an exponential average would; at the end of a segment it has one
 * side only.
 *
 * @returns one value a point; NaN where the point itself has none, so that a line breaks where the data do
 */
export function smooth(
  { iterations, values, weights }: Points,
  { widthIterations, breaks = [] }: Smoothing,
): Float64Array {
  const { length } = iterations;
  const smoothed = new Float64Array(length);
  if (widthIterations <= 0) return Float64Array.from(values);
  const reach = reachOf(widthIterations);
  const edges = breaks.toSorted((a, b) => a - b);
  let segment = { from: 0, to: 0 };
  let first = 0;
  for (let point = 0; point < length; point++) {
    if (point >= segment.to) {
      segment = { from: point, to: segmentEnd(iterations, point, edges) };
      first = point;
    }
    const at = iterations[point];
    while (iterations[first] <= at - reach) first++;
    let sum = 0;
    let total = 0;
    for (let other = first; other < segment.to && iterations[other] < at + reach; other++) {
      const value = values[other];
      if (!Number.isFinite(value)) continue;
      const distance = (iterations[other] - at) / reach;
      const weight = weights[other] * (1 - distance * distance);
      sum += weight * value;
      total += weight;
    }
    smoothed[point] = Number.isFinite(values[point]) ? sum / total : NaN;
  }
  return smoothed;
}

/** @returns the place of the first point behind the next break after `point` */
function segmentEnd(iterations: ArrayLike<number>, point: number, edges: readonly number[]): number {
  const edge = edges.find((candidate) => candidate > iterations[point]) ?? Infinity;
  let end = point + 1;
  while (end < iterations.length && iterations[end] < edge) end++;
  return end;
}
