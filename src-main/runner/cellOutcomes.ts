import type { CellOutcome, FinishedOutcome } from "../../src-shared/study/cellOutcome.ts";
import { estimate, shareEstimate } from "../../src-shared/study/estimate.ts";
import { finalLoss, finalTrainingError, wholeEpoch } from "../../src-shared/study/finalValues.ts";
import type { History, RunRecord } from "../history/index.ts";
import type { StudyCell } from "./studyService.ts";

/**
 * What became of a study's cell, from the raw values of its series and its last evaluation.
 *
 * @param trainImages of its data set before the validation part is taken away; an epoch is made of them
 */
export function cellOutcome(history: History, { config, run }: StudyCell, trainImages: number): CellOutcome {
  const { family, depth, shortcut } = config.network;
  return {
    ...{ family, depth, shortcut, seed: config.seed },
    diverged: run?.status === "diverged",
    outcome: run?.status === "finished" ? finishedOutcome(history, run, trainImages) : undefined,
  };
}

/** Undefined where a run that is finished has no whole epoch, or no evaluation: an old or damaged log. */
function finishedOutcome(
  history: History,
  { id, config }: RunRecord,
  trainImages: number,
): FinishedOutcome | undefined {
  const epoch = wholeEpoch(config, trainImages);
  const losses = history.series.read(id, "loss").values;
  const loss = finalLoss(losses, epoch);
  const trainingError = finalTrainingError(history.series.read(id, "accuracy").values, epoch);
  const last = history.evaluations.of(id).at(-1);
  if (loss === undefined || trainingError === undefined || last === undefined) return undefined;
  const epochLosses: number[] = [];
  for (let from = 0; from < losses.length; from += epoch) {
    const mean = estimate(losses.slice(from, from + epoch))?.mean;
    epochLosses.push(mean ?? Infinity);
  }
  return {
    ...{ loss, trainingError },
    testError: shareEstimate(1 - last.testAccuracy, last.images),
    epochLosses,
  };
}
