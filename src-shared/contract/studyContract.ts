import { z } from "zod";
import { answers, claimNames, reasons } from "../study/claims.ts";
import { deviationTopics } from "../study/fidelity.ts";
import { openTopics } from "../study/notStated.ts";
import { depthsSchema, gridSchema, seedsSchema, studyNameSchema } from "./gridSchema.ts";
import { procedure } from "./procedure.ts";
import { cellFields, runSchema } from "./runSchema.ts";
import { templateNames } from "./studyTemplates.ts";

/** What became of a cell; a run that was stopped or has diverged counts as failed, one that is paused as queued. */
export const cellStates = ["done", "running", "queued", "failed", "missing"] as const;
export type CellState = (typeof cellStates)[number];

const count = z.int().min(0);

export const studySchema = z.strictObject({
  name: z.string(),
  /** What it was made from. */
  template: z.string().nullable(),
  grid: gridSchema,
  createdMs: z.number(),
  /** Cells by what became of them. */
  cells: z.strictObject({ done: count, running: count, queued: count, failed: count, missing: count }),
});
export type Study = z.infer<typeof studySchema>;

export const studyCellSchema = z.strictObject({ ...cellFields, state: z.enum(cellStates), run: runSchema.nullable() });
export type StudyCell = z.infer<typeof studyCellSchema>;

/** What a study says of a claim of the paper or the course report. */
export const verdictSchema = z.strictObject({
  claim: z.enum(claimNames),
  answer: z.enum(answers),
  /** Why it cannot be said, or what weakens the answer. */
  reason: z.enum(reasons).nullable(),
  /** Seeds in which it holds, of those in which it could be told. */
  holds: count,
  seeds: count,
  /** Of the first of these seeds: "20 < 32 ~ 44 < 56", where "~" is a tie. */
  evidence: z.string(),
});
export type VerdictLine = z.infer<typeof verdictSchema>;

/** A line of a study's fidelity sheet; `fidelityInWords` (src-shared/study) makes a sentence of it. */
export const fidelitySchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("deviation"),
    topic: z.enum(deviationTopics),
    is: z.string(),
    /** What the recipe, or what it is made after, has. */
    reference: z.string(),
    /** It is so in some of the runs only. */
    isPartial: z.boolean(),
  }),
  z.strictObject({
    kind: z.literal("not-stated"),
    topic: z.enum(openTopics),
    is: z.string(),
    /** What is known of it all the same; empty where nothing is. */
    known: z.string(),
  }),
]);

const one = z.strictObject({ study: studyNameSchema });
const shown = z.strictObject({ study: studySchema, cells: z.array(studyCellSchema) });

export const studyContract = {
  /** A grid without runs: `queueMissing` brings them. Throws `study-exists`. */
  create: procedure.input(one.extend({ grid: gridSchema, template: z.enum(templateNames).optional() })).output(shown),
  list: procedure.output(z.array(studySchema)),
  show: procedure.input(one).output(shown),
  /** What its numbers say of the claims, computed. A difference below two standard errors is a tie; one seed is never "yes". */
  verdicts: procedure.input(one).output(z.array(verdictSchema)),
  /** In what it differs from the report or the paper that its recipe is made after, and what those do not state. */
  fidelity: procedure.input(one).output(z.array(fidelitySchema)),
  /** Adds depths and seeds to the grid. */
  extend: procedure.input(one.extend({ depths: depthsSchema.optional(), seeds: seedsSchema.optional() })).output(shown),
  /** Queues the cells that have no run, and links those that another study or queue has trained. */
  queueMissing: procedure
    .input(one.extend({ threads: z.int().min(1).max(4096).optional() }))
    .output(z.strictObject({ runs: z.array(runSchema) })),
};
