import type { Run, RunDetail } from "../../src-shared/contract/index.ts";
import { toWireNumber } from "../../src-shared/runEvent.ts";
import { actionsFor } from "../../src-shared/runState.ts";
import type { RunRecord } from "../history/index.ts";

const number = (value: number | undefined) => (value === undefined ? null : toWireNumber(value));

/**
 * A run of the history as the contract has it. A live trainer knows its iteration and loss up to a second earlier.
 * @param study the study that was asked for
 */
export function toWireRun(run: RunRecord, live?: { iteration: number; loss: number }, study?: string): Run {
  return {
    id: run.id,
    status: run.status,
    reason: run.reason ?? null,
    dataset: run.datasetName,
    family: run.family,
    depth: run.depth,
    shortcut: run.shortcut,
    seed: run.seed,
    recipe: run.recipe ?? null,
    scale: run.scale ?? null,
    deviations: run.deviations,
    study: study ?? run.studies[0] ?? null,
    studies: run.studies,
    iteration: live?.iteration ?? run.iteration,
    iterations: run.iterations,
    loss: number(live && Number.isFinite(live.loss) ? live.loss : run.loss),
    imagesPerSecond: number(run.imagesPerSecond),
    testAccuracy: run.testAccuracy ?? null,
    bestTestAccuracy: run.bestTestAccuracy ?? null,
    checkpointIteration: run.checkpointIteration ?? null,
    threads: run.threads ?? null,
    lanes: run.lanes ?? null,
    tags: run.tags,
    pinned: run.pinned,
    forkedFrom: run.forkedFrom ?? null,
    createdMs: run.createdMs,
    startedMs: run.startedMs ?? null,
    endedMs: run.endedMs ?? null,
    trashedMs: run.trashedMs ?? null,
  };
}

/** @param folder the run's folder, where it has one */
export function toWireDetail(
  run: RunRecord,
  live: { iteration: number; loss: number } | undefined,
  folder: string | undefined,
): RunDetail {
  return {
    ...toWireRun(run, live),
    config: run.config,
    notes: run.notes,
    codeVersion: run.codeVersion,
    engine: run.engine ?? null,
    data: run.dataset ?? null,
    folder: folder ?? null,
    actions: run.trashedMs === undefined ? actionsFor(run.status) : [],
  };
}
