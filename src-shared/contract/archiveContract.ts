import { z } from "zod";
import { archiveFormats } from "./choices.ts";
import { procedure } from "./procedure.ts";
import { runIdSchema, runSchema } from "./runSchema.ts";

/** Paths are absolute and of the machine on which main runs. */
const file = z.string().min(1).max(4096);

export const archiveContract = {
  /** A run as one file, or its numbers as tables: `out`, and for csv the evaluations beside it. */
  export: procedure
    .input(z.strictObject({ run: runIdSchema, format: z.enum(archiveFormats), out: file }))
    .output(z.strictObject({ id: z.string(), files: z.array(z.string()) })),
  /** A run out of an archive, under a new id. Throws `archive-invalid`. */
  import: procedure.input(z.strictObject({ file })).output(runSchema),
};
