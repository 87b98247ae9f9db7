import { z } from "zod";

/**
 * RunConfig: the one definition of a training run that the form, the queue, the trainer, the database and
 * exports read. Units stand in names. Unknown keys are errors, so that a misspelt option never passes in silence.
 */

const iterations = z.int().min(0).max(100_000_000);
const rate = z.number().min(0).max(1000);

const warmup = z
  .strictObject({
    /** Length of the warm-up in iterations; the schedule proper applies from there on, counted from iteration 0. */
    iterations: iterations,
    learningRate: rate,
  })
  .meta({ title: "Warm-up" });

const learningRate = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("steps"),
    base: rate,
    factor: z.number().min(0).max(1000),
    dropAtIterations: z.array(iterations).max(100),
    warmup: warmup.optional(),
  }),
  z.strictObject({ kind: z.literal("cosine"), base: rate, final: rate, warmup: warmup.optional() }),
]);

export const families = ["plain", "residual"] as const;
export const shortcuts = ["none", "zero-pad", "projection"] as const;
export const precisions = ["float32", "bfloat16"] as const;

const network = z.strictObject({
  family: z.enum(families),
  /** Weighted layers, 6n + 2 (He et al. 2016, section 4.2). */
  depth: z
    .int()
    .min(8)
    .max(1202)
    .refine((depth) => depth % 6 === 2, {
      error: "a depth is 6n + 2: 8, 14, 20, 26, 32, 38, 44, 50, 56 ... 110 ... 1202",
    }),
  /** Channels of the first stage; the second has twice, the third four times as many. */
  width: z.int().min(1).max(1024),
  /** What stands where a block changes the size; without meaning in a plain network. */
  shortcut: z.enum(shortcuts),
  initialization: z.enum(["he-normal"]),
});

const training = z.strictObject({
  batchSize: z.int().min(1).max(8192),
  iterations: iterations.min(1),
  momentum: z.number().min(0).lt(1),
  nesterov: z.boolean(),
  weightDecay: z.number().min(0).max(10),
  /** Which tensors decay: every trainable one, or the kernels (the head's included) alone. */
  decays: z.enum(["all", "kernels"]),
  labelSmoothing: z.number().min(0).lt(1),
  learningRate,
});

/** Names a folder, so it has no separator and does not begin with a dot. */
export const datasetNameSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, { error: "a data set's name has small letters, digits, '.', '_' and '-'" });

export const runConfigSchema = z.strictObject({
  dataset: datasetNameSchema,
  /** Images taken from the training part for validation; 5000 is the paper's 45k/5k split. */
  validationImages: z.int().min(0).max(10_000_000),
  network,
  training,
  augmentation: z.strictObject({
    padPixels: z.int().min(0).max(16),
    flipProbability: z.number().min(0).max(1),
  }),
  preprocessing: z.enum(["per-pixel-mean", "per-channel"]),
  evaluation: z.strictObject({ everyIterations: iterations.min(1) }),
  checkpoint: z.strictObject({ everyIterations: iterations.min(1) }),
  /** Iterations before which layer responses and gradient norms are measured; 0 = before the first step. */
  probe: z.strictObject({ atIterations: z.array(iterations).max(1000) }),
  precision: z.enum(precisions),
  seed: z
    .int()
    .min(0)
    .max(2 ** 32 - 1),
});

export type RunConfig = z.infer<typeof runConfigSchema>;
export type NetworkConfig = RunConfig["network"];
export type TrainingConfig = RunConfig["training"];
export type LearningRateSchedule = TrainingConfig["learningRate"];
export type Family = (typeof families)[number];
export type Shortcut = (typeof shortcuts)[number];
export type Precision = (typeof precisions)[number];
