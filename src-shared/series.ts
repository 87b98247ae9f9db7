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
  /** Mean of the finite values, NaN where there is none: a smoothed line cannot be made from extremes. */
  readonly mean: Float32Array;
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
  const decimation = new Decimation(most, range);
  decimation.add(series);
  return decimation.buckets();
}

/** The same of a series that comes in pieces, so that a very long one need not be in memory, nor done in one turn. */
export class Decimation {
  readonly #range: IterationRange;
  readonly #width: number;
  /** Buckets of the grid; those without a value are left out in the end. */
  readonly #grid: number;
  readonly #columns: Buckets;
  #filled = 0;
  #index = 0;
  #open: OpenBucket;

  constructor(most: number, range: IterationRange) {
    this.#range = range;
    this.#width = Math.max(0, range.to - range.from);
    this.#grid = Math.min(Math.max(1, most), this.#width);
    this.#columns = allocate(this.#grid);
    this.#open = new OpenBucket(range.from);
  }

  /** @param piece the next one: pieces come in ascending order of iterations */
  add(piece: Series): void {
    for (const part of knownParts(piece, this.#range)) {
      for (let from = part.from; from < part.to;) {
        while (this.#edge(this.#index + 1) <= from) {
          this.#close();
          this.#index++;
          this.#open = new OpenBucket(this.#edge(this.#index));
        }
        const to = Math.min(part.to, this.#edge(this.#index + 1));
        this.#open.gather(piece, from, to);
        from = to;
      }
    }
  }

  /** Once, after the last piece. */
  buckets(): Buckets {
    this.#close();
    return this.#filled === this.#grid ? this.#columns : firstOf(this.#columns, this.#filled);
  }

  #edge(index: number): number {
    return this.#range.from + Math.floor((index * this.#width) / this.#grid);
  }

  #close(): void {
    const { start, count, finite, sum, minimum, minimumAt, maximum, maximumAt, nonFinite } = this.#open;
    if (count === 0) return;
    const [columns, at] = [this.#columns, this.#filled++];
    columns.starts[at] = start;
    columns.counts[at] = count;
    columns.minimum[at] = finite > 0 ? minimum : NaN;
    columns.minimumAt[at] = minimumAt;
    columns.maximum[at] = finite > 0 ? maximum : NaN;
    columns.maximumAt[at] = maximumAt;
    columns.mean[at] = finite > 0 ? sum / finite : NaN;
    columns.nonFinite[at] = nonFinite;
  }
}

/** What a bucket gathers, value after value. */
class OpenBucket {
  readonly start: number;
  count = 0;
  finite = 0;
  sum = 0;
  minimum = Infinity;
  maximum = -Infinity;
  minimumAt: number;
  maximumAt: number;
  nonFinite = 0;

  constructor(start: number) {
    this.start = start;
    this.minimumAt = start;
    this.maximumAt = start;
  }

  /** @param from, to iterations of the series that lie in this bucket */
  gather({ from: first, values }: Series, from: number, to: number): void {
    this.count += to - from;
    for (let iteration = from; iteration < to; iteration++) {
      const value = values[iteration - first];
      // False for NaN and for both infinities.
      if (value - value !== 0) {
        this.nonFinite |= nonFiniteBit(value);
        continue;
      }
      this.finite++;
      this.sum += value;
      if (value < this.minimum) {
        this.minimum = value;
        this.minimumAt = iteration;
      }
      if (value > this.maximum) {
        this.maximum = value;
        this.maximumAt = iteration;
      }
    }
  }
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
  mean: new Float32Array(length),
  nonFinite: new Uint8Array(length),
});

const firstOf = (buckets: Buckets, length: number): Buckets => ({
  starts: buckets.starts.slice(0, length),
  counts: buckets.counts.slice(0, length),
  minimum: buckets.minimum.slice(0, length),
  minimumAt: buckets.minimumAt.slice(0, length),
  maximum: buckets.maximum.slice(0, length),
  maximumAt: buckets.maximumAt.slice(0, length),
  mean: buckets.mean.slice(0, length),
  nonFinite: buckets.nonFinite.slice(0, length),
});
