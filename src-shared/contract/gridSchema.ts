import { z } from "zod";
import type { Grid } from "../grid.ts";
import { recipeNames } from "../recipes.ts";
import { families, shortcuts } from "../runConfig.ts";

/** Runs that one grid may hold: more is a slip of the keyboard. */
const mostRuns = 10_000;

/** A depth's form (6n + 2) and a seed's range are checked with the rest of the configuration (runConfig.ts). */
export const depthsSchema = z.array(z.int()).min(1).max(200).readonly();
export const seedsSchema = z.array(z.int()).min(1).max(1000).readonly();

const cells = {
  recipe: z.enum(recipeNames),
  families: z.array(z.enum(families)).min(1).max(families.length).readonly(),
  depths: depthsSchema,
  shortcuts: z.array(z.enum(shortcuts)).min(1).max(shortcuts.length).readonly().optional(),
  seeds: seedsSchema,
  set: z.array(z.string().max(10_000)).max(200).readonly().optional(),
};

const fewEnough = [
  ({ families, depths, shortcuts = [], seeds }: Omit<Grid, "scale">) =>
    families.length * depths.length * Math.max(1, shortcuts.length) * seeds.length <= mostRuns,
  { error: `a grid of more than ${mostRuns} runs` },
] as const;

/** Families x depths x shortcuts x seeds of a recipe, perhaps shortened (src-shared/grid.ts). */
export const gridSchema = z.strictObject({ ...cells, scale: z.number().gt(0).max(1).optional() }).refine(...fewEnough);

/** A grid whose length is still to be found. */
export const unscaledGridSchema = z.strictObject(cells).refine(...fewEnough);

/** A study's name: what a person calls it; it also names files of exports. */
export const studyNameSchema = z
  .string()
  .max(100)
  .regex(/^[\p{L}\p{N}][\p{L}\p{N} ._+-]*$/u, {
    error: "a study's name begins with a letter or a digit and has letters, digits, spaces, '.', '_', '+' and '-'",
  });
