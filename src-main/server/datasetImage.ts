import { open } from "node:fs/promises";
import { readDataset } from "../dataset/openDataset.ts";
import { dataFile, imageBytes, imageChannels, imageSide } from "../dataset/index.ts";
import { RefusedError, refusals } from "./refusal.ts";

export type ImagePart = "train" | "test";

/**
 * A data set's image as PNG, 32 x 32.
 *
 * @throws RefusedError (404) where it has no such image; WorkbenchError dataset-missing, dataset-invalid, dataset-unknown
 */
export async function datasetImage(home: string, name: string, part: ImagePart, index: number): Promise<Buffer> {
  const dataset = await readDataset(home, name);
  const count = part === "train" ? dataset.trainImages : dataset.testImages;
  if (index >= count) throw new RefusedError(refusals.notFound);
  const pixels = Buffer.alloc(imageBytes);
  const handle = await open(dataFile(dataset, part === "train" ? "trainImages" : "testImages"), "r");
  try {
    await handle.read(pixels, 0, imageBytes, index * imageBytes);
  } finally {
    await handle.close();
  }
  const { default: sharp } = await import("sharp");
  return sharp(pixels, { raw: { width: imageSide, height: imageSide, channels: imageChannels } })
    .png()
    .toBuffer();
}
