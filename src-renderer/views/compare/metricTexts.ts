import type { ComparisonMetric } from "../../../src-shared/figures/comparisonRecipe.ts";
import type { MetricTitles } from "../../../src-shared/figures/comparisonPlot.ts";
import type { Spread } from "../../../src-shared/figures/comparisonTable.ts";
import { m } from "../../paraglide/messages.js";
import { loss, percent, speed } from "../../state/format.ts";

export const metricNames: Readonly<Record<ComparisonMetric, () => string>> = {
  trainingLoss: m.compare_metric_trainingLoss,
  testAccuracy: m.compare_metric_testAccuracy,
  testError: m.compare_metric_testError,
  trainingAccuracy: m.compare_metric_trainingAccuracy,
  learningRate: m.compare_metric_learningRate,
  speed: m.compare_metric_speed,
};

export const metricTitles = (): MetricTitles => ({
  trainingLoss: m.compare_unit_trainingLoss(),
  testAccuracy: m.compare_unit_testAccuracy(),
  testError: m.compare_unit_testError(),
  trainingAccuracy: m.compare_unit_trainingAccuracy(),
  learningRate: m.compare_unit_learningRate(),
  speed: m.compare_unit_speed(),
});

/** How "final" came about, which differs from metric to metric. */
export const finalNotes: Readonly<Record<ComparisonMetric, () => string>> = {
  trainingLoss: m.compare_numbers_of_training,
  testAccuracy: m.compare_numbers_of_test,
  testError: m.compare_numbers_of_test,
  trainingAccuracy: m.compare_numbers_of_training,
  learningRate: m.compare_numbers_of_rate,
  speed: m.compare_numbers_of_rate,
};

const shareDigits = 2;
const isShare = (metric: ComparisonMetric): boolean =>
  metric === "testAccuracy" || metric === "testError" || metric === "trainingAccuracy";

/** A value with its unit where it needs one. */
export function metricText(metric: ComparisonMetric, value: number): string {
  if (isShare(metric)) return percent(value, shareDigits);
  if (metric === "speed") return speed(value);
  return metric === "learningRate" ? String(Number(value.toPrecision(3))) : loss(value);
}

/** "91.20 ± 0.18 %" */
export function spreadText(metric: ComparisonMetric, spread: Spread | undefined): string {
  if (spread === undefined) return "–";
  if (spread.std === undefined) return metricText(metric, spread.mean);
  const mean = metricText(metric, spread.mean);
  const unit = isShare(metric) ? " %" : "";
  return `${mean.slice(0, mean.length - unit.length)} ± ${metricText(metric, spread.std)}`;
}

/** "+0.80 pp", "−0.012" */
export function deltaText(metric: ComparisonMetric, delta: number | undefined): string {
  if (delta === undefined) return "";
  const size = metricText(metric, Math.abs(delta)).replace(" %", ` ${m.compare_numbers_points()}`);
  return `${delta < 0 ? "−" : "+"}${size}`;
}
