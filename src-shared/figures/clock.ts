import type { Buckets } from "../series.ts";

/** How long a run had trained at an iteration, evaluation and checkpoints apart; straight lines between buckets. */
export interface Clock {
  readonly totalMs: number;
  /** Iterations that it knows of. */
  readonly iterations: number;
  msAt(iteration: number): number;
  iterationAt(ms: number): number;
}

/** @param stepMs the whole series, in buckets; iterations of which nothing is known took no time */
export function clockOf({ starts, counts, mean }: Buckets): Clock {
  const iterations = [0];
  const times = [0];
  for (let index = 0; index < starts.length; index++) {
    const before = times.at(-1)!;
    if (starts[index] > iterations.at(-1)!) {
      iterations.push(starts[index]);
      times.push(before);
    }
    iterations.push(starts[index] + counts[index]);
    times.push(before + (Number.isFinite(mean[index]) ? mean[index] * counts[index] : 0));
  }
  return {
    totalMs: times.at(-1)!,
    iterations: iterations.at(-1)!,
    msAt: (iteration) => between(iterations, times, iteration),
    iterationAt: (ms) => between(times, iterations, ms),
  };
}

/** @param xs ascending */
function between(xs: readonly number[], ys: readonly number[], x: number): number {
  const last = xs.length - 1;
  if (last === 0 || x <= xs[0]) return last === 0 ? 0 : ys[0];
  let [low, high] = [0, last];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (xs[middle] <= x) low = middle;
    else high = middle;
  }
  if (xs[high] === xs[low]) return ys[high];
  // Beyond the end as fast as on average.
  if (x > xs[last]) return xs[last] === 0 ? 0 : (ys[last] * x) / xs[last];
  return ys[low] + ((x - xs[low]) / (xs[high] - xs[low])) * (ys[high] - ys[low]);
}
