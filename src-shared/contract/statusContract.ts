import { z } from "zod";
import { procedure } from "./procedure.ts";

const count = z.int().min(0);

export const statusSchema = z.strictObject({
  nowMs: z.number(),
  device: z.strictObject({
    cpu: z.string(),
    /** Physical cores that this workbench may use, and those that it gives to trainers. */
    cores: count,
    coresForTrainers: count,
    memoryBytes: z.number(),
    /** Instructions that multiply bfloat16 without a detour. */
    bfloat16: z.string().nullable(),
    gpus: z.array(z.strictObject({ name: z.string(), memoryBytes: z.number() })),
  }),
  queue: z.strictObject({ paused: z.boolean(), running: count, waiting: count }),
  /** Of all trainers together. */
  imagesPerSecond: z.number(),
  /** When the queue will be done, since 1970; null where nothing trains or waits, or more than can be foretold in passing. */
  queueEndMs: z.number().nullable(),
  /** Of the whole machine over the last minutes, oldest first; sampled from the first question on. */
  load: z.strictObject({
    everyMs: z.number(),
    /** Share of all cores, 0 to 1. */
    cpu: z.array(z.number()),
    memoryUsedBytes: z.array(z.number()),
    memoryBytes: z.number(),
  }),
  /** Why nothing can be changed; null where it can. */
  readOnly: z.string().nullable(),
});
export type Status = z.infer<typeof statusSchema>;

export const statusContract = {
  /** What the status line shows. */
  get: procedure.output(statusSchema),
};
