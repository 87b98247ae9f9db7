import { z } from "zod";
import { archiveFormats } from "./choices.ts";
import { studyNameSchema } from "./gridSchema.ts";
import { procedure } from "./procedure.ts";
import { runIdSchema, runSchema } from "./runSchema.ts";

/** Paths are absolute and of the machine on which main runs. */
const file = z.string().min(1).max(4096);

/** Tables of a run's numbers that a browser downloads. */
export const csvTables = ["series", "evaluations"] as const;
export type CsvTable = (typeof csvTables)[number];

/** Where a browser has an export from, as a file to keep; of csv the evaluations have an address of their own. */
export function downloadAddress(
  run: string,
  format: (typeof archiveFormats)[number],
  table: CsvTable = "series",
): string {
  switch (format) {
    case "archive":
      return `/archives/${run}`;
    case "csv":
      return `/archives/${run}/${table}.csv`;
    case "tensorboard":
      return `/archives/${run}/tensorboard`;
  }
}

/** Runs that one file may hold. */
export const mostRunsInCollection = 2_000;

/** Of these at most, an address names each: a request's line and headers have 16 kB. */
export const mostRunsInAddress = 400;

/** Where a browser has several runs from as one file: those of a study, or any. */
export function collectionAddress(which: { readonly study: string } | { readonly runs: readonly string[] }): string {
  const query = new URLSearchParams("study" in which ? { study: which.study } : { runs: which.runs.join(",") });
  return `/archives?${query.toString()}`;
}

export const archiveContract = {
  /**
   * A run as one file, or its numbers as tables: `out`, and for csv the evaluations beside it; for tensorboard an event file in
   * the folder `out`. Throws `path-refused` for a browser, which has it from `downloadAddress`.
   */
  export: procedure
    .input(z.strictObject({ run: runIdSchema, format: z.enum(archiveFormats), out: file }))
    .output(z.strictObject({ id: z.string(), files: z.array(z.string()) })),
  /**
   * Several runs as one file, without checkpoints: those of a study that have begun, with the study itself, or any. Throws
   * `study-unknown`, `run-state`; `path-refused` for a browser, which has it from `collectionAddress`.
   */
  exportRuns: procedure
    .input(
      z.union([
        z.strictObject({ study: studyNameSchema, out: file }),
        z.strictObject({ runs: z.array(runIdSchema).min(1).max(mostRunsInCollection).readonly(), out: file }),
      ]),
    )
    .output(z.strictObject({ ids: z.array(z.string()), files: z.array(z.string()) })),
  /**
   * The run or the runs of an archive, under new ids, and the study that they are of, which is called "report-2" where there
   * is a "report" already. Throws `archive-invalid`; `path-refused` for a browser, which sends the file as the body of
   * `POST /api/import` (application/octet-stream) and is answered with the same.
   */
  import: procedure
    .input(z.strictObject({ file }))
    .output(z.strictObject({ study: z.string().nullable(), runs: z.array(runSchema) })),
};
