import { readFile } from "node:fs/promises";
import type { DatasetPart, DatasetSink } from "../datasetWriter.ts";
import { decodeImage } from "../decodeImage.ts";
import { imageBytes } from "../preparedDataset.ts";
import type { ImportLimits } from "./importLimits.ts";
import { invalid, isLitter, sourceFile, sourceSubfolder, type SourceFolder } from "./sourceFolder.ts";

/**
 * `train/CLASS/*` and `test/CLASS/*`, JPEG or PNG. Labels follow the class names sorted by code unit, images their file
 * names. Other sizes than 32 x 32 are scaled and cut (decodeImage.ts).
 */
const partFolders: readonly DatasetPart[] = ["train", "test"];
const extension = /\.(jpe?g|png)$/i;
const mostClasses = 256;

const mostFileBytes = 64_000_000;
/** Decoded side by side; libvips has threads of its own. */
const chunkImages = 64;

export const isImageFolder = (folder: SourceFolder): boolean =>
  partFolders.every((part) => folder.names.includes(part));

export interface ImageFolderContent {
  readonly classes: string[];
  /** Files that are neither JPEG nor PNG by their name, and so were left out. */
  readonly leftOut: number;
}

/** @throws WorkbenchError dataset-invalid (an unreadable image, other classes in test than in train), archive-unsafe */
export async function importImageFolder(
  folder: SourceFolder,
  sink: DatasetSink,
  limits: ImportLimits,
): Promise<ImageFolderContent> {
  let classes: string[] | undefined;
  let leftOut = 0;
  for (const part of partFolders) {
    const partFolder = await sourceSubfolder(folder, part);
    const names = partFolder.names.filter((name) => !isLitter(name));
    classes ??= checkedClasses(names);
    if (names.join("\n") !== classes.join("\n")) throw invalid(differentClasses(classes, names));
    let images = 0;
    for (const [label, name] of classes.entries()) {
      const classFolder = await sourceSubfolder(partFolder, name);
      const files = classFolder.names.filter((file) => !isLitter(file));
      const pictures = files.filter((file) => extension.test(file));
      leftOut += files.length - pictures.length;
      images += pictures.length;
      if (pictures.length === 0) throw invalid(`${part}/${name} has no .jpg, .jpeg or .png file.`);
      if (images > limits.mostImages) throw invalid(`More than ${limits.mostImages} images in ${part}.`);
      await addPictures(classFolder, pictures, (pixels) =>
        sink.add(part, pixels, new Uint8Array(pixels.length / imageBytes).fill(label)),
      );
    }
  }
  return { classes: classes ?? [], leftOut };
}

function checkedClasses(names: readonly string[]): string[] {
  if (names.length < 2 || names.length > mostClasses) {
    throw invalid(`train has ${names.length} class folders; 2 to ${mostClasses} are possible.`);
  }
  return [...names];
}

function differentClasses(train: readonly string[], test: readonly string[]): string {
  const onlyTrain = train.find((name) => !test.includes(name));
  const onlyTest = test.find((name) => !train.includes(name));
  const where = onlyTrain !== undefined ? `test has no "${onlyTrain}"` : `train has no "${onlyTest}"`;
  return `train and test must have the same classes: ${where}.`;
}

async function addPictures(
  folder: SourceFolder,
  names: readonly string[],
  add: (pixels: Uint8Array) => Promise<void>,
): Promise<void> {
  for (let first = 0; first < names.length; first += chunkImages) {
    const here = names.slice(first, first + chunkImages);
    // allSettled: an import that fails must not leave decoders at work behind it.
    const decoded = await Promise.allSettled(here.map((name) => decode(folder, name)));
    const pixels = new Uint8Array(here.length * imageBytes);
    decoded.forEach((result, image) => {
      if (result.status === "rejected") throw result.reason;
      pixels.set(result.value, image * imageBytes);
    });
    await add(pixels);
  }
}

async function decode(folder: SourceFolder, name: string): Promise<Uint8Array> {
  const file = await sourceFile(folder, name);
  if (file.bytes > mostFileBytes)
    throw invalid(`${file.path} has ${file.bytes} bytes; at most ${mostFileBytes} are read.`);
  const bytes = await readFile(file.path);
  try {
    return await decodeImage(bytes);
  } catch (error) {
    throw invalid(`${file.path} ${(error as Error).message}.`);
  }
}
