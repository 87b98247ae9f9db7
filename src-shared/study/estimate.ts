/** A mean of measurements with what is known of its error. */
export interface Estimate {
  readonly mean: number;
  /** Of the mean; 0 where there is one value. */
  readonly standardError: number;
  readonly values: number;
}

/** Mean and its standard error (sample deviation / sqrt(n)); undefined for none, or where one is not finite. */
export function estimate(values: ArrayLike<number>): Estimate | undefined {
  const n = values.length;
  if (n === 0) return undefined;
  let sum = 0;
  for (let index = 0; index < n; index++) sum += values[index];
  const mean = sum / n;
  if (!Number.isFinite(mean)) return undefined;
  let squares = 0;
  for (let index = 0; index < n; index++) squares += (values[index] - mean) ** 2;
  return { mean, standardError: n === 1 ? 0 : Math.sqrt(squares / (n - 1) / n), values: n };
}

export type Order = "less" | "tie" | "greater";

const certainErrors = 2;

/** How `a` stands to `b`: a difference below two standard errors of the difference is a tie. */
export function compare(a: Estimate, b: Estimate): Order {
  const difference = a.mean - b.mean;
  const error = Math.hypot(a.standardError, b.standardError);
  if (Math.abs(difference) <= certainErrors * error || difference === 0) return "tie";
  return difference < 0 ? "less" : "greater";
}

/** The share of n trials, each of which counts or does not, with its binomial standard error. */
export const shareEstimate = (share: number, trials: number): Estimate => ({
  mean: share,
  standardError: Math.sqrt((share * (1 - share)) / trials),
  values: trials,
});
