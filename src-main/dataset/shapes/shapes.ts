import type { DatasetContent, DatasetPart, DatasetSink } from "../datasetWriter.ts";
import { imageBytes } from "../preparedDataset.ts";
import { drawShape, shapeClasses } from "./drawShape.ts";

export const shapesName = "shapes";

/** To be raised with every change of a pixel: old images are then drawn anew. */
export const shapesVersion = 2;

const seed = 2015;
const parts: readonly { part: DatasetPart; images: number; draw: number }[] = [
  { part: "train", images: 10_000, draw: 0 },
  { part: "test", images: 2_000, draw: 1 },
];
/** Some 12 ms of drawing; then it is somebody else's turn: a queue may ask for it while windows are served. */
const chunkImages = 50;

/** Draws the built-in data set, a few seconds' work: 10 classes of equal size, label = index mod 10. */
export async function importShapes(sink: DatasetSink): Promise<DatasetContent> {
  const images = new Uint8Array(chunkImages * imageBytes);
  const labels = new Uint8Array(chunkImages);
  for (const { part, images: count, draw } of parts) {
    for (let first = 0; first < count; first += chunkImages) {
      for (let i = 0; i < chunkImages; i++) {
        const label = (first + i) % shapeClasses.length;
        labels[i] = label;
        drawShape(images, i * imageBytes, { seed, part: draw, index: first + i, label });
      }
      await sink.add(part, images, labels);
    }
  }
  return {
    title: "Shapes (built in)",
    source: "shapes",
    original: true,
    classes: [...shapeClasses],
    generatorVersion: shapesVersion,
  };
}
