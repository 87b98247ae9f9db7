import { z } from "zod";
import { procedure } from "./procedure.ts";

export const exampleSchema = z.strictObject({
  /** Whether there is one to open. */
  offered: z.boolean(),
  /** The study, while it is open. */
  study: z.string().nullable(),
  /** Ids of its runs, those in the trash included. */
  runs: z.array(z.string()),
});
export type ExampleLine = z.infer<typeof exampleSchema>;

/** A study that was trained beforehand and ships with the program, for whoever has none yet. */
export const exampleContract = {
  status: procedure.output(exampleSchema),
  /** Imports it: its runs carry the tag `example`. Where it is open already, nothing happens. Throws `usage` where none ships. */
  open: procedure.output(exampleSchema),
  /** Its runs, with their folders, and the study: for good. It can be opened again. Throws `run-state` while one of them trains. */
  remove: procedure.output(exampleSchema),
};
