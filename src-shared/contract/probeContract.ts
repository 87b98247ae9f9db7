import { z } from "zod";
import { wireNumberSchema } from "../runEvent.ts";
import { procedure } from "./procedure.ts";
import { runIdSchema } from "./runSchema.ts";

/** What was measured before the update at `iteration`. */
export const probeSchema = z.strictObject({
  iteration: z.int(),
  timeMs: z.number(),
  /** Standard deviation of each 3x3 layer's response. */
  responses: z.array(z.strictObject({ layer: z.string(), std: wireNumberSchema })),
  /** Euclidean norm of the loss's gradient of each trainable tensor. */
  gradientNorms: z.array(z.strictObject({ tensor: z.string(), norm: wireNumberSchema })),
});
export type ProbeLine = z.infer<typeof probeSchema>;

export const probeContract = {
  /** Layer responses and gradient norms, in ascending order of iterations. */
  list: procedure.input(z.strictObject({ run: runIdSchema })).output(z.array(probeSchema)),
};
