import type { FigureAxis } from "./figure.ts";
import { linearScale, roundScale, shortNumber } from "./ticks.ts";

/** 0 to the last iteration, whatever is done of it. Schedules change at quarters: 16k, 32k, 48k of 64k. */
export function iterationAxis(iterations: number): FigureAxis {
  const even = linearScale(0, Math.max(1, iterations), 5);
  const isQuartered = iterations % 4 === 0 && shortNumber(iterations / 4).length <= mostQuarterLetters;
  const ticks = isQuartered ? [0, 1, 2, 3, 4].map((quarter) => (quarter * iterations) / 4) : even.ticks;
  return { scale: { ...even, ticks }, title: "iteration", isLabelled: true, tick: shortNumber };
}

const mostQuarterLetters = 3;

/** Few digits: 0.5, 20, 1e-5. */
export function shortDecimal(value: number): string {
  if (value === 0) return "0";
  return Math.abs(value) < 1e-3 || Math.abs(value) >= 1e5
    ? value.toExponential(0).replace("e+", "e").replace("-", "−")
    : minus(String(Number(value.toPrecision(6))));
}

/** A minus sign is as wide as a plus. */
export const minus = (text: string): string => text.replace("-", "−");

export const valueAxis = (title: string, min: number, max: number): FigureAxis => ({
  scale: roundScale(min, max),
  title,
  isLabelled: true,
  tick: shortDecimal,
});

export interface Extent {
  readonly min: number;
  readonly max: number;
}

/** Of what is finite; undefined where nothing is. */
export function extentOfAll(columns: Iterable<ArrayLike<number>>): Extent | undefined {
  let [min, max] = [Infinity, -Infinity];
  for (const column of columns) {
    for (let index = 0; index < column.length; index++) {
      if (!Number.isFinite(column[index])) continue;
      min = Math.min(min, column[index]);
      max = Math.max(max, column[index]);
    }
  }
  return min <= max ? { min, max } : undefined;
}

/** One depth a tick, on a true scale, with some room on both sides. */
export function depthAxis(depths: readonly number[]): FigureAxis {
  const [from, to] = [depths[0], depths.at(-1)!];
  const room = Math.max(4, (to - from) * 0.08);
  return {
    scale: { kind: "linear", min: from - room, max: to + room, ticks: depths },
    title: "depth (layers)",
    isLabelled: true,
    tick: String,
  };
}
