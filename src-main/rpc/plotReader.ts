import type { PlottedSeries, SeriesForPlot, SeriesReading, SeriesSummary } from "../../src-shared/contract/index.ts";
import { decimate, type Buckets, type IterationRange, type Series, type SeriesName } from "../../src-shared/series.ts";
import type { History, RunRecord } from "../history/index.ts";
import { ownTurn } from "./turns.ts";

/** So many values are read and decimated in a few milliseconds; then it is somebody else's turn. */
const sliceIterations = 1 << 18;

/**
 * Series of several runs for a plot. Between runs, series and slices others get their turn, so that a large comparison
 * holds nobody up.
 *
 * @throws WorkbenchError `run-unknown`
 */
export async function readForPlot(history: History, reading: SeriesReading): Promise<SeriesForPlot> {
  const runs = reading.runs.map((id) => history.runs.get(id));
  const from = reading.from ?? 0;
  const to = Math.max(from, reading.to ?? Math.max(...runs.map(({ iteration }) => iteration)));
  const range = { from, to };
  const series: PlottedSeries[] = [];
  for (const run of runs) {
    for (const name of reading.series) {
      await ownTurn();
      series.push({ run: run.id, name, ...(await readOne(history, run, name, range, reading.buckets)) });
    }
  }
  return { range, series };
}

type Read = Pick<PlottedSeries, "buckets" | "whole">;

async function readOne(
  history: History,
  run: RunRecord,
  name: SeriesName,
  range: IterationRange,
  most: number,
): Promise<Read> {
  if (run.iterations <= sliceIterations) {
    const series = history.series.read(run.id, name);
    return { buckets: decimate(series, most, range), whole: summaryOf([series]) };
  }
  const slices: Series[] = [];
  for (let from = 0; from < run.iterations; from += sliceIterations) {
    slices.push(history.series.read(run.id, name, { from, to: from + sliceIterations }));
    await ownTurn();
  }
  return { buckets: await decimateInSlices(slices, most, range), whole: summaryOf(slices) };
}

/** Every bucket of the grid by itself, out of the slices that it lies in: the same as of the whole series at once. */
async function decimateInSlices(
  slices: readonly Series[],
  most: number,
  { from, to }: IterationRange,
): Promise<Buckets> {
  const grid = Math.min(Math.max(1, most), to - from);
  const edge = (index: number) => from + Math.floor((index * (to - from)) / grid);
  const found: Buckets[] = [];
  let sinceTurn = 0;
  for (let index = 0; index < grid; index++) {
    const range = { from: edge(index), to: edge(index + 1) };
    const first = Math.floor(range.from / sliceIterations);
    const last = Math.floor((range.to - 1) / sliceIterations);
    const parts: Buckets[] = [];
    for (let slice = first; slice <= last && slice < slices.length; slice++) {
      const part = decimate(slices[slice], 1, range);
      if (part.counts.length > 0) parts.push(part);
    }
    if (parts.length > 0) found.push(parts.reduce(joined));
    sinceTurn += range.to - range.from;
    if (sinceTurn < sliceIterations) continue;
    sinceTurn = 0;
    await ownTurn();
  }
  return concatenated(found);
}

/** Two buckets of one entry each, the earlier first, as one. */
function joined(a: Buckets, b: Buckets): Buckets {
  const takesMinimum = Number.isNaN(a.minimum[0]) || b.minimum[0] < a.minimum[0] ? b : a;
  const takesMaximum = Number.isNaN(a.maximum[0]) || b.maximum[0] > a.maximum[0] ? b : a;
  return {
    starts: a.starts,
    counts: Int32Array.of(a.counts[0] + b.counts[0]),
    minimum: takesMinimum.minimum,
    minimumAt: takesMinimum.minimumAt,
    maximum: takesMaximum.maximum,
    maximumAt: takesMaximum.maximumAt,
    nonFinite: Uint8Array.of(a.nonFinite[0] | b.nonFinite[0]),
  };
}

const concatenated = (list: readonly Buckets[]): Buckets => ({
  starts: Int32Array.from(list, ({ starts }) => starts[0]),
  counts: Int32Array.from(list, ({ counts }) => counts[0]),
  minimum: Float32Array.from(list, ({ minimum }) => minimum[0]),
  minimumAt: Int32Array.from(list, ({ minimumAt }) => minimumAt[0]),
  maximum: Float32Array.from(list, ({ maximum }) => maximum[0]),
  maximumAt: Int32Array.from(list, ({ maximumAt }) => maximumAt[0]),
  nonFinite: Uint8Array.from(list, ({ nonFinite }) => nonFinite[0]),
});

/** From every value: a series is one bucket. */
function summaryOf(slices: readonly Series[]): SeriesSummary {
  const known = slices.filter(({ values }) => values.length > 0);
  const wholes = known.map((slice) => decimate(slice, 1)).filter(({ counts }) => counts.length > 0);
  const end = known.at(-1);
  if (wholes.length === 0 || end === undefined) return nothing;
  const whole = wholes.reduce(joined);
  const isFinite = !Number.isNaN(whole.minimum[0]);
  return {
    values: whole.counts[0],
    minimum: isFinite ? whole.minimum[0] : null,
    minimumAt: isFinite ? whole.minimumAt[0] : null,
    maximum: isFinite ? whole.maximum[0] : null,
    maximumAt: isFinite ? whole.maximumAt[0] : null,
    last: end.values[end.values.length - 1],
    lastAt: end.from + end.values.length - 1,
    nonFinite: whole.nonFinite[0],
  };
}

const nothing: SeriesSummary = {
  ...{ values: 0, minimum: null, minimumAt: null, maximum: null, maximumAt: null, last: null, lastAt: null },
  nonFinite: 0,
};
