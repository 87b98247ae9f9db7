import type { ComparedRun } from "../contract/comparisonContract.ts";
import { looksOfGroups, runGroups, type RunGroup } from "../compare/runGroups.ts";
import { comparisonX } from "./comparisonAxis.ts";
import { comparisonCurves, shapeOf, type GroupCurves } from "./comparisonCurves.ts";
import { isWhole, type ComparisonData } from "./comparisonData.ts";
import { comparisonPlot, type MetricTitles } from "./comparisonPlot.ts";
import { baselineOf, type ComparisonMetric, type ComparisonRecipe } from "./comparisonRecipe.ts";
import { comparisonRows, type Spread } from "./comparisonTable.ts";
import { markers, type Figure, type FigureLine, type FigureTable, type Marker } from "./figure.ts";
import { capital } from "./figureNotes.ts";
import type { FigureStyle } from "./figureStyle.ts";
import { counted, inWords } from "./lists.ts";
import { mostSingleSeeds } from "./seedLines.ts";

const titles: MetricTitles = {
  trainingLoss: "training loss (cross entropy, nats)",
  testAccuracy: "test accuracy",
  testError: "test error",
  trainingAccuracy: "training accuracy",
  learningRate: "learning rate",
  speed: "images/s",
};

const axisTexts = { iteration: "iteration", epoch: "epoch", seconds: "s", minutes: "min", hours: "h" };

/** A comparison as a figure: the same lines as in the window, and its table. Undefined where nothing has been trained. */
export function comparisonFigure(
  data: ComparisonData,
  recipe: ComparisonRecipe,
  { palette }: FigureStyle,
): Figure | undefined {
  const groups = runGroups(data.runs, recipe.grouped);
  const looks = looksOfGroups(groups, palette);
  const x = comparisonX({
    axis: recipe.axis,
    runs: data.runs,
    clocks: data.clocks,
    shown: undefined,
    texts: axisTexts,
  });
  const view = { recipe, x, isWhole: true, titles, mostNamed: 0 };
  const curves = comparisonCurves(data, groups, looks, view);
  const markerOf = markersOf(groups);
  const lines = curves.flatMap(({ group, lines: own }) =>
    own
      .filter(({ ys }) => Array.from(ys).some(Number.isFinite))
      .map((line): FigureLine => (line.isThin ? line : { ...line, marker: markerOf(group), marked: "some" })),
  );
  if (lines.length === 0) return undefined;
  const plot = comparisonPlot(data, groups, looks, view);
  const isStepped = shapeOf(recipe.metric) === "steps";
  return {
    title: capital(`${titles[recipe.metric].replace(/ \(.*\)$/, "")} of ${counted(data.runs.length, "run")}`),
    caption: notes(data, recipe, curves),
    legend: curves.map(({ group }) => ({
      label: group.label,
      sample: {
        ...{ kind: "line", marker: markerOf(group) },
        ...looks[groups.findIndex(({ key }) => key === group.key)],
      },
    })),
    panels: [
      {
        ...{ x: plot.x, y: plot.y, sharesY: false, crosses: [], bars: [] },
        lines: isStepped ? lines.map(stepped) : lines,
        rules: plot.hairlines.map((at) => ({ axis: "x", at, look: "quiet" })),
      },
    ],
    columns: 1,
    records: recordsOf(recipe, curves),
    table: tableOf(data, groups, recipe),
  };
}

/** A value that holds until the next, as corners of a line. */
function stepped(line: FigureLine): FigureLine {
  const [xs, ys]: number[][] = [[], []];
  for (let index = 0; index < line.xs.length; index++) {
    if (index > 0) {
      xs.push(line.xs[index]);
      ys.push(line.ys[index - 1]);
    }
    xs.push(line.xs[index]);
    ys.push(line.ys[index]);
  }
  return { ...line, xs, ys };
}

/** For black and white: a shape a depth, or a cell where depths are not all that differs; filled where it is residual. */
function markersOf(groups: readonly RunGroup<ComparedRun>[]): (group: Pick<RunGroup<ComparedRun>, "key">) => Marker {
  const networkOf = ({ runs: [{ config }] }: RunGroup<ComparedRun>) => config.network;
  const cells = new Map(groups.map((group) => [group.cell, networkOf(group)]));
  const names = new Set([...cells.values()].map(({ family, depth }) => `${family}-${depth}`));
  const depths = [...new Set([...cells.values()].map(({ depth }) => depth))].sort((a, b) => a - b);
  return ({ key }) => {
    const group = groups.find((other) => other.key === key)!;
    const { family, depth } = networkOf(group);
    const index = names.size === cells.size ? depths.indexOf(depth) : group.cell;
    return { shape: markers[index % markers.length], isFilled: family === "residual" };
  };
}

function notes(
  { labels }: ComparisonData,
  { metric, smoothing }: ComparisonRecipe,
  curves: readonly GroupCurves[],
): string[] {
  const runs = curves.flatMap(({ group }) => group.runs);
  const seeds = Math.max(...curves.map(({ group }) => group.runs.filter(isWhole).length));
  const isSmoothed = shapeOf(metric) === "line" && metric !== "speed" && smoothing !== "none";
  const underWay = runs.filter((run) => !isWhole(run)).map(({ id }) => id);
  const data = [...new Set(runs.map(({ dataset }) => dataset))];
  return [
    ...(isSmoothed ? ["Smoothed by a parabola (Epanechnikov) that never crosses a change of the learning rate."] : []),
    ...(seeds > 1 && seeds <= mostSingleSeeds ? ["Thin: each seed; thick: mean of the seeds that are done."] : []),
    ...(seeds > mostSingleSeeds ? ["Line: mean of the seeds; band: one sample standard deviation on each side."] : []),
    ...(underWay.length > 0 ? [`Not trained to the end: ${inWords(underWay)}.`] : []),
    labels ? `${capital(labels.join(", "))}.` : `Data: ${inWords(data)}.`,
  ];
}

const recordsOf = ({ metric, axis }: ComparisonRecipe, curves: readonly GroupCurves[]): Figure["records"] => ({
  columns: ["line", "runs", axis, metric],
  rows: curves.flatMap(({ group, lines }) =>
    lines.flatMap(({ name, xs, ys }) =>
      Array.from(xs, (x, index) => [name, group.runs.map(({ id }) => id).join(" "), x, ys[index]]).filter(
        ([, , , y]) => !Number.isNaN(y),
      ),
    ),
  ),
});

const isShare = (metric: ComparisonMetric): boolean => /Accuracy$|Error$/.test(metric);

function tableOf(
  data: ComparisonData,
  groups: readonly RunGroup<ComparedRun>[],
  recipe: ComparisonRecipe,
): FigureTable {
  const { metric } = recipe;
  const rows = comparisonRows(data, groups, metric, baselineOf(recipe, data.runs));
  const factor = isShare(metric) ? 100 : 1;
  const digits = isShare(metric) ? 2 : metric === "speed" ? 0 : metric === "learningRate" ? 5 : 4;
  const text = (value: number): string => (factor * value).toFixed(digits);
  const spread = (value: Spread | undefined): string => {
    if (value === undefined) return "";
    return value.std === undefined ? text(value.mean) : `${text(value.mean)} ± ${text(value.std)}`;
  };
  const signed = (value: number | undefined): string =>
    value === undefined ? "" : `${value < 0 ? "−" : "+"}${text(Math.abs(value))}`;
  const hasBest = rows.some(({ best }) => best !== undefined);
  const unit = isShare(metric) ? `${titles[metric]} (%)` : titles[metric];
  return {
    rows: rows.length,
    groups: [
      { title: "", isGrey: false, columns: [{ title: "runs", cells: rows.map(({ group }) => group.label) }] },
      { title: "", isGrey: false, columns: [{ title: "n", cells: rows.map((row) => String(row.counted.length)) }] },
      {
        ...{ title: unit, isGrey: false },
        columns: [
          { title: "final", cells: rows.map(({ final }) => spread(final)) },
          ...(hasBest ? [{ title: "best on the test set", cells: rows.map(({ best }) => spread(best)) }] : []),
          { title: "min", cells: rows.map(({ min }) => spread(min)) },
          { title: "max", cells: rows.map(({ max }) => spread(max)) },
          ...(rows.some(({ isBaseline }) => isBaseline)
            ? [{ title: "to the baseline", cells: rows.map(({ delta }) => signed(delta)) }]
            : []),
        ],
      },
    ],
  };
}
