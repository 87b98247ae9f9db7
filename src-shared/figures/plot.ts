import { shareOf, type Scale } from "./ticks.ts";

/**
 * A plot as data: what is drawn, in which colours, between which ends. Charts of the window and exported figures are made
 * from it (plotOption.ts), and so are the read-out under the cursor and the table for those who do not see it.
 */
export interface Plot {
  readonly x: PlotAxis;
  readonly y: PlotAxis;
  readonly lines: readonly PlotLine[];
  /** Vertical lines where something changed, e.g. the learning rate. */
  readonly hairlines: readonly number[];
  readonly marks: readonly PlotMark[];
}

export interface PlotAxis {
  readonly scale: Scale;
  /** What it shows, with its unit: above the y-axis, behind the x-axis. */
  readonly title: string;
  readonly isLabelled: boolean;
  readonly tick: (value: number) => string;
  /** A value in full, with its unit where it needs one. */
  readonly text: (value: number) => string;
}

/** Columns of equal length, ascending in x; y is NaN where the line breaks. */
export interface PlotLine {
  readonly name: string;
  readonly colour: string;
  readonly look: "solid" | "dashed";
  readonly xs: ArrayLike<number>;
  readonly ys: ArrayLike<number>;
  /** The raw values that each point stands for, as a band behind the line. */
  readonly band?: { readonly low: ArrayLike<number>; readonly high: ArrayLike<number> } | undefined;
  /** "points": each value is one that was measured. "steps": a value holds until the next. */
  readonly shape: "line" | "points" | "steps";
  /** Named at its end rather than in a legend. */
  readonly isNamed: boolean;
  /** One of several behind their mean: thin, and without a word under the cursor. */
  readonly isThin?: boolean;
  /** The band is an area about the line (a spread), not what lies behind each point. */
  readonly isArea?: boolean;
}

/** Something that no axis can show. */
export interface PlotMark {
  readonly x: number;
  readonly text: string;
}

/** Where the line ends, or leaves the plot on its right; undefined where none of it is within the x-axis. */
export function endOf(
  { xs, ys }: PlotLine,
  { min, max }: Scale,
): { readonly x: number; readonly y: number } | undefined {
  for (let index = xs.length - 1; index >= 0; index--) {
    const [x, y] = [xs[index], ys[index]];
    if (x > max || !Number.isFinite(y)) continue;
    const [nextX, nextY] = [xs[index + 1], ys[index + 1]];
    if (Number.isFinite(nextY)) return { x: max, y: y + ((max - x) / (nextX - x)) * (nextY - y) };
    return x >= min ? { x, y } : undefined;
  }
  return undefined;
}

/** The first point from `x` on; behind the last where there is none. */
function firstFrom(xs: ArrayLike<number>, x: number): number {
  let [low, high] = [0, xs.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (xs[middle] < x) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The part of a line between the axis's ends, and a point more on both sides, so that it leaves the plot. */
export function within(line: PlotLine, { min, max }: Scale): PlotLine {
  const { xs, ys, band } = line;
  const from = Math.max(0, firstFrom(xs, min) - 1);
  const to = Math.min(xs.length, firstFrom(xs, max) + 2);
  if (from === 0 && to === xs.length) return line;
  const part = (column: ArrayLike<number>): ArrayLike<number> =>
    ArrayBuffer.isView(column)
      ? (column as Float64Array).subarray(from, to)
      : (Array.prototype.slice.call(column, from, to) as number[]);
  return { ...line, xs: part(xs), ys: part(ys), band: band && { low: part(band.low), high: part(band.high) } };
}

/** The point that is nearest to `x`. @param xs at least one */
export function nearest(xs: ArrayLike<number>, x: number): number {
  const next = Math.min(firstFrom(xs, x), xs.length - 1);
  return next > 0 && x - xs[next - 1] <= xs[next] - x ? next - 1 : next;
}

/** The point whose value holds at `x`. */
function holding(xs: ArrayLike<number>, x: number): number {
  const next = firstFrom(xs, x);
  return next < xs.length && xs[next] === x ? next : Math.max(0, next - 1);
}

/** How far from a point it still speaks: as far as its neighbours are away. */
function roomAround(xs: ArrayLike<number>, index: number): number {
  const before = index > 0 ? xs[index] - xs[index - 1] : 0;
  const after = index < xs.length - 1 ? xs[index + 1] - xs[index] : 0;
  return Math.max(before, after) || Infinity;
}

export interface ReadOut {
  readonly name: string;
  readonly colour: string;
  readonly look: PlotLine["look"];
  readonly text: string;
  /** The raw values there; absent where they are one. */
  readonly range: string | undefined;
  /** Where the point stands, as shares of both axes. */
  readonly at: { readonly x: number; readonly y: number };
}

/** What each line says at `x`; a line that ends before it, or breaks there, says nothing. */
export function readOut({ x: xAxis, y: yAxis, lines }: Plot, x: number): ReadOut[] {
  return lines.flatMap((line): ReadOut[] => {
    const { xs, ys, band } = line;
    if (xs.length === 0 || line.isThin) return [];
    const index = line.shape === "steps" ? holding(xs, x) : nearest(xs, x);
    const isSaid = line.shape === "steps" ? x <= xs[xs.length - 1] : Math.abs(xs[index] - x) <= roomAround(xs, index);
    if (!isSaid || !Number.isFinite(ys[index])) return [];
    const [low, high] = band ? [band.low[index], band.high[index]] : [0, 0];
    return [
      {
        name: line.name,
        colour: line.colour,
        look: line.look,
        text: yAxis.text(ys[index]),
        range: low < high ? `${yAxis.text(low)} – ${yAxis.text(high)}` : undefined,
        at: {
          x: shareOf(xAxis.scale, line.shape === "steps" ? x : xs[index]),
          y: shareOf(yAxis.scale, ys[index]),
        },
      },
    ];
  });
}

/** A line in four numbers, as texts. */
export interface LineSummary {
  readonly name: string;
  readonly first: string;
  readonly lowest: string;
  readonly highest: string;
  readonly last: string;
}

/** What the plot shows between its ends, for those who do not see it. */
export function summaries({ x, y, lines }: Plot): LineSummary[] {
  return lines.flatMap(({ name, xs, ys }): LineSummary[] => {
    const shown = Array.from({ length: xs.length }, (_, index) => index).filter(
      (index) => Number.isFinite(ys[index]) && xs[index] >= x.scale.min && xs[index] <= x.scale.max,
    );
    if (shown.length === 0) return [];
    const text = (index: number): string => `${y.text(ys[index])} (${x.text(xs[index])})`;
    const best = (isBetter: (a: number, b: number) => boolean): number =>
      shown.reduce((chosen, index) => (isBetter(ys[index], ys[chosen]) ? index : chosen));
    return [
      {
        name,
        first: text(shown[0]),
        lowest: text(best((a, b) => a < b)),
        highest: text(best((a, b) => a > b)),
        last: text(shown.at(-1)!),
      },
    ];
  });
}

/** Of all lines and their bands between the ends of the x-axis; undefined where nothing is there. */
export function extentOf(
  lines: readonly Pick<PlotLine, "xs" | "ys" | "band">[],
  x: { readonly min: number; readonly max: number },
  isShown: (value: number) => boolean = Number.isFinite,
): { readonly min: number; readonly max: number } | undefined {
  let [min, max] = [Infinity, -Infinity];
  for (const { xs, ys, band } of lines) {
    for (const values of band ? [ys, band.low, band.high] : [ys]) {
      for (let index = 0; index < xs.length; index++) {
        if (xs[index] < x.min || xs[index] > x.max || !isShown(values[index])) continue;
        if (values[index] < min) min = values[index];
        if (values[index] > max) max = values[index];
      }
    }
  }
  return min <= max ? { min, max } : undefined;
}
