import { readFile } from "node:fs/promises";
import { WorkbenchError } from "../../src-shared/errors.ts";
import type { StudyData } from "../../src-shared/figures/studyData.ts";
import { dataFile, readDataset, type PreparedDataset } from "../dataset/index.ts";
import type { History } from "../history/index.ts";
import { studyCells } from "../runner/studyService.ts";
import type { StudySource } from "./readStudyData.ts";

/** CIFAR's, for a data set that is not here. */
const unknownTrainImages = 50_000;

/**
 * A study of a workbench folder, to make figures of. Its history may be open for reading alone.
 * @throws WorkbenchError `study-unknown`
 */
export async function studySource(history: History, home: string, study: string): Promise<StudySource> {
  const { grid } = history.studies.get(study);
  const cells = studyCells(history, study);
  const datasets = new Map<string, PreparedDataset>();
  for (const name of new Set(cells.map(({ config }) => config.dataset))) {
    const found = await datasetIfHere(home, name);
    if (found) datasets.set(name, found);
  }
  return {
    ...{ history, study, grid, cells },
    trainImages: (name) => datasets.get(name)?.trainImages ?? unknownTrainImages,
    truth: await truthOf([...datasets.values()]),
  };
}

/** A run of the past may name a data set that is gone. */
async function datasetIfHere(home: string, name: string): Promise<PreparedDataset | undefined> {
  try {
    return await readDataset(home, name);
  } catch (error) {
    if (error instanceof WorkbenchError) return undefined;
    throw error;
  }
}

/** What the test images show; nothing where the study has several data sets, which no matrix can join. */
async function truthOf(datasets: readonly PreparedDataset[]): Promise<StudyData["truth"]> {
  if (datasets.length !== 1) return undefined;
  const [dataset] = datasets;
  return { labels: new Uint8Array(await readFile(dataFile(dataset, "testLabels"))), classes: dataset.classes };
}
