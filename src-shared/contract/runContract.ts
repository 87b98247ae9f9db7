import { z } from "zod";
import { personActions } from "../runState.ts";
import { forkSources } from "./choices.ts";
import { datasetParts } from "./datasetContract.ts";
import { studyNameSchema } from "./gridSchema.ts";
import { packedBlob } from "./packedBlob.ts";
import { procedure } from "./procedure.ts";
import { runDetailSchema, runIdSchema, runSchema } from "./runSchema.ts";

const one = z.strictObject({ run: runIdSchema });

/** In one answer. */
export const mostRunsAtOnce = 2_000;
/** Bytes of a picture that is shown to a network. Over a WebSocket larger ones than `mostPictureBytesInMessage` go by HTTP. */
export const mostPictureBytes = 8_000_000;
/** A message of a client has a mebibyte at most (src-main/rpc/serveSocket.ts), and base64 takes a third more. */
export const mostPictureBytesInMessage = 700_000;
const mostLetters = Math.ceil(mostPictureBytes / 3) * 4;

const shownImageSchema = z.discriminatedUnion("kind", [
  /** A JPEG or PNG file in base64; scaled so that the shorter side fits, and cut in the centre. */
  z.strictObject({ kind: z.literal("picture"), base64: z.string().min(1).max(mostLetters) }),
  /** One of the run's own data set. */
  z.strictObject({ kind: z.literal("data"), part: z.enum(datasetParts), image: z.int().min(0) }),
]);
export type ShownImage = z.infer<typeof shownImageSchema>;

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
  /**
   * What the network of a checkpoint says of an image. In a process of its own, a few seconds; one at a time. Throws
   * `checkpoint-invalid` where there is no such checkpoint, `engine-missing`, `dataset-missing` where the data set whose
   * mean is subtracted is not the run's any more, `usage` where the image cannot be read, `locked` where too many wait.
   */
  predict: procedure
    .input(one.extend({ checkpoint: z.enum(forkSources), image: shownImageSchema }))
    .output(packedBlob("`unpackPrediction` (src-shared/contract/packedPrediction.ts)")),
};
