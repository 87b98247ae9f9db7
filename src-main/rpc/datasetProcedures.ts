import { readFile } from "node:fs/promises";
import path from "node:path";
import type { DatasetLine, WorkStep } from "../../src-shared/contract/index.ts";
import { packAugmented } from "../../src-shared/contract/packedAugmented.ts";
import { packImages, packLabels } from "../../src-shared/contract/packedImages.ts";
import { WorkbenchError } from "../../src-shared/errors.ts";
import {
  augmentedImages,
  dataFile,
  imageBytes,
  listDatasets,
  openDataset,
  readImages,
  removeDataset,
  type DatasetEntry,
  type PreparedDataset,
} from "../dataset/index.ts";
import { readDataset } from "../dataset/openDataset.ts";
import type { Workbench } from "../workbench.ts";
import { implementation } from "./implementation.ts";
import { feedOf } from "./live/liveFeed.ts";
import { refusePathOfOthers } from "./refusePaths.ts";
import { runWork } from "./work/runWork.ts";
import { streamWork } from "./work/streamWork.ts";
import type { Work } from "./work/workMessage.ts";

const { datasets: os } = implementation;

export const datasetProcedures = {
  list: os.list.handler(async ({ context: { workbench } }) => (await listDatasets(workbench.home)).map(lineOf)),

  add: os.add.handler(({ context, input: { name, from, replace = false }, signal }) => {
    const { workbench } = context;
    refusePathOfOthers(context, "In a terminal of that machine: rwb dataset add NAME --from PATH");
    if (!path.isAbsolute(from)) {
      throw new WorkbenchError("usage", `${from} is no absolute path.`, { mend: "Name the whole path." });
    }
    return workOn(workbench, { kind: "dataset-add", home: workbench.home, name, from, replace }, signal);
  }),

  download: os.download.handler(({ context: { workbench }, input: { name, replace = false }, signal }) =>
    workOn(workbench, { kind: "dataset-download", home: workbench.home, name, replace }, signal),
  ),

  verify: os.verify.handler(({ context: { workbench }, input: { name }, signal }) =>
    workOn(workbench, { kind: "dataset-verify", home: workbench.home, name }, signal),
  ),

  remove: os.remove.handler(async ({ context: { workbench }, input: { name } }) => {
    await removeDataset(workbench.home, name);
    feedOf(workbench).note({ datasets: true });
    return { name };
  }),

  images: os.images.handler(async ({ context: { workbench }, input: { name, part, images } }) => {
    const dataset = await readDataset(workbench.home, name);
    return new Blob([packImages(await readImages(dataset, part, images))]);
  }),

  labels: os.labels.handler(async ({ context: { workbench }, input: { name, part } }) => {
    const dataset = await readDataset(workbench.home, name);
    const labels = await readFile(dataFile(dataset, part === "train" ? "trainLabels" : "testLabels"));
    return new Blob([packLabels(labels)]);
  }),

  statistics: os.statistics.handler(async ({ context: { workbench }, input: { name } }) => {
    const dataset = await readDataset(workbench.home, name);
    const { perChannelMean, perChannelStd } = dataset;
    const file = await readFile(dataFile(dataset, "mean"));
    const meanImage = Uint8Array.from({ length: imageBytes }, (_, at) => Math.round(file.readFloatLE(4 * at)));
    return { perChannelMean, perChannelStd, meanImage: Buffer.from(meanImage).toString("base64") };
  }),

  augmented: os.augmented.handler(async ({ context: { workbench }, input: { name, augmentation, ...settings } }) => {
    const dataset = await openDataset(workbench.home, name);
    return new Blob([packAugmented(await augmentedImages(dataset, { ...augmentation, ...settings }))]);
  }),
};

type Step = WorkStep | { readonly type: "done"; readonly dataset: ReturnType<typeof readyLine> };

function workOn(workbench: Workbench, work: Work & { name: string }, signal: AbortSignal | undefined) {
  return streamWork<Step>(async (onStep, stop) => {
    try {
      await runWork(work, onStep, stop);
    } finally {
      feedOf(workbench).note({ datasets: true });
    }
    onStep({ type: "done", dataset: readyLine(await readDataset(workbench.home, work.name)) });
  }, signal);
}

function readyLine(dataset: PreparedDataset) {
  const { name, title, original, note, classes, trainImages, testImages, checksum } = dataset;
  return {
    ...{ status: "ready" as const, name, title, original, note: note ?? null, classes, trainImages, testImages },
    checksum,
  };
}

function lineOf(entry: DatasetEntry): DatasetLine {
  switch (entry.status) {
    case "ready":
      return readyLine(entry.dataset);
    case "damaged": {
      const { code, message, mend } = entry.error;
      return { status: "damaged", name: entry.name, code, message, mend: mend ?? null };
    }
    case "built-in":
    case "downloadable":
      return entry;
  }
}
