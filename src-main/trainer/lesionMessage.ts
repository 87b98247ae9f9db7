import { z } from "zod";
import { lesionSchema } from "../../src-shared/lesion.ts";
import { runConfigSchema } from "../../src-shared/runConfig.ts";
import { childFailureSchema } from "../childFailure.ts";
import { checkpointNames } from "./checkpoint.ts";

/** What a process that removes blocks is told, as JSON: main may be of another V8. */
export const lesionTaskSchema = z.strictObject({
  home: z.string(),
  config: runConfigSchema,
  lanes: z.int(),
  /** The folder of the run's checkpoints, and which of them. */
  checkpoints: z.string(),
  checkpoint: z.enum(checkpointNames),
});
export type LesionTask = z.infer<typeof lesionTaskSchema>;

/** What it says: how many passes over the test set are done, then how it ended. */
export const lesionAnswerSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("pass"), done: z.int(), total: z.int() }),
  z.strictObject({ type: z.literal("measured"), lesion: lesionSchema }),
  childFailureSchema,
]);
export type LesionAnswer = z.infer<typeof lesionAnswerSchema>;
