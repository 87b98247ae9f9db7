import { z } from "zod";
import { packArrays, unpackArrays } from "./packedArrays.ts";

/** The first images of an iteration's batch, as they are cropped and flipped for it. */
export interface AugmentedImages {
  readonly side: number;
  readonly channels: number;
  /** uint8 [images, side, side, channels]: what is outside the image has the data set's mean colour, which the network sees as 0. */
  readonly pixels: Uint8Array;
  /** One an image. */
  readonly labels: Uint8Array;
  /** Which image of the training part it is. */
  readonly images: Int32Array;
  /** [images, 2]: where the crop begins, to the right and downwards of the image's own corner, in pixels. */
  readonly shifts: Int32Array;
  /** 1 where it is flipped, after the crop. */
  readonly flipped: Uint8Array;
}

const metaSchema = z.strictObject({ side: z.int(), channels: z.int() });

export const packAugmented = (batch: AugmentedImages): Uint8Array<ArrayBuffer> => {
  const { side, channels, pixels, labels, images, shifts, flipped } = batch;
  return packArrays({ side, channels }, [pixels, labels, images, shifts, flipped]);
};

/** @throws ZodError, RangeError, SyntaxError, TypeError where it is no answer of `datasets.augmented` */
export async function unpackAugmented(blob: Blob): Promise<AugmentedImages> {
  const { meta, arrays } = unpackArrays(await blob.arrayBuffer());
  return {
    ...metaSchema.parse(meta),
    pixels: arrays[0] as Uint8Array,
    labels: arrays[1] as Uint8Array,
    images: arrays[2] as Int32Array,
    shifts: arrays[3] as Int32Array,
    flipped: arrays[4] as Uint8Array,
  };
}
