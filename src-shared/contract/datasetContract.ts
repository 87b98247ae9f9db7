import { eventIterator } from "@orpc/contract";
import { z } from "zod";
import { datasetNameSchema, runConfigSchema } from "../runConfig.ts";
import { packedBlob } from "./packedBlob.ts";
import { procedure } from "./procedure.ts";
import { workNoteSchema, workProgressSchema } from "./workSchema.ts";

/** Data sets that their authors publish. */
export const downloadNames = ["cifar10", "cifar100", "fashion-mnist"] as const;

const one = z.strictObject({ name: datasetNameSchema });

export const readyDatasetSchema = z.strictObject({
  status: z.literal("ready"),
  name: z.string(),
  title: z.string(),
  /** Whether it is, by checksum, what its authors published. */
  original: z.boolean(),
  note: z.string().nullable(),
  /** In the order of their numbers. */
  classes: z.array(z.string()),
  trainImages: z.int(),
  testImages: z.int(),
  checksum: z.string(),
});

/** A data set that is there, is damaged, is drawn when it is first used, or could be had. */
export const datasetSchema = z.discriminatedUnion("status", [
  readyDatasetSchema,
  z.strictObject({
    status: z.literal("damaged"),
    name: z.string(),
    code: z.string(),
    message: z.string(),
    mend: z.string().nullable(),
  }),
  z.strictObject({ status: z.literal("built-in"), name: z.string() }),
  z.strictObject({ status: z.literal("downloadable"), name: z.string(), title: z.string() }),
]);
export type DatasetLine = z.infer<typeof datasetSchema>;

/** Ends with `done`. Whoever stops listening stops the work; nothing half-made is left, what was fetched is kept. */
const work = eventIterator(
  z.discriminatedUnion("type", [
    workNoteSchema,
    workProgressSchema,
    z.strictObject({ type: z.literal("done"), dataset: readyDatasetSchema }),
  ]),
);

export const datasetParts = ["train", "test"] as const;

const channels = z.tuple([z.number(), z.number(), z.number()]);

export const statisticsSchema = z.strictObject({
  /** In units of 0 to 255; `std` is the population's. */
  perChannelMean: channels,
  perChannelStd: channels,
  /** The mean of every pixel, rounded: uint8 [32, 32, 3] in base64. */
  meanImage: z.base64(),
});
export type DatasetStatistics = z.infer<typeof statisticsSchema>;

export const datasetContract = {
  list: procedure.output(z.array(datasetSchema)),
  /**
   * Imports an archive or a folder of the machine on which main runs, by its absolute path. Throws `path-refused` for a
   * browser where other machines are served too (`rwb serve --host`).
   */
  add: procedure.input(one.extend({ from: z.string().min(1).max(4096), replace: z.boolean().optional() })).output(work),
  /** Fetches a published data set, going on where an earlier attempt stopped, checks and imports it. */
  download: procedure
    .input(z.strictObject({ name: z.enum(downloadNames), replace: z.boolean().optional() }))
    .output(work),
  /** Reads every byte of it. Throws `dataset-invalid`. */
  verify: procedure.input(one).output(work),
  remove: procedure.input(one).output(one),
  /** Pixels and labels of some images. Throws `usage` where there is no such image. */
  images: procedure
    .input(one.extend({ part: z.enum(datasetParts), images: z.array(z.int().min(0)).min(1).max(1000).readonly() }))
    .output(packedBlob("`unpackImages` (src-shared/contract/packedImages.ts)")),
  /** The class of every image of a part. */
  labels: procedure
    .input(one.extend({ part: z.enum(datasetParts) }))
    .output(packedBlob("`unpackLabels` (src-shared/contract/packedImages.ts)")),
  /** What its training part is on the whole, as the normalisation of a training without validation images takes it. */
  statistics: procedure.input(one).output(statisticsSchema),
  /**
   * The first `most` images of an iteration's batch as a training with these settings sees them: the same order, crops and
   * flips. Throws `dataset-missing`, `config-invalid` where all images are for validation.
   */
  augmented: procedure
    .input(
      one.extend({
        ...runConfigSchema.pick({ validationImages: true, augmentation: true, seed: true }).shape,
        batchSize: runConfigSchema.shape.training.shape.batchSize,
        iteration: z.int().min(0).max(100_000_000),
        most: z.int().min(1).max(64),
      }),
    )
    .output(packedBlob("`unpackAugmented` (src-shared/contract/packedAugmented.ts)")),
};
