import { readFile } from "node:fs/promises";
import { datasetChecksum } from "./checksum.ts";
import { damaged, openDataset } from "./openDataset.ts";
import { dataFile, type PreparedDataset } from "./preparedDataset.ts";
import { imageStatistics } from "./statistics.ts";

/**
 * Reads every byte of a data set: sizes, checksum, labels, and whether the stored mean is that of the images.
 *
 * @throws WorkbenchError dataset-missing, dataset-invalid (with what differs)
 */
export async function verifyDataset(home: string, name: string): Promise<PreparedDataset> {
  const dataset = await openDataset(home, name);
  if ((await datasetChecksum(dataset.folder)) !== dataset.checksum) {
    throw damaged(name, "images or labels have changed since it was imported (the checksum differs)");
  }
  for (const part of ["trainLabels", "testLabels"] as const) {
    const labels = await readFile(dataFile(dataset, part));
    if (labels.some((label) => label >= dataset.classes.length)) throw damaged(name, "a label is out of range");
  }
  const statistics = await imageStatistics(dataFile(dataset, "trainImages"), dataset.trainImages);
  const mean = await readFile(dataFile(dataset, "mean"));
  const sameMean = statistics.perPixelMean.every((value, index) => mean.readFloatLE(4 * index) === value);
  const sameChannels =
    statistics.perChannelMean.every((value, channel) => value === dataset.perChannelMean[channel]) &&
    statistics.perChannelStd.every((value, channel) => value === dataset.perChannelStd[channel]);
  if (!sameMean || !sameChannels) throw damaged(name, "mean or standard deviation are not those of the images");
  return dataset;
}
