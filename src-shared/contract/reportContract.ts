import { z } from "zod";
import { procedure } from "./procedure.ts";

/** A report's name: it begins with its day and hour, so that names sort by time; its files are `NAME.html` and `NAME.md`. */
export const reportNameSchema = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,149}$/, { error: "no name of a report" });

export const reportFormats = ["html", "md"] as const;
export type ReportFormat = (typeof reportFormats)[number];

const count = z.int().min(0);

/** A report in short. */
export const reportSummarySchema = z.strictObject({
  name: reportNameSchema,
  /** Null: of runs that belong to no study. */
  study: z.string().nullable(),
  writtenMs: z.number(),
  /** Its runs by what became of them; `open`: they still train or wait. */
  runs: z.strictObject({
    ...{ finished: count, failed: count, diverged: count },
    ...{ paused: count, cancelled: count, open: count },
  }),
});
export type ReportSummary = z.infer<typeof reportSummarySchema>;

/** Where the browser shell serves a report. */
export const reportAddress = (name: string, format: ReportFormat = "html"): string => `/reports/${name}.${format}`;

export const reportContract = {
  /** The newest reports that the queue has written, newest first. */
  list: procedure
    .input(z.strictObject({ most: z.int().min(1).max(200).optional() }))
    .output(z.array(reportSummarySchema)),
  /** A report as a page of its own, or as Markdown. Throws `report-unknown`. */
  read: procedure
    .input(z.strictObject({ name: reportNameSchema, format: z.enum(reportFormats) }))
    .output(z.strictObject({ text: z.string() })),
};
