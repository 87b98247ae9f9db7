import type { ComparedRun } from "../contract/comparisonContract.ts";
import type { RunGroup } from "../compare/runGroups.ts";
import { fromWireNumber } from "../runEvent.ts";
import { isWhole, testValue, type ComparisonData } from "./comparisonData.ts";
import type { ComparisonMetric } from "./comparisonRecipe.ts";
import { spreadOf } from "./seedLines.ts";

/** Mean over seeds, and their sample standard deviation where there are several. */
export type Spread = NonNullable<ReturnType<typeof spreadOf>>;

/** What is known of one run in a metric; undefined what is not, or is no finite number. */
export interface RunNumbers {
  readonly final: number | undefined;
  /** On the test set, chosen by it: no measure of what the network would do on other images. */
  readonly best: number | undefined;
  readonly min: number | undefined;
  readonly max: number | undefined;
}

export interface ComparisonRow {
  readonly group: RunGroup<ComparedRun>;
  /** Runs that the numbers are of: those that are done, where any is. */
  readonly counted: readonly ComparedRun[];
  readonly final: Spread | undefined;
  readonly best: Spread | undefined;
  readonly min: Spread | undefined;
  readonly max: Spread | undefined;
  readonly isBaseline: boolean;
  /** Of the final values, to the baseline's. */
  readonly delta: number | undefined;
}

/** @param baseline a run's id; the group that has it is the baseline */
export function comparisonRows(
  data: ComparisonData,
  groups: readonly RunGroup<ComparedRun>[],
  metric: ComparisonMetric,
  baseline: string | undefined,
): ComparisonRow[] {
  const rows = groups.map((group) => {
    const done = group.runs.filter(isWhole);
    const counted = done.length > 0 ? done : group.runs;
    const numbers = counted.map((run) => runNumbers(data, run, metric));
    const spread = (key: keyof RunNumbers) =>
      spreadOf(numbers.flatMap(({ [key]: value }) => (value === undefined ? [] : [value])));
    return {
      ...{ group, counted, final: spread("final"), best: spread("best"), min: spread("min"), max: spread("max") },
      isBaseline: group.runs.some(({ id }) => id === baseline),
    };
  });
  const base = rows.find(({ isBaseline }) => isBaseline)?.final?.mean;
  return rows.map((row) => ({
    ...row,
    delta: base === undefined || row.final === undefined || row.isBaseline ? undefined : row.final.mean - base,
  }));
}

const finite = (value: number | null | undefined): number | undefined =>
  value === null || value === undefined || !Number.isFinite(value) ? undefined : value;

export function runNumbers({ series }: ComparisonData, run: ComparedRun, metric: ComparisonMetric): RunNumbers {
  const whole = series.get(run.id)?.whole;
  switch (metric) {
    case "testAccuracy":
    case "testError": {
      const values = run.evaluations.map(({ testAccuracy }) => testValue(metric, testAccuracy));
      if (values.length === 0) return { final: undefined, best: undefined, min: undefined, max: undefined };
      const [min, max] = [Math.min(...values), Math.max(...values)];
      return { final: values.at(-1), best: metric === "testAccuracy" ? max : min, min, max };
    }
    case "trainingLoss":
      return { ...extremes(whole), final: finite(run.finalLoss), best: undefined };
    case "trainingAccuracy":
      return { ...extremes(whole), final: finite(run.finalTrainingAccuracy), best: undefined };
    case "learningRate":
      return { ...extremes(whole), final: finite(whole?.last), best: undefined };
    case "speed": {
      const { min, max } = extremes(whole);
      const speed = (stepMs: number | undefined) =>
        stepMs === undefined || stepMs <= 0 ? undefined : (1000 * run.config.training.batchSize) / stepMs;
      const last = run.imagesPerSecond === null ? undefined : finite(fromWireNumber(run.imagesPerSecond));
      return { final: last, best: undefined, min: speed(max), max: speed(min) };
    }
  }
}

const extremes = (
  whole: { readonly minimum: number | null; readonly maximum: number | null } | undefined,
): Pick<RunNumbers, "min" | "max"> => ({ min: finite(whole?.minimum), max: finite(whole?.maximum) });
