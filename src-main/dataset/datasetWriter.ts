import { mkdir, open, rm, writeFile, type FileHandle } from "node:fs/promises";
import path from "node:path";
import { fileError, WorkbenchError } from "../../src-shared/errors.ts";
import { datasetsFolder } from "../home.ts";
import { datasetChecksum } from "./checksum.ts";
import { datasetFolder } from "./names.ts";
import {
  dataFiles,
  datasetDescriptionSchema,
  descriptionFile,
  imageBytes,
  type DatasetDescription,
  type PreparedDataset,
} from "./preparedDataset.ts";
import {
  createStagingFolder,
  discardStagingFolder,
  exists,
  moveIntoPlace,
  sweepStagingFolders,
} from "./stagingFolder.ts";
import { imageStatistics } from "./statistics.ts";
import { syncFolder } from "../syncFolder.ts";

export type DatasetPart = "train" | "test";

/** Where an importer puts what it has read. */
export interface DatasetSink {
  /**
   * Appends images to a part: uint8 [n, 32, 32, 3] and uint8 [n]. Both may be reused once the promise resolves.
   *
   * @throws WorkbenchError dataset-invalid where a label is not below `classes` or a part has too many images
   */
  add(part: DatasetPart, images: Uint8Array, labels: Uint8Array): Promise<void>;
  /** A folder for what the importer needs in between; it goes with the end of the import. */
  readonly scratch: string;
}

/** What an importer knows about the data set apart from its images. */
export type DatasetContent = Pick<
  DatasetDescription,
  "title" | "source" | "original" | "note" | "classes" | "generatorVersion"
>;

export type Importer = (sink: DatasetSink) => Promise<DatasetContent>;

/** More would not fit into one label byte and a sensible amount of memory: 30 GB of pixels. */
export const mostImages = 10_000_000;

/** Whether the data set may replace one of the same name, must not (an error), or gives way to it. */
export type WriteMode = "new" | "replace" | "keep";

/**
 * Makes the data set `name` of what the importer reads. Nothing is seen of it until it is complete and on the disk; an
 * error leaves everything as it was.
 *
 * @throws WorkbenchError dataset-exists, dataset-invalid, disk-full, permission, and what the importer throws
 */
export async function writeDataset(
  home: string,
  name: string,
  importer: Importer,
  mode: WriteMode,
): Promise<PreparedDataset> {
  const target = datasetFolder(home, name);
  const datasets = datasetsFolder(home);
  let folder: string | undefined;
  try {
    await mkdir(datasets, { recursive: true });
    await sweepStagingFolders(datasets);
    if (mode === "new" && (await exists(target))) throw alreadyThere(name);
    folder = await createStagingFolder(datasets, name);
    const description = await writeInto(folder, name, importer);
    const stands = await moveIntoPlace(folder, target, mode === "replace" ? "replace" : "keep");
    if (!stands && mode === "new") throw alreadyThere(name);
    return { ...description, folder: target };
  } catch (error) {
    if (folder !== undefined) await discardStagingFolder(folder);
    throw fileError(error, `writing the data set "${name}"`);
  }
}

function alreadyThere(name: string): WorkbenchError {
  return new WorkbenchError("dataset-exists", `There is a data set "${name}" already.`, {
    mend: `Add --replace, choose another name, or remove it first: rwb dataset remove ${name}`,
  });
}

async function writeInto(folder: string, name: string, importer: Importer): Promise<DatasetDescription> {
  const scratch = path.join(folder, "scratch");
  await mkdir(scratch);
  const files: FileHandle[] = [];
  try {
    const appender = async (images: string, labels: string): Promise<PartFiles> => {
      const part = { images: await open(path.join(folder, images), "wx"), count: 0, largestLabel: 0 };
      files.push(part.images);
      const labelsFile = await open(path.join(folder, labels), "wx");
      files.push(labelsFile);
      return { ...part, labels: labelsFile };
    };
    const parts = {
      train: await appender(dataFiles.trainImages, dataFiles.trainLabels),
      test: await appender(dataFiles.testImages, dataFiles.testLabels),
    };
    const content = await importer({ scratch, add: (part, images, labels) => append(parts[part], images, labels) });
    for (const file of files) await file.sync();
    await rm(scratch, { recursive: true });
    return await describe(folder, name, content, parts);
  } finally {
    for (const file of files) await file.close();
  }
}

interface PartFiles {
  readonly images: FileHandle;
  readonly labels: FileHandle;
  count: number;
  largestLabel: number;
}

async function append(part: PartFiles, images: Uint8Array, labels: Uint8Array): Promise<void> {
  if (images.length !== labels.length * imageBytes) throw new Error("images and labels of different number");
  part.count += labels.length;
  if (part.count > mostImages) {
    throw new WorkbenchError("dataset-invalid", `More than ${mostImages} images in one part.`);
  }
  for (const label of labels) part.largestLabel = Math.max(part.largestLabel, label);
  await part.images.appendFile(images);
  await part.labels.appendFile(labels);
}

/** Statistics and checksum are those of the files as they lie on the disk; the description comes last. */
async function describe(
  folder: string,
  name: string,
  content: DatasetContent,
  parts: Readonly<Record<DatasetPart, PartFiles>>,
): Promise<DatasetDescription> {
  for (const [part, { count, largestLabel }] of Object.entries(parts)) {
    if (count === 0) throw new WorkbenchError("dataset-invalid", `No ${part} images.`);
    if (largestLabel >= content.classes.length) {
      const what = `Label ${largestLabel} in the ${part} part, but there are ${content.classes.length} classes.`;
      throw new WorkbenchError("dataset-invalid", what);
    }
  }
  const statistics = await imageStatistics(path.join(folder, dataFiles.trainImages), parts.train.count);
  const description = datasetDescriptionSchema.parse({
    version: 1,
    name,
    ...content,
    trainImages: parts.train.count,
    testImages: parts.test.count,
    perChannelMean: statistics.perChannelMean,
    perChannelStd: statistics.perChannelStd,
    checksum: await datasetChecksum(folder),
  } satisfies Omit<DatasetDescription, "perChannelMean" | "perChannelStd"> & Record<string, unknown>);
  await writeSynced(path.join(folder, dataFiles.mean), littleEndian(statistics.perPixelMean));
  await writeSynced(path.join(folder, descriptionFile), `${JSON.stringify(description, null, 2)}\n`);
  await syncFolder(folder);
  return description;
}

const writeSynced = (file: string, data: Uint8Array | string): Promise<void> =>
  writeFile(file, data, { flag: "wx", flush: true });

function littleEndian(values: Float32Array): Uint8Array {
  const bytes = Buffer.alloc(values.byteLength);
  values.forEach((value, index) => bytes.writeFloatLE(value, index * Float32Array.BYTES_PER_ELEMENT));
  return bytes;
}
