import { z } from "zod";

/** What long work is at: a sentence for people, or how far a step of it is. */
export const workNoteSchema = z.strictObject({ type: z.literal("note"), text: z.string() });
export const workProgressSchema = z.strictObject({
  type: z.literal("progress"),
  /** The step: a file's name, "unpacking". */
  title: z.string(),
  done: z.number(),
  /** Null while it is not known. */
  total: z.number().nullable(),
  /** "MB" */
  unit: z.string(),
});
export type WorkStep = z.infer<typeof workNoteSchema> | z.infer<typeof workProgressSchema>;
