/**
 * Metric series of a run: one number an iteration. The history stores them in full; a plot gets buckets that keep each
 * bucket's extremes, so that no spike is ever decimated away.
 */

/** `stepMs` is the mean over the progress event that an iteration came in. */
export const seriesNames = ["loss", "accuracy", "learningRate", "stepMs"] as const;
export type SeriesName = (typeof seriesNames)[number];

/** Iterations [from, to). */
export interface IterationRange {
  readonly from: number;
  readonly to: number;
}

export interface Series {
  /** Iteration of the first value: above 0 where a run was forked. */
  readonly from: number;
  /** One value an iteration, without holes; NaN within `gaps`. */
  readonly values: Float32Array;
  /** Iterations between the first and the last of which nothing is known (a damaged line of a log), ascending. */
  readonly gaps: readonly IterationRange[];
}

/** Bits of `Buckets.nonFinite`: what a bucket holds that no axis can show. */
export const nonFiniteBits = { nan: 1, positiveInfinity: 2, negativeInfinity: 4 } as const;

/** Columns of equal length, one entry a bucket that has at least one value, in ascending order of iterations. */
export interface Buckets {
  /** First iteration of the bucket. */
  readonly starts: Int32Array;
  /** Values in the bucket, those that are not finite included. */
  readonly counts: Int32Array;
  /** Smallest and largest finite value, NaN where there is none, and the (first) iterations where they stand. */
  readonly minimum: Float32Array;
  readonly minimumAt: Int32Array;
  readonly maximum: Float32Array;
  readonly maximumAt: Int32Array;
  /** 0, or `nonFiniteBits` or-ed together. */
  readonly nonFinite: Uint8Array;
}

const nonFiniteBit = (value: number): number =>
  Number.isNaN(value) ? nonFiniteBits.nan : value > 0 ? nonFiniteBits.positiveInfinity : nonFiniteBits.negativeInfinity;

/**
 * Min-max decimation. The buckets are a grid over `range` (by default what the series covers), not over the data, so that
 * several runs over one range have the same buckets.
 *
 * @param most buckets; a range of fewer iterations has one an iteration
 */
export function decimate(series: Series, most: number, range: IterationRange = rangeOf(series)): Buckets {
  const width = Math.max(0, range.to - range.from);
  const grid = Math.min(Math.max(1, most), width);
  const edge = (index: number) => range.from + Math.floor((index * width) / grid);
  const known = knownParts(series, range);
  const buckets = allocate(grid);
  let filled = 0;
  let part = 0;
  for (let index = 0; index < grid; index++) {
    const start = edge(index);
    const end = edge(index + 1);
    while (part < known.length && known[part].to <= start) part++;
    let count = 0;
    let minimum = Infinity;
    let maximum = -Infinity;
    let minimumAt = start;
    let maximumAt = start;
    let nonFinite = 0;
    for (let p = part; p < known.length && known[p].from < end; p++) {
      const from = Math.max(start, known[p].from);
      const to = Math.min(end, known[p].to);
      count += to - from;
      for (let iteration = from; iteration < to; iteration++) {
        const value = series.values[iteration - series.from];
        // False for NaN and for both infinities.
        if (value - value !== 0) {
          nonFinite |= nonFiniteBit(value);
          continue;
        }
        if (value < minimum) {
          minimum = value;
          minimumAt = iteration;
        }
        if (value > maximum) {
          maximum = value;
          maximumAt = iteration;
        }
      }
    }
    if (count === 0) continue;
    const finite = minimum <= maximum;
    buckets.starts[filled] = start;
    buckets.counts[filled] = count;
    buckets.minimum[filled] = finite ? minimum : NaN;
    buckets.minimumAt[filled] = minimumAt;
    buckets.maximum[filled] = finite ? maximum : NaN;
    buckets.maximumAt[filled] = maximumAt;
    buckets.nonFinite[filled] = nonFinite;
    filled++;
  }
  return filled === grid ? buckets : firstOf(buckets, filled);
}

const rangeOf = ({ from, values }: Series): IterationRange => ({ from, to: from + values.length });

/** What of `range` the series has values for: its own range without the gaps. */
function knownParts(series: Series, range: IterationRange): IterationRange[] {
  const own = rangeOf(series);
  const end = Math.min(own.to, range.to);
  const parts: IterationRange[] = [];
  let from = Math.max(own.from, range.from);
  for (const gap of series.gaps) {
    if (gap.to <= from) continue;
    if (gap.from >= end) break;
    if (gap.from > from) parts.push({ from, to: gap.from });
    from = gap.to;
  }
  if (from < end) parts.push({ from, to: end });
  return parts;
}

const allocate = (length: number): Buckets => ({
  starts: new Int32Array(length),
  counts: new Int32Array(length),
  minimum: new Float32Array(length),
  minimumAt: new Int32Array(length),
  maximum: new Float32Array(length),
  maximumAt: new Int32Array(length),
  nonFinite: new Uint8Array(length),
});

const firstOf = (buckets: Buckets, length: number): Buckets => ({
  starts: buckets.starts.slice(0, length),
  counts: buckets.counts.slice(0, length),
  minimum: buckets.minimum.slice(0, length),
  minimumAt: buckets.minimumAt.slice(0, length),
  maximum: buckets.maximum.slice(0, length),
  maximumAt: buckets.maximumAt.slice(0, length),
  nonFinite: buckets.nonFinite.slice(0, length),
});
