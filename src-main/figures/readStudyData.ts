import { scaleInWords } from "../../src-shared/deviations.ts";
import { counted } from "../../src-shared/figures/lists.ts";
import type { CellData, StudyData } from "../../src-shared/figures/studyData.ts";
import type { Grid } from "../../src-shared/grid.ts";
import type { RunConfig } from "../../src-shared/runConfig.ts";
import { dataLabel } from "../../src-shared/study/dataCopy.ts";
import type { FidelityLine } from "../../src-shared/study/fidelity.ts";
import { fidelityLabels } from "../../src-shared/study/fidelityInWords.ts";
import type { History, RunRecord } from "../history/index.ts";
import { cellStateOf, readRun } from "./readRun.ts";

/** A cell of a study's grid, as the study service has it. */
export interface FigureCell {
  readonly config: RunConfig;
  readonly run: RunRecord | undefined;
}

/** What the figures of a study are read from. */
export interface StudySource {
  readonly history: History;
  readonly study: string;
  readonly grid: Grid;
  readonly cells: readonly FigureCell[];
  /** Images of the training part before the validation part is taken away, by data set; an epoch is made of them. */
  readonly trainImages: (dataset: string) => number;
  readonly truth: StudyData["truth"];
  readonly fidelity: readonly FidelityLine[];
}

/** Reads all that a study's figures need, run by run; others get their turn between two runs. */
export async function readStudyData(source: StudySource, ownTurn: () => Promise<void>): Promise<StudyData> {
  const cells: CellData[] = [];
  for (const cell of source.cells) {
    await ownTurn();
    const { network, seed } = cell.config;
    const { family, depth, shortcut } = network;
    cells.push({
      ...{ family, depth, shortcut, seed, state: cell.run ? cellStateOf(cell.run.status) : "missing" },
      run:
        cell.run && cell.run.iteration > 0
          ? readRun(source.history, cell.run, source.trainImages(cell.config.dataset))
          : undefined,
    });
  }
  return { study: source.study, labels: labelsOf(source), cells, truth: source.truth };
}

/** "1/32 of the schedule", "CIFAR-10 (JPEG copy)", "bfloat16", "momentum 0.8", "one seed" */
function labelsOf({ grid, cells, fidelity }: StudySource): string[] {
  const runs = cells.flatMap(({ run }) => (run ? [run] : []));
  const titles = [...new Set(runs.flatMap(({ dataset }) => (dataset ? dataLabel(dataset) : [])))];
  const precisions = [...new Set(cells.map(({ config }) => config.precision))];
  const scale = grid.scale ?? 1;
  return [
    ...scheduleLabel(scale, fidelity),
    ...(titles.length > 0 ? titles : [...new Set(cells.map(({ config }) => config.dataset))]),
    precisions.join(" and "),
    ...fidelityLabels(fidelity),
    grid.seeds.length === 1 ? "one seed" : counted(grid.seeds.length, "seed"),
  ];
}

/** Nothing where the length was set by itself: then that is said. */
export function scheduleLabel(scale: number, fidelity: readonly FidelityLine[]): string[] {
  if (scale !== 1) return [`${scaleInWords(scale)} of the schedule`];
  return fidelity.some(({ topic }) => topic === "training.iterations") ? [] : ["whole schedule"];
}
