import { readFile } from "node:fs/promises";
import type { StudyData } from "../../src-shared/figures/studyData.ts";
import { dataFile, datasetsHere, trainImagesIn, type PreparedDataset } from "../dataset/index.ts";
import type { History } from "../history/index.ts";
import { studyFidelity } from "../runner/studyFidelity.ts";
import { studyCells } from "../runner/studyService.ts";
import type { StudySource } from "./readStudyData.ts";

/**
 * A study of a workbench folder, to make figures of. Its history may be open for reading alone.
 * @throws WorkbenchError `study-unknown`
 */
export async function studySource(history: History, home: string, study: string): Promise<StudySource> {
  const { grid } = history.studies.get(study);
  const cells = studyCells(history, study);
  const datasets = await datasetsHere(
    home,
    cells.map(({ config }) => config.dataset),
  );
  return {
    ...{ history, study, grid, cells, fidelity: studyFidelity(grid, cells, datasets) },
    trainImages: (name) => trainImagesIn(datasets, name),
    truth: await truthOf([...datasets.values()]),
  };
}

/** What the test images show; nothing where the study has several data sets, which no matrix can join. */
async function truthOf(datasets: readonly PreparedDataset[]): Promise<StudyData["truth"]> {
  if (datasets.length !== 1) return undefined;
  const [dataset] = datasets;
  return { labels: new Uint8Array(await readFile(dataFile(dataset, "testLabels"))), classes: dataset.classes };
}
