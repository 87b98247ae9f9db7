import { z } from "zod";
import { packArrays, unpackArrays } from "./packedArrays.ts";

export interface Images {
  readonly side: number;
  readonly channels: number;
  /** uint8 [images, side, side, channels], in the order in which they were asked for. */
  readonly pixels: Uint8Array;
  /** One an image. */
  readonly labels: Uint8Array;
}

const metaSchema = z.strictObject({ side: z.int(), channels: z.int() });

export const packImages = ({ pixels, labels, side, channels }: Images): Uint8Array<ArrayBuffer> =>
  packArrays({ side, channels }, [pixels, labels]);

/** @throws ZodError, RangeError, SyntaxError, TypeError where it is no answer of `datasets.images` */
export async function unpackImages(blob: Blob): Promise<Images> {
  const { meta, arrays } = unpackArrays(await blob.arrayBuffer());
  return { ...metaSchema.parse(meta), pixels: arrays[0] as Uint8Array, labels: arrays[1] as Uint8Array };
}

export const packLabels = (labels: Uint8Array): Uint8Array<ArrayBuffer> => packArrays({}, [labels]);

/** @throws RangeError, SyntaxError, TypeError where it is no answer of `datasets.labels` */
export async function unpackLabels(blob: Blob): Promise<Uint8Array> {
  return unpackArrays(await blob.arrayBuffer()).arrays[0] as Uint8Array;
}
