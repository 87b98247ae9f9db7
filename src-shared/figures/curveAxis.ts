import type { Clock } from "./clock.ts";
import type { PlotAxis } from "./plot.ts";
import { linearScale, roundUp, shortNumber } from "./ticks.ts";
import type { IterationRange } from "../series.ts";

export const curveAxes = ["iteration", "epoch", "time"] as const;
export type CurveAxis = (typeof curveAxes)[number];

/** What a person reads along the axis: words before the number, units behind it. */
export interface AxisTexts {
  readonly iteration: string;
  readonly epoch: string;
  readonly seconds: string;
  readonly minutes: string;
  readonly hours: string;
}

/** Iterations as the x-axis counts them, and back. */
export interface CurveX {
  of(iteration: number): number;
  iterationAt(x: number): number;
  readonly axis: PlotAxis;
}

export interface CurveXOptions {
  readonly axis: CurveAxis;
  /** What is shown, in iterations. */
  readonly range: IterationRange;
  /** Iterations of the whole run. */
  readonly iterations: number;
  /** Iterations of one epoch; undefined where the data set is not here to be asked. */
  readonly epochIterations: number | undefined;
  readonly clock: Clock;
  readonly texts: AxisTexts;
}

const secondMs = 1000;
const timeUnits = [
  { text: "hours", ms: 3_600_000 },
  { text: "minutes", ms: 60_000 },
  { text: "seconds", ms: secondMs },
] as const;

/** A unit is taken from so many of it on. */
const leastOfUnit = 2;

/** The unit in which a time is a number of some size. */
export const timeUnitOf = (ms: number): (typeof timeUnits)[number] =>
  timeUnits.find((unit) => ms >= leastOfUnit * unit.ms) ?? timeUnits[2];

export function curveX({ axis, range, iterations, epochIterations, clock, texts }: CurveXOptions): CurveX {
  const of = (perIteration: number): Pick<CurveX, "of" | "iterationAt"> => ({
    of: (iteration) => iteration / perIteration,
    iterationAt: (x) => x * perIteration,
  });
  switch (axis) {
    case "iteration":
      return { ...of(1), axis: counted(texts.iteration, range.from, range.to) };
    case "epoch": {
      const map = of(epochIterations ?? 1);
      return { ...map, axis: counted(texts.epoch, map.of(range.from), map.of(range.to)) };
    }
    case "time": {
      // Of a run under way, the end is not known: a round time, so that the axis stays while the estimate wavers.
      const isDone = clock.iterations >= iterations;
      const wholeMs = clock.iterations > 0 ? (clock.totalMs * iterations) / clock.iterations : secondMs;
      const unit = timeUnitOf(wholeMs);
      const map = {
        of: (iteration: number) => clock.msAt(iteration) / unit.ms,
        iterationAt: (x: number) => clock.iterationAt(x * unit.ms),
      };
      const isWhole = range.from <= 0 && range.to >= iterations;
      const end = isWhole && !isDone ? roundUp(wholeMs / unit.ms / 10) * 10 : map.of(range.to);
      return { ...map, axis: timed(texts[unit.text], map.of(range.from), Math.max(end, 1e-9)) };
    }
  }
}

export const counted = (title: string, min: number, max: number): PlotAxis => ({
  ...{ scale: linearScale(min, max, 8), title, isLabelled: true, tick: shortNumber },
  text: (value) => `${title} ${grouped(value)}`,
});

export const timed = (unit: string, min: number, max: number): PlotAxis => ({
  ...{
    scale: linearScale(min, max, 8),
    title: unit,
    isLabelled: true,
    tick: (value) => `${shortNumber(value)} ${unit}`,
  },
  text: (value) => `${grouped(value)} ${unit}`,
});

/** "12,345"; "3.21" where there are few. */
function grouped(value: number): string {
  if (Math.abs(value) < 100 && !Number.isInteger(value)) return value.toFixed(2);
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ",");
}
