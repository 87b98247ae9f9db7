import { readFile } from "node:fs/promises";
import { recipeNames } from "../../src-shared/recipes.ts";
import type { RunFigureData } from "../../src-shared/figures/runFigureData.ts";
import { settingDeviations } from "../../src-shared/study/fidelity.ts";
import { fidelityInWords, fidelityLabels } from "../../src-shared/study/fidelityInWords.ts";
import { dataLabel } from "../../src-shared/study/dataCopy.ts";
import { dataFile, datasetsHere, trainImagesIn, type PreparedDataset } from "../dataset/index.ts";
import type { History, RunRecord } from "../history/index.ts";
import type { SubjectMetadata } from "./figureMetadata.ts";
import { cellStateOf, readRun } from "./readRun.ts";
import { scheduleLabel } from "./readStudyData.ts";

/**
 * A run of the history, to make figures of.
 * @param iteration the evaluation that a confusion matrix is of; the last one where it is undefined
 */
export async function readRunFigureData(
  history: History,
  home: string,
  record: RunRecord,
  iteration: number | undefined,
): Promise<RunFigureData> {
  const { family, depth, shortcut } = record.config.network;
  const datasets = await datasetsHere(home, [record.config.dataset]);
  const dataset = datasets.get(record.config.dataset);
  const run = readRun(history, record, trainImagesIn(datasets, record.config.dataset));
  return {
    cell: { family, depth, shortcut, seed: record.config.seed, state: cellStateOf(record.status), run },
    evaluations: history.evaluations.of(record.id),
    labels: labelsOf(record),
    predicted: dataset && (await predictedOf(history, record, dataset, iteration)),
  };
}

/** Nothing where the labels that are here are not those of the images that it was tested on. */
async function predictedOf(
  history: History,
  { id, dataset: trainedOn }: RunRecord,
  here: PreparedDataset,
  iteration: number | undefined,
): Promise<RunFigureData["predicted"]> {
  const at = iteration ?? history.evaluations.of(id).at(-1)?.iteration;
  const classes = at === undefined ? undefined : history.evaluations.predictions(id, at);
  if (at === undefined || classes === undefined) return undefined;
  if (here.checksum !== trainedOn?.checksum || here.testImages !== classes.length) return undefined;
  const labels = new Uint8Array(await readFile(dataFile(here, "testLabels")));
  return { iteration: at, classes, truth: { labels, classes: here.classes } };
}

/** What is set otherwise than its recipe has it; nothing where it came from no recipe that is known. */
function settingsOf({ recipe: name, config, scale }: RunRecord) {
  const recipe = recipeNames.find((known) => known === name);
  const lines = recipe ? settingDeviations(recipe, [config], scale) : [];
  return { lines, words: lines.map((line) => fidelityInWords(recipe!, line)) };
}

/** "1/32 of the schedule", "CIFAR-10 (JPEG copy)", "bfloat16", "momentum 0.8" */
export function labelsOf(record: RunRecord): string[] {
  const { dataset, config, scale = 1 } = record;
  const { lines } = settingsOf(record);
  return [
    ...scheduleLabel(scale, lines),
    dataset ? dataLabel(dataset) : config.dataset,
    config.precision,
    ...fidelityLabels(lines),
  ];
}

export const metadataOfRun = (record: RunRecord): SubjectMetadata => ({
  ...{ subject: `Run: ${record.id}`, runs: [record.id], deviations: settingsOf(record).words },
});
