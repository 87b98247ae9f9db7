import { decimate, type Buckets, type IterationRange, type Series, type SeriesName } from "../../src-shared/series.ts";
import type { Connection } from "./connection.ts";
import { runKey } from "./runKeys.ts";
import { readSeries } from "./seriesRows.ts";

export interface DecimatedReading extends Partial<IterationRange> {
  /** At most so many. */
  readonly buckets: number;
}

/** The series of the runs. Everything here throws `run-unknown`. */
export class RunSeries {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Every value within `range`, by default all. */
  read(id: string, name: SeriesName, { from = 0, to = Number.MAX_SAFE_INTEGER }: Partial<IterationRange> = {}): Series {
    return readSeries(this.#connection, runKey(this.#connection, id), name, { from, to });
  }

  /**
   * The same in buckets that keep their extremes. With `from` and `to` the buckets are a grid over that range, the same
   * for every run; without, over what the series covers.
   */
  readDecimated(id: string, name: SeriesName, { buckets, from, to }: DecimatedReading): Buckets {
    const series = this.read(id, name, { from, to });
    return decimate(series, buckets, {
      from: from ?? series.from,
      to: to ?? series.from + series.values.length,
    });
  }
}
