import { z } from "zod";
import { comparisonRecipeSchema, mostCompared } from "../figures/comparisonRecipe.ts";
import { runConfigSchema } from "../runConfig.ts";
import { evaluationSchema } from "./evaluationContract.ts";
import { studyNameSchema } from "./gridSchema.ts";
import { procedure } from "./procedure.ts";
import { runIdSchema, runSchema } from "./runSchema.ts";

/** A run with what it is compared by, its series apart. */
export const comparedRunSchema = runSchema.extend({
  config: runConfigSchema,
  /** Of the data set that it was trained on; null before it has started. */
  checksum: z.string().nullable(),
  /** Iterations of one epoch, which need not be a whole number; null where the data set is not here to be asked. */
  epochIterations: z.number().nullable(),
  /** Means of the raw values of the last epoch of what is done; null where there is none, or one is not finite. */
  finalLoss: z.number().nullable(),
  finalTrainingAccuracy: z.number().nullable(),
  evaluations: z.array(evaluationSchema).readonly(),
});
export type ComparedRun = z.infer<typeof comparedRunSchema>;

/** A comparison's name is a figure's, and names files as a study's does. */
export const comparisonNameSchema = studyNameSchema;

export const savedComparisonSchema = z.strictObject({
  name: z.string(),
  recipe: comparisonRecipeSchema,
  createdMs: z.number(),
});
export type SavedComparison = z.infer<typeof savedComparisonSchema>;

const one = z.strictObject({ name: comparisonNameSchema });

export const comparisonContract = {
  /** What runs are compared by, in the order of their ids here; those that are gone are left out. */
  read: procedure
    .input(z.strictObject({ runs: z.array(runIdSchema).max(mostCompared).readonly() }))
    .output(z.array(comparedRunSchema)),
  /** Those that were saved, in the order in which they first were. */
  list: procedure.output(z.array(savedComparisonSchema)),
  /**
   * Saves what is seen of a comparison under a name. Throws `figure-exists` where something is called so; with `replace`
   * only where that is no comparison.
   */
  save: procedure
    .input(one.extend({ recipe: comparisonRecipeSchema, replace: z.boolean().optional() }))
    .output(savedComparisonSchema),
  /** Throws `figure-unknown`, `figure-exists`. */
  rename: procedure.input(one.extend({ to: comparisonNameSchema })).output(savedComparisonSchema),
  /** Its runs stay. Throws `figure-unknown`. */
  remove: procedure.input(one).output(one),
};
