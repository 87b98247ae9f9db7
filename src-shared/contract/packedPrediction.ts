import { z } from "zod";
import { packArrays, unpackArrays } from "./packedArrays.ts";

/** What the network of a checkpoint says of one image. */
export interface PredictionOfImage {
  /** The run's whole id. */
  readonly run: string;
  /** Updates that are in the checkpoint. */
  readonly iteration: number;
  /** Names of the classes in the order of their numbers. */
  readonly classes: readonly string[];
  /** One a class; they add up to 1. */
  readonly probabilities: Float32Array;
  /** The class that is true, of an image of the data set. */
  readonly label: number | null;
  readonly side: number;
  readonly channels: number;
  /** What the network saw: uint8 [side, side, channels]. */
  readonly pixels: Uint8Array;
}

const metaSchema = z.strictObject({
  run: z.string(),
  iteration: z.int(),
  classes: z.array(z.string()),
  label: z.int().nullable(),
  side: z.int(),
  channels: z.int(),
});

export const packPrediction = ({ probabilities, pixels, ...meta }: PredictionOfImage): Uint8Array<ArrayBuffer> =>
  packArrays(meta, [probabilities, pixels]);

/** @throws ZodError, RangeError, SyntaxError, TypeError where it is no answer of `runs.predict` */
export async function unpackPrediction(blob: Blob): Promise<PredictionOfImage> {
  const { meta, arrays } = unpackArrays(await blob.arrayBuffer());
  return { ...metaSchema.parse(meta), probabilities: arrays[0] as Float32Array, pixels: arrays[1] as Uint8Array };
}
