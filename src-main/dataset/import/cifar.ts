import { open, readFile } from "node:fs/promises";
import type { DatasetPart, DatasetSink } from "../datasetWriter.ts";
import { imageBytes, imageChannels, imageSide } from "../preparedDataset.ts";
import type { ImportLimits } from "./importLimits.ts";
import { invalid, sourceFile, type SourceFolder } from "./sourceFolder.ts";
import { cifar100FineNames, cifar10Names } from "./wellKnownNames.ts";

/**
 * The binary versions of CIFAR-10 and CIFAR-100 (Krizhevsky 2009, https://www.cs.toronto.edu/~kriz/cifar.html): records
 * of one or two label bytes and 3,072 pixels, as planes of red, green and blue.
 */
export interface CifarFormat {
  readonly source: "cifar10" | "cifar100";
  readonly title: string;
  readonly archive: string;
  readonly files: readonly { name: string; part: DatasetPart; images: (limits: ImportLimits) => number }[];
  /** Bytes before the pixels; the last of them is the label that counts (CIFAR-100: coarse, then fine). */
  readonly labelBytes: number;
  readonly namesFile: string;
  readonly names: readonly string[];
}

export const cifarFormats: readonly CifarFormat[] = [
  {
    source: "cifar10",
    title: "CIFAR-10",
    archive: "cifar-10-binary.tar.gz",
    files: [
      ...[1, 2, 3, 4, 5].map((batch) => ({
        name: `data_batch_${batch}.bin`,
        part: "train" as const,
        images: (limits: ImportLimits) => limits.cifar10BatchImages,
      })),
      { name: "test_batch.bin", part: "test", images: (limits) => limits.cifar10BatchImages },
    ],
    labelBytes: 1,
    namesFile: "batches.meta.txt",
    names: cifar10Names,
  },
  {
    source: "cifar100",
    title: "CIFAR-100",
    archive: "cifar-100-binary.tar.gz",
    files: [
      { name: "train.bin", part: "train", images: (limits) => limits.cifar100TrainImages },
      { name: "test.bin", part: "test", images: (limits) => limits.cifar100TestImages },
    ],
    labelBytes: 2,
    namesFile: "fine_label_names.txt",
    names: cifar100FineNames,
  },
];

const recordBytes = (format: CifarFormat): number => format.labelBytes + imageBytes;

/** What an archive of the format may hold, and how large each file may be. */
export function cifarMembers(format: CifarFormat, limits: ImportLimits): [name: string, mostBytes: number][] {
  return [
    ...format.files.map(({ name, images }): [string, number] => [name, images(limits) * recordBytes(format)]),
    [format.namesFile, namesFileBytes],
  ];
}

const namesFileBytes = 64_000;
const chunkRecords = 500;

/**
 * Reads the format's files out of `folder` into `sink`; returns the class names.
 *
 * @throws WorkbenchError dataset-invalid (missing, truncated, a label out of range), archive-unsafe
 */
export async function importCifar(
  format: CifarFormat,
  folder: SourceFolder,
  sink: DatasetSink,
  limits: ImportLimits,
): Promise<string[]> {
  const classes = await readNames(format, folder);
  for (const { name, part, images } of format.files) {
    if (!folder.names.includes(name)) throw invalid(`${name} is missing; ${format.title} has it.`);
    const file = await sourceFile(folder, name);
    const expected = images(limits) * recordBytes(format);
    if (file.bytes !== expected) {
      throw invalid(`${name} has ${file.bytes} bytes; ${format.title} has ${expected} there.`, "Fetch it anew.");
    }
    await readRecords(file.path, name, images(limits), format, (pixels, labels) => sink.add(part, pixels, labels));
  }
  return classes;
}

/** The names file's first lines; the well-known names where there is no such file. */
async function readNames(format: CifarFormat, folder: SourceFolder): Promise<string[]> {
  if (!folder.names.includes(format.namesFile)) return [...format.names];
  const file = await sourceFile(folder, format.namesFile);
  if (file.bytes > namesFileBytes) throw invalid(`${format.namesFile} is too large for a list of names.`);
  const lines = (await readFile(file.path, "utf8"))
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "");
  const distinct = new Set(lines).size === lines.length;
  if (lines.length !== format.names.length || !distinct) {
    throw invalid(`${format.namesFile} should name ${format.names.length} different classes, one a line.`);
  }
  return lines;
}

async function readRecords(
  file: string,
  name: string,
  images: number,
  format: CifarFormat,
  add: (pixels: Uint8Array, labels: Uint8Array) => Promise<void>,
): Promise<void> {
  const stride = recordBytes(format);
  const records = Buffer.alloc(chunkRecords * stride);
  const pixels = new Uint8Array(chunkRecords * imageBytes);
  const labels = new Uint8Array(chunkRecords);
  const handle = await open(file, "r");
  try {
    for (let first = 0; first < images; first += chunkRecords) {
      const here = Math.min(chunkRecords, images - first);
      const { bytesRead } = await handle.read(records, 0, here * stride, first * stride);
      if (bytesRead !== here * stride) throw invalid(`${name} became shorter while it was read.`);
      for (let record = 0; record < here; record++) {
        const at = record * stride + format.labelBytes;
        labels[record] = records[at - 1];
        if (labels[record] >= format.names.length) {
          throw invalid(
            `${name}: record ${first + record} has label ${labels[record]}; ${format.title} ends at ${format.names.length - 1}.`,
          );
        }
        interleavePlanes(records, at, pixels, record * imageBytes);
      }
      await add(pixels.subarray(0, here * imageBytes), labels.subarray(0, here));
    }
  } finally {
    await handle.close();
  }
}

/** Planes [3, 32, 32] to pixels [32, 32, 3]. */
function interleavePlanes(from: Uint8Array, at: number, to: Uint8Array, toAt: number): void {
  const plane = imageSide * imageSide;
  for (let pixel = 0; pixel < plane; pixel++) {
    to[toAt + pixel * imageChannels] = from[at + pixel];
    to[toAt + pixel * imageChannels + 1] = from[at + plane + pixel];
    to[toAt + pixel * imageChannels + 2] = from[at + 2 * plane + pixel];
  }
}
