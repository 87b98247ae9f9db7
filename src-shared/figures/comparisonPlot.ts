import type { ComparedRun } from "../contract/comparisonContract.ts";
import type { Look, RunGroup } from "../compare/runGroups.ts";
import type { ComparisonX } from "./comparisonAxis.ts";
import { comparisonCurves, shapeOf, type GroupCurves } from "./comparisonCurves.ts";
import type { ComparisonData } from "./comparisonData.ts";
import type { ComparisonMetric, ComparisonRecipe } from "./comparisonRecipe.ts";
import { lossText, lossTick, percentText, percentTick, rateChanges, rateText, speedText } from "./curves.ts";
import { extentOf, type Plot, type PlotAxis, type PlotLine } from "./plot.ts";
import { soundPart } from "./smoothedCurve.ts";
import { linearScale, logScale, roundScale, type Scale } from "./ticks.ts";

/** What the y-axis of each metric is called, with its unit. */
export type MetricTitles = Readonly<Record<ComparisonMetric, string>>;

interface MetricAxis {
  /** The whole of a linear axis begins at 0. */
  readonly startsAtZero: boolean;
  /** No linear axis goes beyond. */
  readonly most?: number;
  readonly tick: (value: number) => string;
  readonly text: (value: number) => string;
}

const ofShares: MetricAxis = { startsAtZero: true, most: 1, tick: percentTick, text: percentText };

export const metricAxes: Readonly<Record<ComparisonMetric, MetricAxis>> = {
  trainingLoss: { startsAtZero: true, tick: lossTick, text: lossText },
  testAccuracy: ofShares,
  testError: ofShares,
  trainingAccuracy: ofShares,
  learningRate: { startsAtZero: true, tick: rateText, text: rateText },
  speed: { startsAtZero: true, tick: speedText, text: speedText },
};

export interface ComparisonView {
  readonly recipe: ComparisonRecipe;
  readonly x: ComparisonX;
  /** Nothing is zoomed into: axes then begin at 0. */
  readonly isWhole: boolean;
  readonly titles: MetricTitles;
  /** Lines that have room for a name at their ends. */
  readonly mostNamed: number;
}

/** Longer names are cut off at the edge of the plot. */
const mostNameLetters = 13;
/** More than that are a fence, not a mark. */
const mostHairlines = 6;

/** The one plot of a comparison, for the window. */
export function comparisonPlot(
  data: ComparisonData,
  groups: readonly RunGroup<ComparedRun>[],
  looks: readonly Look[],
  view: ComparisonView,
): Plot {
  const { recipe, x, titles, mostNamed } = view;
  const curves = comparisonCurves(data, groups, looks, view);
  const thick = curves.flatMap(({ lines }) => lines.filter(({ isThin }) => !isThin));
  const fit = thick.length <= mostNamed;
  const shape = shapeOf(recipe.metric);
  const lines = curves.flatMap(({ lines: own, isSpread }) =>
    own.map((line): PlotLine => ({
      ...{ name: line.name, colour: line.colour, look: line.look, xs: line.xs, ys: line.ys, band: line.band },
      ...{ shape, isThin: line.isThin, isArea: isSpread },
      isNamed: fit && !line.isThin && line.name.length <= mostNameLetters,
    })),
  );
  const { tick, text } = metricAxes[recipe.metric];
  const y: PlotAxis = { scale: yScale(curves, view), title: titles[recipe.metric], isLabelled: true, tick, text };
  return { x: x.axis, y, lines, hairlines: hairlinesOf(curves, view), marks: [] };
}

function yScale(curves: readonly GroupCurves[], { recipe, x, isWhole }: ComparisonView): Scale {
  const { startsAtZero, most = Infinity } = metricAxes[recipe.metric];
  const lines = curves.flatMap(({ lines: own, group }) => {
    // One that went astray must not press the others flat.
    const isAstray = group.runs.some(({ status }) => status === "diverged");
    return own.map((line) => (isAstray ? { ...line, ys: soundValues(line.ys), band: undefined } : line));
  });
  if (recipe.scale === "log") {
    const extent = extentOf(lines, x.axis.scale, (value) => value > 0 && value < Infinity);
    return extent ? logScale(extent.min, extent.max) : logScale(0.1, 1);
  }
  const { min, max } = extentOf(lines, x.axis.scale) ?? { min: 0, max: 1 };
  const scale = roundScale(isWhole && startsAtZero ? 0 : min, max);
  return linearScale(Math.max(startsAtZero ? 0 : -Infinity, scale.min), Math.min(most, scale.max), 6);
}

/** The values with what is far beyond the others left out. */
function soundValues(ys: ArrayLike<number>): Float64Array {
  const values = Float64Array.from(ys);
  const highest = soundPart(values).at(-1) ?? Infinity;
  return values.map((value) => (value <= highest ? value : NaN));
}

/** Where learning rates change: of one schedule where iterations or epochs are the axis, of one run where time is. */
function hairlinesOf(curves: readonly GroupCurves[], { recipe, x }: ComparisonView): number[] {
  const runs = curves.flatMap(({ group }) => group.runs);
  if (recipe.axis === "time" && runs.length > 1) return [];
  const places = runs.flatMap(({ id, config, iterations }) =>
    rateChanges(config.training.learningRate)
      .filter((at) => at > 0 && at < iterations)
      .map((at) => x.of(id, at)),
  );
  const distinct = [...new Set(places)];
  return distinct.length <= mostHairlines ? distinct : [];
}
