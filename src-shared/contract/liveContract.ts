import { eventIterator } from "@orpc/contract";
import { z } from "zod";
import { wireNumberSchema } from "../runEvent.ts";
import { procedure } from "./procedure.ts";

/** A place among the changes of one main. Another main (it was started anew) has another instance. */
export const cursorSchema = z.strictObject({ instance: z.string().max(100), sequence: z.int().min(0) });
export type Cursor = z.infer<typeof cursorSchema>;

/**
 * What changed, apart from runs; each is read anew by its own procedures. `studies` are their grids and which runs belong
 * to them: what becomes of a cell is told as its run's change.
 */
export const changeTopics = ["queue", "studies", "datasets", "settings", "engine"] as const;
export type ChangeTopic = (typeof changeTopics)[number];

/** A run that trains, at this moment. */
export const liveRunSchema = z.strictObject({
  id: z.string(),
  /** Iterations done. */
  iteration: z.int(),
  /** Of the newest batch; null before the first. */
  loss: wireNumberSchema.nullable(),
  accuracy: z.number().nullable(),
  imagesPerSecond: wireNumberSchema.nullable(),
  msLeft: z.number().nullable(),
});
export type LiveRun = z.infer<typeof liveRunSchema>;

/** Changes since the cursor before it, each once, however often something changed in between. */
export const tickSchema = z.strictObject({
  cursor: cursorSchema,
  /** The cursor that was brought is unknown here, or more has changed than is kept: everything is to be read anew. */
  reset: z.boolean(),
  changed: z.strictObject({
    /** Ids, whole; of runs that are gone, too. */
    runs: z.array(z.string()),
    ...(Object.fromEntries(changeTopics.map((topic) => [topic, z.boolean()])) as Record<ChangeTopic, z.ZodBoolean>),
  }),
  /** Every run that trains. */
  live: z.array(liveRunSchema),
});
export type Tick = z.infer<typeof tickSchema>;

/** At most four ticks a second. */
export const tickEveryMs = 250;
/** Also where nothing happens: a longer silence means that the connection is dead. */
export const heartbeatMs = 10_000;

export const liveContract = {
  /**
   * Ticks from `cursor` on, without one from now on; the first at once. The stream ends by itself after some minutes, so
   * that nothing piles up before a client that does not read: it comes again with its newest cursor.
   */
  watch: procedure.input(z.strictObject({ cursor: cursorSchema.optional() })).output(eventIterator(tickSchema)),
};
