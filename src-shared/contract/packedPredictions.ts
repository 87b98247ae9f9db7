import { z } from "zod";
import { packArrays, unpackArrays } from "./packedArrays.ts";

/** Why there are no labels: the data set is not here (or damaged), or it is another one than the run was trained on. */
export const labelStates = ["same", "missing", "changed"] as const;

/** What an evaluation predicted, one entry an image of the test part. */
export interface PredictionsOfTest {
  /** The run's whole id. */
  readonly run: string;
  readonly iteration: number;
  readonly dataset: string;
  /** Names of the classes in the order of their numbers; empty without labels. */
  readonly classes: readonly string[];
  readonly predicted: Uint8Array;
  readonly labelState: (typeof labelStates)[number];
  /** Empty unless `labelState` is "same". */
  readonly labels: Uint8Array;
}

const metaSchema = z.strictObject({
  run: z.string(),
  iteration: z.int(),
  dataset: z.string(),
  classes: z.array(z.string()),
  labelState: z.enum(labelStates),
});

export function packPredictions({ predicted, labels, ...meta }: PredictionsOfTest): Uint8Array<ArrayBuffer> {
  return packArrays(meta, [predicted, labels]);
}

/** @throws ZodError, RangeError, SyntaxError, TypeError where it is no answer of `evaluations.read` */
export async function unpackPredictions(blob: Blob): Promise<PredictionsOfTest> {
  const { meta, arrays } = unpackArrays(await blob.arrayBuffer());
  return { ...metaSchema.parse(meta), predicted: arrays[0] as Uint8Array, labels: arrays[1] as Uint8Array };
}
