import { z } from "zod";
import { archiveFormats } from "./choices.ts";
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
  return format === "archive" ? `/archives/${run}` : `/archives/${run}/${table}.csv`;
}

export const archiveContract = {
  /**
   * A run as one file, or its numbers as tables: `out`, and for csv the evaluations beside it. Throws `path-refused` for a
   * browser, which has it from `downloadAddress`.
   */
  export: procedure
    .input(z.strictObject({ run: runIdSchema, format: z.enum(archiveFormats), out: file }))
    .output(z.strictObject({ id: z.string(), files: z.array(z.string()) })),
  /**
   * A run out of an archive, under a new id. Throws `archive-invalid`; `path-refused` for a browser, which sends the file as
   * the body of `POST /api/import` (application/octet-stream) and is answered with the run.
   */
  import: procedure.input(z.strictObject({ file })).output(runSchema),
};
