import { z } from "zod";
import { runIdSchema } from "../contract/runSchema.ts";
import { curveAxes } from "./curveAxis.ts";
import { smoothings } from "./smoothingChoice.ts";

/** What is compared over the course of training. Those of the test set are of evaluations, the others of every iteration. */
export const comparisonMetrics = [
  "trainingLoss",
  "testAccuracy",
  "testError",
  "trainingAccuracy",
  "learningRate",
  "speed",
] as const;
export type ComparisonMetric = (typeof comparisonMetrics)[number];

export const comparisonScales = ["linear", "log"] as const;

/** As many as one reading of series may have (seriesContract.ts). */
export const mostCompared = 64;

const chosenRuns = z.array(runIdSchema).max(mostCompared).readonly();

/** Everything that is seen of a comparison: it is drawn from this and the history again at any time. */
export const comparisonRecipeSchema = z.strictObject({
  kind: z.literal("comparison"),
  /** Whole ids. */
  runs: chosenRuns,
  /** Those of them that are not drawn for now. */
  hidden: chosenRuns,
  metric: z.enum(comparisonMetrics),
  axis: z.enum(curveAxes),
  scale: z.enum(comparisonScales),
  smoothing: z.enum(smoothings),
  /** Seeds of one cell are one line. */
  grouped: z.boolean(),
  /** What differences are to; null: the first that is pinned in the history; "none": nothing, whatever is pinned. */
  baseline: runIdSchema.nullable(),
  /** The two whose predictions are compared; null: as the window sees fit. */
  pair: z.tuple([runIdSchema, runIdSchema]).nullable(),
});
export type ComparisonRecipe = z.infer<typeof comparisonRecipeSchema>;

export const emptyComparison: ComparisonRecipe = {
  ...{ kind: "comparison", runs: [], hidden: [], metric: "trainingLoss", axis: "iteration", scale: "linear" },
  ...{ smoothing: "medium", grouped: true, baseline: null, pair: null },
};

export const noBaseline = "none";

/** The run that differences are to. */
export const baselineOf = (
  { baseline }: Pick<ComparisonRecipe, "baseline">,
  runs: readonly { readonly id: string; readonly pinned: boolean }[],
): string | undefined => (baseline === noBaseline ? undefined : (baseline ?? runs.find(({ pinned }) => pinned)?.id));
