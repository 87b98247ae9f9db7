import type { ComparedRun } from "../../src-shared/contract/index.ts";
import { clockOf, type Clock } from "../../src-shared/figures/clock.ts";
import { seriesOfMetric, type ComparedSeries, type ComparisonData } from "../../src-shared/figures/comparisonData.ts";
import type { ComparisonRecipe } from "../../src-shared/figures/comparisonRecipe.ts";
import type { SeriesName } from "../../src-shared/series.ts";
import type { History } from "../history/index.ts";
import { comparedRuns } from "../rpc/comparedRuns.ts";
import { readForPlot } from "../rpc/plotReader.ts";
import type { SubjectMetadata } from "./figureMetadata.ts";
import { labelsOf } from "./readRunFigureData.ts";

/** As fine as the window draws it. */
const buckets = 800;

/** Runs of the history as a comparison shows them; those that are gone, or hidden, are left out. */
export async function readComparisonData(
  history: History,
  home: string,
  { runs: ids, hidden, metric, axis }: ComparisonRecipe,
): Promise<ComparisonData> {
  const shown = ids.filter((id) => !hidden.includes(id));
  const runs = await comparedRuns({ history, home }, shown);
  const range = { from: 0, to: Math.max(1, ...runs.map(({ iterations }) => iterations)) };
  const read = async (name: SeriesName): Promise<ReadonlyMap<string, ComparedSeries>> => {
    if (runs.length === 0) return new Map();
    const asked = { runs: runs.map(({ id }) => id), series: [name], ...range, buckets };
    const { series } = await readForPlot(history, asked);
    return new Map(series.map(({ run, buckets: own, whole }) => [run, { buckets: own, whole }]));
  };
  const name = seriesOfMetric[metric];
  const clocks = new Map<string, Clock>();
  if (axis === "time") {
    for (const [id, { buckets: steps }] of await read("stepMs")) clocks.set(id, clockOf(steps));
  }
  const labels = [...new Set(runs.flatMap(({ id }) => labelsOf(history.runs.get(id))))];
  return { runs, series: name === undefined ? new Map() : await read(name), range, clocks, labels };
}

/** Epochs where every run has some, as in the window. */
export const drawnRecipe = (recipe: ComparisonRecipe, { runs }: ComparisonData): ComparisonRecipe =>
  recipe.axis === "epoch" && runs.some(({ epochIterations }) => epochIterations === null)
    ? { ...recipe, axis: "iteration" }
    : recipe;

export const metadataOfComparison = (runs: readonly ComparedRun[]): SubjectMetadata => ({
  subject: `Comparison of ${runs.length === 1 ? "one run" : `${runs.length} runs`}`,
  runs: runs.map(({ id }) => id),
  deviations: [...new Set(runs.flatMap(({ deviations }) => deviations))],
});
