import type { CellState, Study, StudyCell } from "../../src-shared/contract/index.ts";
import type { Grid } from "../../src-shared/grid.ts";
import type { CellOutcome } from "../../src-shared/study/cellOutcome.ts";
import { verdicts } from "../../src-shared/study/claims.ts";
import { isActive, type RunStatus } from "../../src-shared/runState.ts";
import { datasetsHere, trainImagesIn } from "../dataset/index.ts";
import { cellOutcome } from "../runner/cellOutcomes.ts";
import { studyFidelity } from "../runner/studyFidelity.ts";
import type { Workbench } from "../workbench.ts";
import { implementation, liveOf } from "./implementation.ts";
import { feedOf } from "./live/liveFeed.ts";
import { ownTurn } from "./turns.ts";
import { toWireRun } from "./wireRun.ts";

const { studies: os } = implementation;

export const studyProcedures = {
  create: os.create.handler(({ context: { workbench }, input: { study, grid, template } }) => {
    workbench.history.studies.create({ name: study, grid, template });
    feedOf(workbench).note({ studies: true });
    return shown(workbench, study);
  }),

  list: os.list.handler(async ({ context: { workbench } }) => {
    const listed: Study[] = [];
    for (const { name } of workbench.history.studies.list()) {
      // A thousand of them take seconds.
      await ownTurn();
      // It may be gone by its turn.
      if (workbench.history.studies.find(name)) listed.push(shown(workbench, name).study);
    }
    return listed;
  }),

  show: os.show.handler(({ context: { workbench }, input: { study } }) => shown(workbench, study)),

  verdicts: os.verdicts.handler(async ({ context: { workbench }, input: { study } }) => {
    const { grid, cells, datasets } = await withDatasets(workbench, study);
    const outcomes: CellOutcome[] = [];
    for (const cell of cells) {
      await ownTurn();
      outcomes.push(cellOutcome(workbench.history, cell, trainImagesIn(datasets, cell.config.dataset)));
    }
    return verdicts(outcomes, grid.scale ?? 1).map(({ reason = null, ...verdict }) => ({ ...verdict, reason }));
  }),

  fidelity: os.fidelity.handler(async ({ context: { workbench }, input: { study } }) => {
    const { grid, cells, datasets } = await withDatasets(workbench, study);
    return studyFidelity(grid, cells, datasets);
  }),

  extend: os.extend.handler(({ context: { workbench }, input: { study, depths = [], seeds = [] } }) => {
    const { grid } = workbench.history.studies.get(study);
    const joined = (old: readonly number[], more: readonly number[]) => [...new Set([...old, ...more])];
    const extended: Grid = {
      ...grid,
      depths: joined(grid.depths, depths).toSorted((a, b) => a - b),
      seeds: joined(grid.seeds, seeds),
    };
    workbench.history.studies.update(study, { grid: extended });
    feedOf(workbench).note({ studies: true });
    return shown(workbench, study);
  }),

  queueMissing: os.queueMissing.handler(async ({ context: { workbench }, input: { study, threads } }) => {
    const added = await workbench.studies.queueMissing(study, { threads });
    feedOf(workbench).note({ runs: added.map(({ id }) => id), queue: true, studies: true });
    return { runs: added.map(({ id }) => toWireRun(workbench.history.runs.get(id), undefined, study)) };
  }),
};

/** A study's cells, and those of their data sets that are here. */
async function withDatasets({ history, studies, home }: Workbench, study: string) {
  const { grid } = history.studies.get(study);
  const cells = studies.cells(study);
  const datasets = await datasetsHere(
    home,
    cells.map(({ config }) => config.dataset),
  );
  return { grid, cells, datasets };
}

function shown(workbench: Workbench, name: string): { study: Study; cells: StudyCell[] } {
  const { grid, template, createdMs } = workbench.history.studies.get(name);
  const cells = workbench.studies.cells(name).map(({ config, run }): StudyCell => {
    const { family, depth, shortcut } = config.network;
    return {
      ...{ family, depth, shortcut, seed: config.seed },
      state: run ? stateOf(run.status) : "missing",
      run: run ? toWireRun(run, liveOf(workbench, run.id), name) : null,
    };
  });
  const counts = { done: 0, running: 0, queued: 0, failed: 0, missing: 0 };
  for (const { state } of cells) counts[state]++;
  return { study: { name, template: template ?? null, grid, createdMs, cells: counts }, cells };
}

function stateOf(status: RunStatus): CellState {
  if (isActive(status)) return "running";
  if (status === "finished") return "done";
  return status === "queued" || status === "interrupted" || status === "paused" ? "queued" : "failed";
}
