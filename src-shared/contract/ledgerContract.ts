import { z } from "zod";
import { procedure } from "./procedure.ts";
import { runIdSchema } from "./runSchema.ts";

/** Something that happened to a run. */
export const ledgerEntrySchema = z.strictObject({
  /** Line of the run's log that says so, from 1 on; null where the workbench did something. */
  line: z.int().nullable(),
  /** A type of the run's log (src-shared/runEvent.ts), an action (src-shared/runState.ts), "trashed" or "restored". */
  type: z.string(),
  timeMs: z.number(),
  iteration: z.int().nullable(),
  detail: z.string().nullable(),
});
export type LedgerLine = z.infer<typeof ledgerEntrySchema>;

export const ledgerContract = {
  /** What happened to a run, oldest first: the newest `most` of it. */
  list: procedure
    .input(z.strictObject({ run: runIdSchema, most: z.int().min(1).max(10_000).optional() }))
    .output(z.array(ledgerEntrySchema)),
};
