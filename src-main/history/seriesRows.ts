import { seriesNames, type IterationRange, type Series, type SeriesName } from "../../src-shared/series.ts";
import type { Connection } from "./connection.ts";

/**
 * Series as rows of at most 1,000 float32, none of which crosses a multiple of 1,000: 40 runs x 64,000 iterations x 4
 * series take 48 MB so, 90 MB in float64. A row begins where its values begin, so that forks and gaps need nothing more.
 * Every machine that this runs on is little-endian, as the files are.
 */
export const rowIterations = 1_000;

const bytesPerValue = Float32Array.BYTES_PER_ELEMENT;
const rowStart = (iteration: number): number => Math.floor(iteration / rowIterations) * rowIterations;

/** Consecutive values of every series: one column each, of equal length. */
export interface Points {
  readonly from: number;
  readonly columns: Readonly<Record<SeriesName, Float32Array>>;
}

interface Row {
  readonly start: number;
  readonly points: Buffer;
}

/** Adds values behind those that are there; the caller has truncated what would overlap. */
export function appendSeries(connection: Connection, run: number, { from, columns }: Points): void {
  seriesNames.forEach((name, series) => {
    const column = columns[name];
    const end = from + column.length;
    for (let at = from; at < end;) {
      const next = Math.min(end, rowStart(at) + rowIterations);
      const values = column.subarray(at - from, next - from);
      const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
      const before = at > rowStart(at) ? lastRow(connection, run, series, rowStart(at)) : undefined;
      const joins = before !== undefined && endOf(before) === at;
      connection.run(
        "INSERT OR REPLACE INTO series (run, series, start, points) VALUES (?, ?, ?, ?)",
        run,
        series,
        joins ? before.start : at,
        joins ? Buffer.concat([before.points, bytes]) : bytes,
      );
      at = next;
    }
  });
}

/** Drops every value at `iteration` and after it. */
export function truncateSeries(connection: Connection, run: number, iteration: number): void {
  seriesNames.forEach((_, series) => {
    connection.run("DELETE FROM series WHERE run = ? AND series = ? AND start >= ?", run, series, iteration);
    const last = lastRow(connection, run, series, rowStart(iteration));
    if (last === undefined || endOf(last) <= iteration) return;
    connection.run(
      "UPDATE series SET points = ? WHERE run = ? AND series = ? AND start = ?",
      last.points.subarray(0, (iteration - last.start) * bytesPerValue),
      run,
      series,
      last.start,
    );
  });
}

/** The iteration after the last that is known; 0 without any. */
export function seriesEnd(connection: Connection, run: number): number {
  const last = lastRow(connection, run, 0, 0);
  return last ? endOf(last) : 0;
}

/** The newest value; undefined without any. */
export function lastValue(connection: Connection, run: number, name: SeriesName): number | undefined {
  const last = lastRow(connection, run, seriesNames.indexOf(name), 0);
  return last?.points.readFloatLE(last.points.length - bytesPerValue);
}

/** What is known of one series within `range`. */
export function readSeries(connection: Connection, run: number, name: SeriesName, range: IterationRange): Series {
  const rows = connection
    .all<Row>(
      "SELECT start, points FROM series WHERE run = ? AND series = ? AND start >= ? AND start < ? ORDER BY start",
      run,
      seriesNames.indexOf(name),
      rowStart(range.from),
      range.to,
    )
    .filter((row) => endOf(row) > range.from);
  if (rows.length === 0) return { from: range.from, values: new Float32Array(0), gaps: [] };
  const from = Math.max(range.from, rows[0].start);
  const to = Math.min(range.to, endOf(rows[rows.length - 1]));
  const values = new Float32Array(to - from);
  const bytes = new Uint8Array(values.buffer);
  const gaps: IterationRange[] = [];
  let known = from;
  for (const { start, points } of rows) {
    if (start > known) {
      gaps.push({ from: known, to: start });
      values.fill(NaN, known - from, start - from);
    }
    const first = Math.max(from, start);
    known = Math.min(to, start + points.length / bytesPerValue);
    bytes.set(
      points.subarray((first - start) * bytesPerValue, (known - start) * bytesPerValue),
      (first - from) * bytesPerValue,
    );
  }
  return { from, values, gaps };
}

const endOf = ({ start, points }: Row): number => start + points.length / bytesPerValue;

/** The last row that begins at `from` or after it. */
const lastRow = (connection: Connection, run: number, series: number, from: number): Row | undefined =>
  connection.get<Row>(
    "SELECT start, points FROM series WHERE run = ? AND series = ? AND start >= ? ORDER BY start DESC LIMIT 1",
    run,
    series,
    from,
  );
