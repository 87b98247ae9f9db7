import { z } from "zod";
import { studyNameSchema } from "../contract/gridSchema.ts";
import { comparisonRecipeSchema } from "./comparisonRecipe.ts";
import { figureNames, runFigureNames, type FigureFormat } from "./figureChoices.ts";

/** What a figure is drawn from the history by, at any time: the same recipe shows what there is by then. */
export const figureRecipeSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("study"), study: studyNameSchema, figure: z.enum(figureNames) }),
  z.strictObject({
    kind: z.literal("run"),
    run: z.string().min(1).max(200),
    figure: z.enum(runFigureNames),
    /** Of a confusion matrix: at which evaluation; the last one where none is named. */
    iteration: z.int().min(0).optional(),
  }),
  comparisonRecipeSchema,
]);
export type FigureRecipe = z.infer<typeof figureRecipeSchema>;
export type RecipeOf<Kind extends FigureRecipe["kind"]> = Extract<FigureRecipe, { readonly kind: Kind }>;

/** Of a file, without its ending: "error", "residual-20-s1-1f3a9c-confusion-2000". */
export function figureBase(recipe: FigureRecipe): string {
  switch (recipe.kind) {
    case "study":
      return recipe.figure;
    case "run":
      return [recipe.run, recipe.figure, ...(recipe.iteration === undefined ? [] : [recipe.iteration])].join("-");
    case "comparison":
      return `comparison-${recipe.metric}`;
  }
}

/** "svg", "pgfplots.tex" */
export const endingOf = (format: FigureFormat): string => (format === "pgfplots" ? "pgfplots.tex" : format);

/** A file name: "error.svg", "error.pgfplots.tex". */
export const figureFile = (recipe: FigureRecipe, format: FigureFormat): string =>
  `${figureBase(recipe)}.${endingOf(format)}`;
