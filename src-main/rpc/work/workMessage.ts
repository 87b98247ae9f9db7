import { z } from "zod";
import { workNoteSchema, workProgressSchema } from "../../../src-shared/contract/workSchema.ts";
import { datasetNameSchema } from "../../../src-shared/runConfig.ts";
import { downloadNames } from "../../../src-shared/contract/datasetContract.ts";
import { childFailureSchema } from "../../childFailure.ts";
import { devices } from "../../engine/platform.ts";

const dataset = { home: z.string(), name: datasetNameSchema };

/** Long work that a process of its own does. */
export const workSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("dataset-add"), ...dataset, from: z.string(), replace: z.boolean() }),
  z.strictObject({
    kind: z.literal("dataset-download"),
    home: z.string(),
    name: z.enum(downloadNames),
    replace: z.boolean(),
  }),
  z.strictObject({ kind: z.literal("dataset-verify"), ...dataset }),
  z.strictObject({ kind: z.literal("engine"), device: z.enum(devices).optional(), force: z.boolean() }),
]);
export type Work = z.infer<typeof workSchema>;

/** What that process says: steps, then how it ended. */
export const fromWorkerSchema = z.discriminatedUnion("type", [
  workNoteSchema,
  workProgressSchema,
  z.strictObject({ type: z.literal("done") }),
  childFailureSchema,
]);
export type FromWorker = z.infer<typeof fromWorkerSchema>;
