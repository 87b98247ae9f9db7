import { eventIterator } from "@orpc/contract";
import { z } from "zod";
import { runStatuses } from "../runState.ts";
import { gridSchema, studyNameSchema, unscaledGridSchema } from "./gridSchema.ts";
import { procedure } from "./procedure.ts";
import { cellFields, runIdSchema, runSchema } from "./runSchema.ts";

const threads = z.int().min(1).max(4096).optional();

/** A run that a grid would bring, before it is queued. */
export const previewedRunSchema = z.strictObject({
  ...cellFields,
  memoryBytes: z.number(),
  /** Whether the machine has that memory; a run that does not fit fails when its turn comes. */
  fits: z.boolean(),
  /** Of its checkpoints, its log and its part of the history, once it is done. */
  diskBytes: z.number(),
});
export type PreviewedRun = z.infer<typeof previewedRunSchema>;

/** When a run will be done; `new-1`, `new-2` ... are those that might be added. */
export const plannedRunSchema = z.strictObject({
  id: z.string(),
  status: z.enum([...runStatuses, "new"]),
  ...cellFields,
  iteration: z.int(),
  iterations: z.int(),
  /** Milliseconds since 1970; null for a run that can never fit. */
  startMs: z.number().nullable(),
  endMs: z.number().nullable(),
  threads: z.int().nullable(),
  /** Where the time of a step comes from. */
  speed: z.enum(["measured", "scaled", "estimated"]),
});
export type PlannedRun = z.infer<typeof plannedRunSchema>;

export const planSchema = z.strictObject({
  nowMs: z.number(),
  runs: z.array(plannedRunSchema),
  queueEndMs: z.number(),
});
export type Plan = z.infer<typeof planSchema>;

export const queueContract = {
  /** What a grid would bring, told before it is added. Throws `dataset-missing`, `config-invalid`. */
  preview: procedure.input(z.strictObject({ grid: gridSchema })).output(
    z.strictObject({
      runs: z.array(previewedRunSchema),
      /** Memory for all trainers together. */
      availableBytes: z.number(),
      /** Free where the workbench folder is. */
      freeDiskBytes: z.number(),
    }),
  ),
  /**
   * Queues a grid's runs, all or none; with a study, which is made where there is none, only those that no run has trained
   * or waits to. `runs` are those that were added, `linked` those that were there and belong to the study now.
   */
  add: procedure
    .input(z.strictObject({ grid: gridSchema, study: studyNameSchema.optional(), threads }))
    .output(z.strictObject({ runs: z.array(runSchema), linked: z.array(runSchema) })),
  /** Those that train, those that wait in their order, those that are paused. */
  list: procedure.output(z.strictObject({ paused: z.boolean(), runs: z.array(runSchema) })),
  /** No run starts from now on; those that train go on to their end. */
  pause: procedure.output(z.strictObject({ paused: z.boolean() })),
  resume: procedure.output(z.strictObject({ paused: z.boolean() })),
  /** Puts a waiting run at a place among those that wait, 1 being the next to start. */
  move: procedure.input(z.strictObject({ run: runIdSchema, position: z.int().min(1) })).output(z.array(runSchema)),
  /** When the runs and the queue will be done, with a grid behind them that might be added. */
  plan: procedure.input(z.strictObject({ grid: gridSchema.optional() })).output(planSchema),
  /** The largest scale with which the queue and then the grid end by `untilMs` (since 1970); null where none does. */
  largestScale: procedure
    .input(z.strictObject({ grid: unscaledGridSchema, untilMs: z.number() }))
    .output(z.strictObject({ scale: z.number().nullable() })),
  /**
   * Times a few steps of each waiting network, and of the grid's, that was never measured, and says which; does nothing
   * while trainers work. Throws `engine-missing`.
   */
  calibrate: procedure
    .input(z.strictObject({ grid: gridSchema.optional() }))
    .output(eventIterator(z.strictObject({ note: z.string() }))),
};
