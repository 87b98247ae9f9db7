import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";

/** CIFAR's numbers: an importer takes no fewer. */
const imagesAFile = 10_000;
const imageBytes = 3072;
const recordBytes = 1 + imageBytes;
const files = [...[1, 2, 3, 4, 5].map((batch) => `data_batch_${batch}.bin`), "test_batch.bin"];
export const classNames = ["plane", "car", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];

/**
 * A folder in CIFAR-10's binary format (184 MB) with images that can be learnt in a few steps: each class has a colour and
 * a place of its own, on noise.
 */
export function writeCifar10(folder: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, "batches.meta.txt"), `${classNames.join("\n")}\n`);
  const noise = Buffer.alloc(imageBytes * 64);
  for (let at = 0, state = 1; at < noise.length; at++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    noise[at] = state >>> 24;
  }
  for (const [index, file] of files.entries()) {
    const bytes = Buffer.alloc(imagesAFile * recordBytes);
    for (let image = 0; image < imagesAFile; image++) {
      const at = image * recordBytes;
      const label = (image * 7 + index) % 10;
      bytes[at] = label;
      const from = ((image * 31 + index) % 63) * imageBytes;
      noise.copy(bytes, at + 1, from, from + imageBytes);
      draw(bytes.subarray(at + 1, at + recordBytes), label);
    }
    writeFileSync(path.join(folder, file), bytes);
  }
}

/** A band of ten rows, brighter in one channel. */
function draw(planes: Buffer, label: number): void {
  const channel = label % 3;
  const firstRow = 2 * label;
  for (let plane = 0; plane < 3; plane++) {
    planes.fill(plane === channel ? 230 : 40, plane * 1024 + firstRow * 32, plane * 1024 + (firstRow + 10) * 32);
  }
}
