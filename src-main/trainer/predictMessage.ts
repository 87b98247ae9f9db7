import { z } from "zod";
import { runConfigSchema } from "../../src-shared/runConfig.ts";
import { childFailureSchema } from "../childFailure.ts";
import { checkpointNames } from "./checkpoint.ts";

/** What a predicting process is told, as JSON: main may be of another V8. */
export const predictTaskSchema = z.strictObject({
  home: z.string(),
  config: runConfigSchema,
  lanes: z.int(),
  /** The folder of the run's checkpoints, and which of them. */
  checkpoints: z.string(),
  checkpoint: z.enum(checkpointNames),
  image: z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("picture"), base64: z.string() }),
    z.strictObject({ kind: z.literal("data"), part: z.enum(["train", "test"]), image: z.int() }),
  ]),
});
export type PredictTask = z.infer<typeof predictTaskSchema>;

/** What it says, once. */
export const predictAnswerSchema = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("predicted"),
    iteration: z.int(),
    classes: z.array(z.string()),
    probabilities: z.array(z.number()),
    label: z.int().nullable(),
    /** In base64. */
    pixels: z.string(),
  }),
  childFailureSchema,
]);
export type PredictAnswer = z.infer<typeof predictAnswerSchema>;
