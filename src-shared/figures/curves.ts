import type { EvaluationLine } from "../contract/index.ts";
import { fromWireNumber } from "../runEvent.ts";
import type { LearningRateSchedule, Family } from "../runConfig.ts";
import type { Buckets, SeriesName } from "../series.ts";
import { smooth } from "../smoothing.ts";
import type { CurveX } from "./curveAxis.ts";
import { depthColour, type Palette } from "./palette.ts";
import { extentOf, type Plot, type PlotAxis, type PlotLine, type PlotMark } from "./plot.ts";
import { linearScale, logScale, roundScale, type Scale } from "./ticks.ts";

/** What the curves of one run are drawn from. */
export interface CurveData {
  readonly run: { readonly family: Family; readonly depth: number };
  readonly batchSize: number;
  readonly schedule: LearningRateSchedule;
  /** Of the range that is shown, and a little beyond it on both sides. */
  readonly series: Readonly<Record<SeriesName, Buckets>>;
  readonly evaluations: readonly EvaluationLine[];
}

export interface CurveTexts {
  readonly loss: string;
  readonly accuracy: string;
  /** Of the line: the axis needs none. */
  readonly learningRate: string;
  readonly speed: string;
  readonly training: string;
  readonly test: string;
  readonly validation: string;
  /** Of what no axis can show. */
  readonly notFinite: string;
}

export interface CurveView {
  readonly x: CurveX;
  readonly lossScale: Scale["kind"];
  readonly smoothingIterations: number;
  readonly palette: Palette;
  readonly texts: CurveTexts;
  /** The whole run is shown: axes then begin at 0. */
  readonly isWhole: boolean;
}

export const curveNames = ["loss", "accuracy", "learningRate", "speed"] as const;
export type CurveName = (typeof curveNames)[number];

/** Iterations at which the learning rate jumps. */
export const rateChanges = (schedule: LearningRateSchedule): number[] => [
  ...(schedule.warmup ? [schedule.warmup.iterations] : []),
  ...(schedule.kind === "steps" ? schedule.dropAtIterations : []),
];

/** The curves of one run, which share their x-axis. */
export function curvePlots(data: CurveData, view: CurveView): Record<CurveName, Plot> {
  const { x, texts } = view;
  const hairlines = rateChanges(data.schedule).map((iteration) => x.of(iteration));
  const plot = (lines: readonly PlotLine[], y: PlotAxis, marks: readonly PlotMark[] = []): Plot => ({
    ...{ x: x.axis, y, lines, hairlines, marks },
  });
  const loss = [trained(data, view, "loss"), ...evaluated(data, view, "Loss")];
  const accuracy = [trained(data, view, "accuracy"), ...evaluated(data, view, "Accuracy")];
  const rate = rateLine(data, view);
  const speed = speedLine(data, view);
  const marks = notFinite(data.series.loss).map((iteration) => ({ x: x.of(iteration), text: texts.notFinite }));
  return {
    loss: plot(loss, valueAxis(texts.loss, lossScale(loss, view), lossTick, lossText), marks),
    accuracy: plot(accuracy, valueAxis(texts.accuracy, accuracyScale(accuracy, view), percentTick, percentText)),
    learningRate: plot([rate], valueAxis("", rateScale(rate, view), rateText)),
    speed: plot([speed], valueAxis(texts.speed, speedScale(speed, view), speedText)),
  };
}

const colourOf = ({ run }: CurveData, { palette }: CurveView): string => depthColour(palette, run.depth);
const lookOf = ({ run }: CurveData): PlotLine["look"] => (run.family === "plain" ? "dashed" : "solid");

/** Raw band and smoothed line of what was measured on every batch. */
function trained(data: CurveData, view: CurveView, name: "loss" | "accuracy"): PlotLine {
  const { starts, counts, minimum, maximum, mean } = withHoles(data.series[name]);
  const middles = Float64Array.from(starts, (start, index) => start + (counts[index] - 1) / 2);
  const ys = smooth(
    { iterations: starts, values: mean, weights: counts },
    { widthIterations: view.smoothingIterations, breaks: rateChanges(data.schedule) },
  );
  return {
    ...{ name: view.texts.training, colour: colourOf(data, view), look: lookOf(data), shape: "line", isNamed: true },
    xs: middles.map((middle) => view.x.of(middle)),
    ...{ ys, band: { low: minimum, high: maximum } },
  };
}

/** One point an evaluation. */
function evaluated({ evaluations, ...data }: CurveData, view: CurveView, of: "Loss" | "Accuracy"): PlotLine[] {
  const line = (name: string, colour: string, key: keyof EvaluationLine): PlotLine[] => {
    const known = evaluations.filter((evaluation) => evaluation[key] !== null);
    if (known.length === 0) return [];
    return [
      {
        ...{ name, colour, shape: "points", isNamed: true, look: lookOf({ evaluations, ...data }) },
        xs: known.map(({ iteration }) => view.x.of(iteration)),
        ys: known.map((evaluation) => fromWireNumber(evaluation[key] as number)),
      },
    ];
  };
  return [
    ...line(view.texts.test, view.palette.ink, `test${of}`),
    ...line(view.texts.validation, view.palette.accent, `validation${of}`),
  ];
}

function rateLine(data: CurveData, view: CurveView): PlotLine {
  const { iterations, values } = ratePath(data.series.learningRate);
  const { learningRate: name } = view.texts;
  return {
    ...{ name, colour: view.palette.inkSoft, look: "solid", shape: "steps", isNamed: false },
    ...{ xs: iterations.map((at) => view.x.of(at)), ys: values },
  };
}

/** The learning rate as it was, to the iteration: where it begins, where it changes, where it ends. */
export function ratePath({ starts, counts, minimum, minimumAt, maximum, maximumAt }: Buckets): {
  readonly iterations: number[];
  readonly values: number[];
} {
  const [iterations, values]: number[][] = [[], []];
  for (let index = 0; index < starts.length; index++) {
    const ends = [
      [minimumAt[index], minimum[index]],
      [maximumAt[index], maximum[index]],
    ].sort(([a], [b]) => a - b);
    for (const [at, value] of ends[0][0] === ends[1][0] ? [ends[0]] : ends) {
      if (value === values.at(-1)) continue;
      iterations.push(at);
      values.push(value);
    }
  }
  const last = starts.length - 1;
  if (last >= 0) {
    iterations.push(starts[last] + counts[last] - 1);
    values.push(values.at(-1)!);
  }
  return { iterations, values };
}

const secondMs = 1000;

/** Out of the mean time of a step, which is of each line of the log already: not smoothed again. */
function speedLine(data: CurveData, view: CurveView): PlotLine {
  const { starts, counts, minimum, maximum, mean } = withHoles(data.series.stepMs);
  const speeds = (stepMs: Float32Array): Float64Array => speedsOf(stepMs, data.batchSize);
  return {
    ...{ name: view.texts.speed, colour: view.palette.inkSoft, look: "solid", shape: "line", isNamed: false },
    xs: Float64Array.from(starts, (start, index) => view.x.of(start + (counts[index] - 1) / 2)),
    ...{ ys: speeds(mean), band: { low: speeds(maximum), high: speeds(minimum) } },
  };
}

/** Images a second, out of the milliseconds of a step. */
export const speedsOf = (stepMs: Float32Array, batchSize: number): Float64Array =>
  Float64Array.from(stepMs, (ms) => (ms > 0 ? (batchSize * secondMs) / ms : NaN));

/** A point without a value in each hole of the buckets, so that no line is drawn over what is not known. */
export function withHoles(buckets: Buckets): Buckets {
  const { starts, counts } = buckets;
  const holes: number[] = [];
  for (let index = 1; index < starts.length; index++) {
    if (starts[index] > starts[index - 1] + counts[index - 1]) holes.push(index);
  }
  if (holes.length === 0) return buckets;
  const filled = <Column extends Float32Array | Int32Array | Uint8Array>(
    column: Column,
    hole: (index: number) => number,
  ): Column => {
    const copy = new (column.constructor as new (length: number) => Column)(column.length + holes.length);
    for (let index = 0, next = 0; index < column.length; index++) {
      if (holes[next] === index) copy[index + next++] = hole(index);
      copy[index + next] = column[index];
    }
    return copy;
  };
  const none = () => NaN;
  const zero = () => 0;
  return {
    starts: filled(starts, (index) => starts[index - 1] + counts[index - 1]),
    counts: filled(counts, zero),
    minimum: filled(buckets.minimum, none),
    minimumAt: filled(buckets.minimumAt, zero),
    maximum: filled(buckets.maximum, none),
    maximumAt: filled(buckets.maximumAt, zero),
    mean: filled(buckets.mean, none),
    nonFinite: filled(buckets.nonFinite, zero),
  };
}

/** Where each stretch of buckets begins that hold what is not finite. */
const notFinite = ({ starts, nonFinite }: Buckets): number[] =>
  [...starts].filter((_, index) => nonFinite[index] !== 0 && !(index > 0 && nonFinite[index - 1] !== 0));

type Words = (value: number) => string;
const valueAxis = (title: string, scale: Scale, tick: Words, text: Words = tick): PlotAxis => ({
  ...{ scale, title, isLabelled: true, tick, text },
});

const nothing = { min: 0, max: 1 };

function lossScale(lines: readonly PlotLine[], { x, lossScale: kind, isWhole }: CurveView): Scale {
  if (kind === "log") {
    const extent = extentOf(lines, x.axis.scale, (value) => value > 0 && value < Infinity);
    return extent ? logScale(extent.min, extent.max) : logScale(0.1, 1);
  }
  const { min, max } = extentOf(lines, x.axis.scale) ?? nothing;
  return roundScale(isWhole ? 0 : min, max);
}

function accuracyScale(lines: readonly PlotLine[], { x, isWhole }: CurveView): Scale {
  const { min, max } = extentOf(lines, x.axis.scale) ?? nothing;
  if (isWhole) return linearScale(0, 1, 5);
  const scale = roundScale(min, max);
  return linearScale(Math.max(0, scale.min), Math.min(1, scale.max), 5);
}

/** Powers of ten, where it falls by such: 0.1, 0.01, 0.001. */
function rateScale(line: PlotLine, { x }: CurveView): Scale {
  const { min, max } = extentOf([line], x.axis.scale) ?? nothing;
  const fallsFar = 5;
  if (min > 0 && max / min >= fallsFar) {
    // Rates are float32: 0.1 is a little more than that.
    const decade = (value: number, round: (power: number) => number): number =>
      10 ** round(Math.log10(Number(value.toPrecision(6))));
    const [from, to] = [decade(min, Math.floor), decade(max, Math.ceil)];
    const ticks = Array.from({ length: Math.round(Math.log10(to / from)) + 1 }, (_, power) => from * 10 ** power);
    // Room, so that the line does not lie on the frame.
    return { kind: "log", min: from / 2, max: to * 2, ticks };
  }
  return roundScale(0, max, 3);
}

const speedScale = (line: PlotLine, { x }: CurveView): Scale =>
  roundScale(0, extentOf([line], x.axis.scale)?.max ?? 1, 3);

export function lossTick(value: number): string {
  if (value === 0) return "0";
  if (Math.abs(value) < 1e-3 || value >= 1e4) return value.toExponential(1).replace("e+", "e");
  return String(Number(value.toPrecision(3)));
}
/** Of steady width, so that nothing moves while a cursor does. */
export const lossText = (value: number): string =>
  value !== 0 && (Math.abs(value) < 1e-3 || value >= 1e4)
    ? value.toExponential(2).replace("e+", "e")
    : value.toFixed(3);
export const percentTick = (value: number): string => `${Number((100 * value).toFixed(1))} %`;
export const percentText = (value: number): string => `${(100 * value).toFixed(1)} %`;
export const rateText = (value: number): string => String(Number(value.toPrecision(3)));
export const speedText = (value: number): string => String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ",");
