import { z } from "zod";
import { reportNameSchema, reportSummarySchema } from "../../src-shared/contract/index.ts";
import { childFailureSchema } from "../childFailure.ts";

const timeMs = z.number();

/** What a report is to be written of. */
export const reportRequestSchema = z.strictObject({
  home: z.string(),
  /** A study with all its cells, or the runs that have ended in the session and belong to none. */
  subject: z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("study"), study: z.string() }),
    z.strictObject({ kind: z.literal("runs"), runs: z.array(z.string()) }),
  ]),
  session: z
    .strictObject({
      ...{ startedMs: timeMs, endedMs: timeMs },
      plannedMs: z.number().optional(),
      plannedRuns: z.int(),
    })
    .optional(),
  /** What runs were first expected to take, by id, in milliseconds. */
  estimates: z.record(z.string(), z.number()),
  writtenMs: timeMs,
});
export type ReportRequest = z.infer<typeof reportRequestSchema>;

/** The same for a process of its own, which writes the files. */
export const reportTaskSchema = z.strictObject({
  request: reportRequestSchema,
  folder: z.string(),
  name: reportNameSchema,
});
export type ReportTask = z.infer<typeof reportTaskSchema>;

export const reportAnswerSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("written"), summary: reportSummarySchema }),
  childFailureSchema,
]);
export type ReportAnswer = z.infer<typeof reportAnswerSchema>;
