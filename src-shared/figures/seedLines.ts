import type { FigureLine } from "./figure.ts";

/** A curve of one seed; all of a group have the same xs. */
export interface SeedCurve {
  readonly xs: ArrayLike<number>;
  readonly ys: Float64Array;
  /** The raw values that it was smoothed from. */
  readonly band?: { readonly low: ArrayLike<number>; readonly high: ArrayLike<number> } | undefined;
  /** Trained to its end: what is not says nothing of a mean. */
  readonly isWhole: boolean;
}

type Appearance = Pick<FigureLine, "name" | "colour" | "look" | "marker" | "marked">;

/** So many seeds are drawn one by one, beside their mean; of more, the mean with a band. */
export const mostSingleSeeds = 5;

/** One seed: its curve. A few: thin curves and their mean. Many: the mean and one sample standard deviation about it. */
export function seedLines(curves: readonly SeedCurve[], appearance: Appearance): FigureLine[] {
  const whole = curves.filter(({ isWhole }) => isWhole);
  const parts = curves.filter(({ isWhole }) => !isWhole);
  const thin = (curve: SeedCurve): FigureLine => ({
    ...appearance,
    ...curve,
    band: undefined,
    isThin: true,
    marked: "none",
  });
  if (whole.length === 0 && parts.length === 1) return [{ ...appearance, ...parts[0], isThin: false }];
  if (whole.length === 0) return parts.map(thin);
  if (whole.length === 1) return [...parts.map(thin), { ...appearance, ...whole[0], isThin: false }];
  const { mean, deviation } = momentsOf(whole.map(({ ys }) => ys));
  const isFew = whole.length <= mostSingleSeeds;
  const band = { low: mean.map((y, i) => y - deviation[i]), high: mean.map((y, i) => y + deviation[i]) };
  const line = { ...appearance, xs: whole[0].xs, ys: mean, band: isFew ? undefined : band, isThin: false };
  return [...parts.map(thin), ...(isFew ? whole.map(thin) : []), line];
}

/** Mean and sample standard deviation, point by point; NaN where one has no value. */
function momentsOf(columns: readonly Float64Array[]): { mean: Float64Array; deviation: Float64Array } {
  const n = columns.length;
  const mean = columns[0].map((_, index) => columns.reduce((sum, ys) => sum + ys[index], 0) / n);
  const deviation = mean.map((middle, index) =>
    Math.sqrt(columns.reduce((sum, ys) => sum + (ys[index] - middle) ** 2, 0) / (n - 1)),
  );
  return { mean, deviation };
}

/** Mean and sample standard deviation; undefined for none, no deviation for one. */
export function spreadOf(
  values: readonly number[],
): { readonly n: number; readonly mean: number; readonly std: number | undefined } | undefined {
  const n = values.length;
  if (n === 0) return undefined;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { n, mean, std: n === 1 ? undefined : Math.sqrt(squares / (n - 1)) };
}
