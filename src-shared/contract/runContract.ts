import { z } from "zod";
import { personActions } from "../runState.ts";
import { forkSources } from "./choices.ts";
import { studyNameSchema } from "./gridSchema.ts";
import { procedure } from "./procedure.ts";
import { runDetailSchema, runIdSchema, runSchema } from "./runSchema.ts";

const one = z.strictObject({ run: runIdSchema });

/** In one answer. */
export const mostRunsAtOnce = 2_000;

export const runContract = {
  /**
   * In the order in which they were added; with `trash` those in the trash too. With `ids` those alone, in the trash or
   * not; one that is gone is left out. At most 2,000 at once, so that nobody else has to wait meanwhile: those behind them
   * with `skip`. Throws `study-unknown`.
   */
  list: procedure
    .input(
      z.strictObject({
        study: studyNameSchema.optional(),
        trash: z.boolean().optional(),
        ids: z.array(runIdSchema).max(1000).readonly().optional(),
        skip: z.int().min(0).optional(),
        most: z.int().min(1).max(mostRunsAtOnce).optional(),
      }),
    )
    .output(z.array(runSchema)),
  show: procedure.input(one).output(runDetailSchema),
  /** Throws `run-state` where the run's status does not allow it. */
  act: procedure.input(one.extend({ action: z.enum(personActions) })).output(runSchema),
  /** A new run from a checkpoint of another, with changed settings ("key.path=value"). */
  fork: procedure
    .input(one.extend({ from: z.enum(forkSources), set: z.array(z.string().max(10_000)).max(200).readonly() }))
    .output(runSchema),
  trash: procedure.input(one).output(runSchema),
  restore: procedure.input(one).output(runSchema),
  /** For good, with its folder. */
  purge: procedure.input(one).output(z.strictObject({ id: z.string() })),
  update: procedure
    .input(
      one.extend({
        tags: z.array(z.string().min(1).max(100)).max(100).optional(),
        notes: z.string().max(100_000).optional(),
        pinned: z.boolean().optional(),
      }),
    )
    .output(runDetailSchema),
};
