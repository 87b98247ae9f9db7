import { z } from "zod";
import { wireNumberSchema } from "../runEvent.ts";
import { packedBlob } from "./packedBlob.ts";
import { procedure } from "./procedure.ts";
import { runIdSchema } from "./runSchema.ts";

const iteration = z.int().min(0);

/** An evaluation after `iteration` updates. Accuracies are fractions. */
export const evaluationSchema = z.strictObject({
  iteration,
  timeMs: z.number(),
  elapsedMs: z.number(),
  testLoss: wireNumberSchema,
  testAccuracy: z.number(),
  validationLoss: wireNumberSchema.nullable(),
  validationAccuracy: z.number().nullable(),
  /** Of the test part. */
  images: z.int(),
});
export type EvaluationLine = z.infer<typeof evaluationSchema>;

export const evaluationContract = {
  /** Without what was predicted, in ascending order of iterations. */
  list: procedure.input(z.strictObject({ run: runIdSchema })).output(z.array(evaluationSchema)),
  /**
   * What one evaluation predicted of each test image, with the images' labels where the data set is still the one that the
   * run was trained on. Throws `usage` where there was no evaluation at that iteration.
   */
  read: procedure
    .input(z.strictObject({ run: runIdSchema, iteration }))
    .output(packedBlob("`unpackPredictions` (src-shared/contract/packedPredictions.ts)")),
};
