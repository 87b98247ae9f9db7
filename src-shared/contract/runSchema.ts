import { z } from "zod";
import { families, runConfigSchema, shortcuts } from "../runConfig.ts";
import { wireNumberSchema } from "../runEvent.ts";
import { personActions, runStatuses } from "../runState.ts";

const iteration = z.int().min(0);
const timeMs = z.number();

/** What tells a run from its neighbours in a grid. */
export const cellFields = {
  family: z.enum(families),
  depth: z.int(),
  /** What its configuration says; without meaning in a plain network. */
  shortcut: z.enum(shortcuts),
  seed: z.int(),
};

/**
 * A run as lists show it, safe for JSON: what there is not is null, numbers that are none are words. Accuracies are
 * fractions; times are milliseconds since 1970.
 */
export const runSchema = z.strictObject({
  id: z.string(),
  status: z.enum(runStatuses),
  /** Why it is in this status, where that needs saying. */
  reason: z.string().nullable(),
  /** The name of the data set that it is trained on. */
  dataset: z.string(),
  ...cellFields,
  recipe: z.string().nullable(),
  scale: z.number().nullable(),
  /** Differences from its recipe, in words. */
  deviations: z.array(z.string()).readonly(),
  /** The first of its studies; of the one that was asked for, where one was. */
  study: z.string().nullable(),
  studies: z.array(z.string()).readonly(),
  /** Iterations done, and in all. */
  iteration: iteration,
  iterations: iteration,
  loss: wireNumberSchema.nullable(),
  imagesPerSecond: wireNumberSchema.nullable(),
  testAccuracy: z.number().nullable(),
  bestTestAccuracy: z.number().nullable(),
  checkpointIteration: iteration.nullable(),
  /** Fixed when it first started, or as asked for; null where that is still open. */
  threads: z.int().nullable(),
  lanes: z.int().nullable(),
  tags: z.array(z.string()).readonly(),
  pinned: z.boolean(),
  forkedFrom: z.strictObject({ run: z.string(), iteration }).nullable(),
  createdMs: timeMs,
  startedMs: timeMs.nullable(),
  endedMs: timeMs.nullable(),
  trashedMs: timeMs.nullable(),
});
export type Run = z.infer<typeof runSchema>;

/** A run in full. */
export const runDetailSchema = runSchema.extend({
  config: runConfigSchema,
  notes: z.string(),
  codeVersion: z.string(),
  /** What the trainer said of its engine, once it has started. */
  engine: z.record(z.string(), z.string()).nullable(),
  data: z.strictObject({ title: z.string(), original: z.boolean(), checksum: z.string() }).nullable(),
  /** Its folder, once it has started. */
  folder: z.string().nullable(),
  /** What a person may ask of it in its status. */
  actions: z.array(z.enum(personActions)).readonly(),
});
export type RunDetail = z.infer<typeof runDetailSchema>;

/** A run's whole id, or the beginning of one that no other run's id has. */
export const runIdSchema = z.string().min(1).max(200);
