import { z } from "zod";
import { figureFormats, figureNames, figureNeeds, figureStyleNames } from "../../src-shared/figures/figureChoices.ts";
import { figureRecipeSchema } from "../../src-shared/figures/figureRecipe.ts";
import { childFailureSchema } from "../childFailure.ts";

const formats = z.array(z.enum(figureFormats)).readonly();

/** What main asks of the process that draws; one question at a time. */
export const figureQuestionSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("list"), home: z.string(), study: z.string() }),
  z.strictObject({
    type: z.literal("render"),
    home: z.string(),
    recipe: figureRecipeSchema,
    style: z.enum(figureStyleNames),
    format: z.enum(figureFormats),
    dpi: z.number().optional(),
  }),
]);
export type FigureQuestion = z.infer<typeof figureQuestionSchema>;

/** What it says to that. */
export const figureAnswerSchema = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("listed"),
    figures: z.array(
      z.strictObject({
        name: z.enum(figureNames),
        title: z.string().optional(),
        formats,
        hasData: z.boolean(),
        needs: z.enum(figureNeeds),
      }),
    ),
  }),
  z.strictObject({
    type: z.literal("rendered"),
    title: z.string(),
    caption: z.array(z.string()).readonly(),
    formats,
    bytes: z.custom<Uint8Array>((value) => value instanceof Uint8Array),
  }),
  childFailureSchema,
]);
export type FigureAnswer = z.infer<typeof figureAnswerSchema>;
