import { z } from "zod";
import {
  figureFormats,
  figureNames,
  figureNeeds,
  figureStyleNames,
  leastDpi,
  mostDpi,
  type FigureFormat,
  type FigureStyleName,
} from "../figures/figureChoices.ts";
import { figureFile, figureRecipeSchema, type FigureRecipe } from "../figures/figureRecipe.ts";
import { studyNameSchema } from "./gridSchema.ts";
import { packedBlob } from "./packedBlob.ts";
import { procedure } from "./procedure.ts";

const title = z.string();
const formats = z.array(z.enum(figureFormats)).readonly();
const style = z.enum(figureStyleNames);

/** A figure of a study, and whether there is anything to draw it from yet. */
export const studyFigureSchema = z.strictObject({
  name: z.enum(figureNames),
  /** Null where there is nothing to draw. */
  title: title.nullable(),
  formats,
  /** What is lacking; null where it can be drawn. */
  lacks: z.enum(figureNeeds).nullable(),
});
export type StudyFigureLine = z.infer<typeof studyFigureSchema>;

/** A figure as a file in SVG has it, which brings its fonts: what is seen is what is exported. */
export const figureDrawingSchema = z.strictObject({
  title,
  caption: z.array(z.string()).readonly(),
  formats,
  svg: z.string(),
});
export type FigureDrawing = z.infer<typeof figureDrawingSchema>;

/** Dots an inch of a PNG. */
export const dpiSchema = z.int().min(leastDpi).max(mostDpi);

/** What a person calls a saved figure. */
export const figureNameSchema = z.string().trim().min(1).max(100);

export const savedFigureSchema = z.strictObject({
  name: z.string(),
  /** Null where another version of the program saved it, which this one cannot read. */
  recipe: figureRecipeSchema.nullable(),
  createdMs: z.number(),
});
export type SavedFigure = z.infer<typeof savedFigureSchema>;

/** Where a browser has a figure's file from. */
export function figureAddress(
  recipe: FigureRecipe,
  { style, format, dpi }: { readonly style: FigureStyleName; readonly format: FigureFormat; readonly dpi?: number },
): string {
  const query = new URLSearchParams({ recipe: JSON.stringify(recipe), style, format });
  if (dpi !== undefined) query.set("dpi", String(dpi));
  return `/figures/${encodeURIComponent(figureFile(recipe, format))}?${query.toString()}`;
}

const named = z.strictObject({ name: figureNameSchema });

export const figureContract = {
  /** Every figure of a study, in the order in which a reader needs them. */
  list: procedure.input(z.strictObject({ study: studyNameSchema })).output(z.array(studyFigureSchema)),
  /** A figure to be looked at. Throws `figure-empty` where there is nothing to draw it from yet. */
  draw: procedure.input(z.strictObject({ recipe: figureRecipeSchema, style })).output(figureDrawingSchema),
  /**
   * The same as a file: its bytes, and nothing else. Throws `figure-empty`; `usage` where it has no such format. A browser may
   * have it from `figureAddress` too.
   */
  render: procedure
    .input(
      z.strictObject({ recipe: figureRecipeSchema, style, format: z.enum(figureFormats), dpi: dpiSchema.optional() }),
    )
    .output(packedBlob("the file")),
  /**
   * Every figure of a study that there is data for, in every format that it has, as one .tar.gz: what `rwb export --all`
   * writes. Throws `figure-empty` where there is none.
   */
  archive: procedure.input(z.strictObject({ study: studyNameSchema, style })).output(packedBlob("a .tar.gz")),
  /** Keeps a recipe under a name; one of the same name is replaced. */
  save: procedure.input(named.extend({ recipe: figureRecipeSchema })).output(savedFigureSchema),
  saved: procedure.output(z.array(savedFigureSchema)),
  /** Throws `figure-unknown`. */
  remove: procedure.input(named).output(named),
};
