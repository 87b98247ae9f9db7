import { open } from "node:fs/promises";
import type { Images } from "../../src-shared/contract/index.ts";
import { WorkbenchError } from "../../src-shared/errors.ts";
import { dataFile, imageBytes, imageChannels, imageSide, type PreparedDataset } from "./preparedDataset.ts";

/**
 * Some images of a part of a data set, in the order in which they are asked for.
 *
 * @throws WorkbenchError `usage` where there is no such image
 */
export async function readImages(
  dataset: PreparedDataset,
  part: "train" | "test",
  images: readonly number[],
): Promise<Images> {
  const count = part === "train" ? dataset.trainImages : dataset.testImages;
  const beyond = images.find((image) => image >= count);
  if (beyond !== undefined) {
    throw new WorkbenchError(
      "usage",
      `There is no image ${beyond}: the ${part} part of "${dataset.name}" has ${count}.`,
      {
        mend: `Choose one below ${count}.`,
      },
    );
  }
  const pixels = new Uint8Array(images.length * imageBytes);
  const labels = new Uint8Array(images.length);
  await readPieces(dataFile(dataset, part === "train" ? "trainImages" : "testImages"), images, pixels, imageBytes);
  await readPieces(dataFile(dataset, part === "train" ? "trainLabels" : "testLabels"), images, labels, 1);
  return { side: imageSide, channels: imageChannels, pixels, labels };
}

/** Piece number `pieces[i]` of a file into place i. */
async function readPieces(
  file: string,
  pieces: readonly number[],
  into: Uint8Array,
  pieceBytes: number,
): Promise<void> {
  const handle = await open(file, "r");
  try {
    for (const [place, piece] of pieces.entries()) {
      await handle.read(into, place * pieceBytes, pieceBytes, piece * pieceBytes);
    }
  } finally {
    await handle.close();
  }
}
