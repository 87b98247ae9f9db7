import type { PlottedSeries, SeriesForPlot, SeriesReading, SeriesSummary } from "../../src-shared/contract/index.ts";
import { Decimation, type Buckets, type IterationRange, type SeriesName } from "../../src-shared/series.ts";
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
  const plotted = new Decimation(most, range);
  // From every value: the series is one bucket.
  const whole = new Decimation(1, { from: 0, to: run.iterations });
  let end: Pick<SeriesSummary, "last" | "lastAt"> = { last: null, lastAt: null };
  for (let from = 0; from < run.iterations; from += sliceIterations) {
    if (from > 0) await ownTurn();
    const slice = history.series.read(run.id, name, { from, to: from + sliceIterations });
    plotted.add(slice);
    whole.add(slice);
    const { length } = slice.values;
    if (length > 0) end = { last: slice.values[length - 1], lastAt: slice.from + length - 1 };
  }
  return { buckets: plotted.buckets(), whole: summaryOf(whole.buckets(), end) };
}

function summaryOf(whole: Buckets, end: Pick<SeriesSummary, "last" | "lastAt">): SeriesSummary {
  const [values = 0] = whole.counts;
  const isFinite = values > 0 && !Number.isNaN(whole.minimum[0]);
  return {
    values,
    minimum: isFinite ? whole.minimum[0] : null,
    minimumAt: isFinite ? whole.minimumAt[0] : null,
    maximum: isFinite ? whole.maximum[0] : null,
    maximumAt: isFinite ? whole.maximumAt[0] : null,
    ...end,
    nonFinite: whole.nonFinite[0] ?? 0,
  };
}
