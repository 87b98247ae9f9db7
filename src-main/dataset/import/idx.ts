import type { DatasetPart, DatasetSink } from "../datasetWriter.ts";
import { imageBytes, imageChannels, imageSide } from "../preparedDataset.ts";
import { openByteReader, type ByteReader } from "./byteReader.ts";
import type { ImportLimits } from "./importLimits.ts";
import { invalid, sourceFile, type SourceFolder } from "./sourceFolder.ts";

/**
 * MNIST's idx files, as Fashion-MNIST (Xiao, Rasul, Vollgraf 2017) has them: a big-endian header, then bytes. Grey images
 * of 28 x 28 get a border of 2 zeros and three equal channels. The header says how many images there are.
 */
const idxSide = 28;
const border = (imageSide - idxSide) / 2;
const classes = 10;

/** By part; the MD5 sums are Fashion-MNIST's, of the files after gunzipping, since mirrors compress them anew. */
const parts: readonly { part: DatasetPart; prefix: string; imagesMd5: string; labelsMd5: string }[] = [
  {
    part: "train",
    prefix: "train",
    imagesMd5: "f4a8712d7a061bf5bd6d2ca38dc4d50a",
    labelsMd5: "9018921c3c673c538a1fc5bad174d6f9",
  },
  {
    part: "test",
    prefix: "t10k",
    imagesMd5: "8181f5470baa50b63fa0f6fddb340f0a",
    labelsMd5: "15d484375f8d13e6eb1aabb0c3f46965",
  },
];

const kinds = {
  images: { stem: "images", dimensions: 3 },
  labels: { stem: "labels", dimensions: 1 },
} as const;

/** The spellings in use: with `-` or `.`, gzipped or not. */
function findIdx(folder: SourceFolder, prefix: string, kind: keyof typeof kinds): string | undefined {
  const { stem, dimensions } = kinds[kind];
  const spellings = ["-", "."].flatMap((dot) =>
    [".gz", ""].map((end) => `${prefix}-${stem}${dot}idx${dimensions}-ubyte${end}`),
  );
  return spellings.find((name) => folder.names.includes(name));
}

export const isIdxFolder = (folder: SourceFolder): boolean => findIdx(folder, "train", "images") !== undefined;

const chunkImages = 500;

/**
 * Reads the four files into `sink`; returns whether they are Fashion-MNIST's.
 *
 * @throws WorkbenchError dataset-invalid (missing, truncated, another size, a label out of range), archive-unsafe
 */
export async function importIdx(folder: SourceFolder, sink: DatasetSink, limits: ImportLimits): Promise<boolean> {
  let original = true;
  for (const { part, prefix, imagesMd5, labelsMd5 } of parts) {
    const images = await openIdx(folder, prefix, "images", limits);
    try {
      const labels = await openIdx(folder, prefix, "labels", limits);
      try {
        if (images.count !== labels.count) {
          throw invalid(`${images.name} has ${images.count} images, but ${labels.name} ${labels.count} labels.`);
        }
        await copy(images, labels, (pixels, numbers) => sink.add(part, pixels, numbers));
        await expectEnd(images);
        await expectEnd(labels);
        original &&= images.reader.md5() === imagesMd5 && labels.reader.md5() === labelsMd5;
      } finally {
        labels.reader.close();
      }
    } finally {
      images.reader.close();
    }
  }
  return original;
}

interface IdxFile {
  readonly name: string;
  readonly reader: ByteReader;
  readonly count: number;
}

async function openIdx(
  folder: SourceFolder,
  prefix: string,
  kind: keyof typeof kinds,
  limits: ImportLimits,
): Promise<IdxFile> {
  const name = findIdx(folder, prefix, kind);
  const { stem, dimensions } = kinds[kind];
  if (name === undefined) throw invalid(`${prefix}-${stem}-idx${dimensions}-ubyte.gz is missing.`);
  const file = await sourceFile(folder, name);
  const reader = openByteReader(file.path, { gunzip: name.endsWith(".gz") });
  try {
    const header = await readSome(name, reader, 4 * (1 + dimensions));
    if (header.length < 4 * (1 + dimensions)) throw invalid(`${name} ends within its header.`);
    // 0, 0, type 8 (unsigned bytes), number of dimensions
    if (header.readUInt32BE(0) !== 0x0800 + dimensions)
      throw invalid(`${name} is no idx file of ${dimensions}-dimensional bytes.`);
    const [count, ...sides] = Array.from({ length: dimensions }, (_, i) => header.readUInt32BE(4 * (i + 1)));
    if (sides.some((side) => side !== idxSide)) {
      throw invalid(`${name} has images of ${sides.join(" x ")} pixels; ${idxSide} x ${idxSide} were expected.`);
    }
    if (count > limits.mostImages)
      throw invalid(`${name} claims ${count} images; at most ${limits.mostImages} are taken.`);
    return { name, reader, count };
  } catch (error) {
    reader.close();
    throw error;
  }
}

async function copy(
  images: IdxFile,
  labels: IdxFile,
  add: (pixels: Uint8Array, labels: Uint8Array) => Promise<void>,
): Promise<void> {
  for (let first = 0; first < images.count; first += chunkImages) {
    const here = Math.min(chunkImages, images.count - first);
    const grey = await readAll(images, here * idxSide ** 2);
    const numbers = await readAll(labels, here);
    const wrong = numbers.findIndex((label) => label >= classes);
    if (wrong >= 0)
      throw invalid(`${labels.name}: label ${first + wrong} is ${numbers[wrong]}; there are ${classes} classes.`);
    const pixels = new Uint8Array(here * imageBytes);
    for (let image = 0; image < here; image++) pad(grey, image * idxSide ** 2, pixels, image * imageBytes);
    await add(pixels, numbers);
  }
}

function pad(grey: Uint8Array, at: number, pixels: Uint8Array, to: number): void {
  for (let y = 0; y < idxSide; y++) {
    for (let x = 0; x < idxSide; x++) {
      const pixel = to + ((y + border) * imageSide + x + border) * imageChannels;
      const value = grey[at + y * idxSide + x];
      pixels[pixel] = value;
      pixels[pixel + 1] = value;
      pixels[pixel + 2] = value;
    }
  }
}

async function readAll(file: IdxFile, count: number): Promise<Buffer> {
  const bytes = await readSome(file.name, file.reader, count);
  if (bytes.length < count) throw invalid(`${file.name} ends early; its header says ${file.count}.`, "Fetch it anew.");
  return bytes;
}

async function expectEnd(file: IdxFile): Promise<void> {
  if ((await readSome(file.name, file.reader, 1)).length > 0) {
    throw invalid(`${file.name} goes on after the ${file.count} that its header says.`);
  }
}

async function readSome(name: string, reader: ByteReader, count: number): Promise<Buffer> {
  try {
    return await reader.read(count);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall !== undefined) throw error;
    throw invalid(`${name} is damaged: ${(error as Error).message}`, "Fetch it anew.");
  }
}
