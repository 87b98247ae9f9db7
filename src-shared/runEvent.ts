import { z } from "zod";

/**
 * RunEvent: a line of a run's `events.ndjson`, and of `rwb train --json`. Versioned, flat, discriminated by `type`.
 * Iterations are 0-based: the `loss` at iteration k is that of the batch before its update number k + 1; an
 * evaluation, a checkpoint or an end "at iteration k" comes after k updates. Accuracies are fractions.
 */
export const runEventVersion = 1;

/** JSON has no NaN or Infinity: they travel as words (traps: JSON makes null of them). */
const nonFinite = ["NaN", "Infinity", "-Infinity"] as const;
export const wireNumberSchema = z.union([z.number(), z.enum(nonFinite)]);
const number = wireNumberSchema;

/** A number as JSON carries it. */
export type WireNumber = number | (typeof nonFinite)[number];
export const toWireNumber = (value: number): WireNumber =>
  Number.isFinite(value) ? value : (String(value) as (typeof nonFinite)[number]);
export const fromWireNumber = (value: WireNumber): number => Number(value);

const iteration = z.int().min(0);
const at = { timeMs: z.number() };

const layerResponse = z.strictObject({ layer: z.string(), std: number });
const gradientNorm = z.strictObject({ tensor: z.string(), norm: number });

export const runEventSchema = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("started"),
    version: z.literal(runEventVersion),
    ...at,
    /** New for each log file that is begun; a reader that sees another one reads anew. */
    generation: z.string(),
    iterations: iteration,
    batchSize: z.int(),
    trainImages: z.int(),
    testImages: z.int(),
    validationImages: z.int(),
    threads: z.int(),
    lanes: z.int(),
    trainableParameters: z.int(),
    dataset: z.strictObject({ name: z.string(), title: z.string(), original: z.boolean(), checksum: z.string() }),
    engine: z.record(z.string(), z.string()),
  }),
  z.strictObject({
    type: z.literal("progress"),
    ...at,
    /** The first of the iterations reported here; one entry of each list an iteration. */
    fromIteration: iteration,
    loss: z.array(number),
    accuracy: z.array(number),
    learningRate: z.array(number),
    /** Time of these iterations together, evaluation and checkpoints apart. */
    elapsedMs: z.number(),
    imagesPerSecond: z.number(),
  }),
  z.strictObject({
    type: z.literal("evaluated"),
    ...at,
    iteration,
    testLoss: number,
    testAccuracy: z.number(),
    /** base64, one byte a test image: its predicted class. */
    predictions: z.string(),
    validationLoss: number.optional(),
    validationAccuracy: z.number().optional(),
    elapsedMs: z.number(),
  }),
  z.strictObject({
    type: z.literal("probed"),
    ...at,
    iteration,
    /** Standard deviation of each 3x3 layer's response: after batch norm, before ReLU and addition (He et al., Fig. 7). */
    responses: z.array(layerResponse),
    /** Euclidean norm of the loss's gradient (weight decay apart) of each trainable tensor. */
    gradientNorms: z.array(gradientNorm),
  }),
  z.strictObject({
    type: z.literal("checkpointed"),
    ...at,
    iteration,
    file: z.string(),
    best: z.boolean(),
  }),
  z.strictObject({ type: z.literal("resumed"), ...at, fromIteration: iteration, checkpoint: z.string().optional() }),
  z.strictObject({ type: z.literal("log"), ...at, level: z.enum(["info", "warning"]), message: z.string() }),
  z.strictObject({
    type: z.literal("finished"),
    ...at,
    iteration,
    testLoss: number,
    testAccuracy: z.number(),
    bestTestAccuracy: z.number(),
    elapsedMs: z.number(),
  }),
  z.strictObject({ type: z.literal("failed"), ...at, iteration, code: z.string(), message: z.string() }),
  z.strictObject({
    type: z.literal("diverged"),
    ...at,
    iteration,
    loss: number,
    /** The last checkpoint whose numbers were finite; absent where there was none. */
    lastGoodCheckpoint: z.strictObject({ iteration, file: z.string() }).optional(),
  }),
]);

export type RunEvent = z.infer<typeof runEventSchema>;
