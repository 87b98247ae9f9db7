import type { ComparedRun } from "../contract/comparisonContract.ts";
import type { Look, RunGroup } from "../compare/runGroups.ts";
import { smooth } from "../smoothing.ts";
import { isWhole, testValue, type ComparisonData } from "./comparisonData.ts";
import type { ComparisonX } from "./comparisonAxis.ts";
import type { ComparisonRecipe } from "./comparisonRecipe.ts";
import { rateChanges, ratePath, speedsOf, withHoles } from "./curves.ts";
import type { FigureLine, Marker } from "./figure.ts";
import { mostSingleSeeds, seedLines, type SeedCurve } from "./seedLines.ts";
import { smoothingIterations } from "./smoothingChoice.ts";

/** What a metric's values are: measured now and then, on every iteration, or held until they change. */
export type CurveShape = "points" | "line" | "steps";

export const shapeOf = (metric: ComparisonRecipe["metric"]): CurveShape =>
  metric === "testAccuracy" || metric === "testError" ? "points" : metric === "learningRate" ? "steps" : "line";

/** Raw values behind their smoothed line, as long as one can tell whose they are. */
const mostWithRaw = 3;

const plainMarker: Marker = { shape: "circle", isFilled: true };

export interface GroupCurves {
  readonly group: RunGroup<ComparedRun>;
  readonly lines: readonly FigureLine[];
  /** The band is a spread over seeds, not raw values. */
  readonly isSpread: boolean;
}

/** Each group's lines: one run's curve, or its seeds' thin curves and their mean, or the mean and the spread of many. */
export function comparisonCurves(
  data: ComparisonData,
  groups: readonly RunGroup<ComparedRun>[],
  looks: readonly Look[],
  { recipe, x }: { readonly recipe: ComparisonRecipe; readonly x: ComparisonX },
): GroupCurves[] {
  const hidden = new Set(recipe.hidden);
  const shown = groups
    .map((group, index) => ({ group, look: looks[index] }))
    .map(({ group, look }) => ({ look, group: { ...group, runs: group.runs.filter(({ id }) => !hidden.has(id)) } }))
    .filter(({ group }) => group.runs.length > 0);
  const showsRaw = shown.length <= mostWithRaw;
  return shown.map(({ group, look }) => {
    const curves = group.runs.map((run) => ({ run, ...valuesOf(run, data, recipe) }));
    const lines = linesOf(group, curves, look, x);
    const isSpread = group.runs.filter(isWhole).length > mostSingleSeeds;
    return { group, isSpread, lines: isSpread || showsRaw ? lines : lines.map(withoutRaw) };
  });
}

const withoutRaw = (line: FigureLine): FigureLine => ({ ...line, band: undefined });

/** One run's values by iteration. */
interface RunValues {
  readonly iterations: ArrayLike<number>;
  readonly ys: Float64Array;
  readonly band?: SeedCurve["band"];
}

function valuesOf(run: ComparedRun, { series }: ComparisonData, { metric, smoothing }: ComparisonRecipe): RunValues {
  if (metric === "testAccuracy" || metric === "testError") {
    return {
      iterations: run.evaluations.map(({ iteration }) => iteration),
      ys: Float64Array.from(run.evaluations, ({ testAccuracy }) => testValue(metric, testAccuracy)),
    };
  }
  const read = series.get(run.id)?.buckets;
  if (read === undefined) return { iterations: [], ys: new Float64Array() };
  if (metric === "learningRate") {
    const { iterations, values } = ratePath(read);
    return { iterations, ys: Float64Array.from(values) };
  }
  const { starts, counts, mean, minimum, maximum } = withHoles(read);
  const iterations = Float64Array.from(starts, (start, index) => start + (counts[index] - 1) / 2);
  if (metric === "speed") {
    const { batchSize } = run.config.training;
    const [low, high] = [maximum, minimum].map((stepMs) => speedsOf(stepMs, batchSize));
    return { iterations, ys: speedsOf(mean, batchSize), band: { low, high } };
  }
  const ys = smooth(
    { iterations: starts, values: mean, weights: counts },
    {
      widthIterations: smoothingIterations(smoothing, run.iterations),
      breaks: rateChanges(run.config.training.learningRate),
    },
  );
  return { iterations, ys, band: { low: minimum, high: maximum } };
}

type Curve = RunValues & { readonly run: ComparedRun };

function linesOf({ label }: RunGroup<ComparedRun>, curves: readonly Curve[], look: Look, x: ComparisonX): FigureLine[] {
  const appearance = { name: label, ...look, marker: plainMarker, marked: "none" as const };
  const iterations = curves.length === 1 ? curves[0].iterations : everyIteration(curves);
  const seedCurve = (curve: Curve): SeedCurve => {
    const aligned = curves.length === 1 ? curve : onGrid(curve, iterations);
    const xs = Float64Array.from(iterations, (iteration) => x.of(curve.run.id, iteration));
    return { xs, ys: aligned.ys, band: aligned.band, isWhole: isWhole(curve.run) };
  };
  // Those under way first, as seedLines has them: thin lines are named by their seeds.
  const sorted = curves.toSorted((a, b) => Number(isWhole(a.run)) - Number(isWhole(b.run)));
  const seeds = sorted.map(seedCurve);
  const whole = seeds.filter((curve) => curve.isWhole);
  return seedLines(seeds, appearance).map((line, index) => {
    if (!line.isThin) return whole.length > 1 ? { ...line, xs: meanOf(whole.map(({ xs }) => xs)) } : line;
    const name = `${label} s${sorted[index].run.config.seed}`;
    // Where no seed is done there is no mean to stand behind.
    return { ...line, name, isThin: whole.length > 0 };
  });
}

/** All that any of the curves has, ascending. */
const everyIteration = (curves: readonly Curve[]): number[] =>
  [...new Set(curves.flatMap(({ iterations }) => Array.from(iterations)))].sort((a, b) => a - b);

/** NaN where the run has no value at an iteration. */
function onGrid({ iterations, ys, band }: Curve, grid: ArrayLike<number>): Pick<RunValues, "ys" | "band"> {
  const at = new Map(Array.from(iterations, (iteration, index) => [iteration, index]));
  const spread = (column: ArrayLike<number>): Float64Array =>
    Float64Array.from(grid, (iteration) => column[at.get(iteration) ?? -1] ?? NaN);
  return { ys: spread(ys), band: band && { low: spread(band.low), high: spread(band.high) } };
}

const meanOf = (columns: readonly ArrayLike<number>[]): Float64Array =>
  Float64Array.from(columns[0], (_, index) => columns.reduce((sum, column) => sum + column[index], 0) / columns.length);
