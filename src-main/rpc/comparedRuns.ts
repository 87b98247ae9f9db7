import type { ComparedRun } from "../../src-shared/contract/index.ts";
import type { SeriesName } from "../../src-shared/series.ts";
import { epochIterations } from "../../src-shared/study/finalValues.ts";
import { estimate } from "../../src-shared/study/estimate.ts";
import { datasetsHere } from "../dataset/index.ts";
import type { RunRecord } from "../history/index.ts";
import type { Workbench } from "../workbench.ts";
import { evaluationLines } from "./evaluationProcedures.ts";
import { liveOf } from "./implementation.ts";
import { ownTurn } from "./turns.ts";
import { toWireRun } from "./wireRun.ts";

/** Runs with what they are compared by; between two of them others get their turn. */
export async function comparedRuns(workbench: Workbench, ids: readonly string[]): Promise<ComparedRun[]> {
  const { history, home } = workbench;
  const found = ids.flatMap((id) => history.runs.find(id) ?? []);
  const datasets = await datasetsHere(
    home,
    found.map(({ config }) => config.dataset),
  );
  const compared: ComparedRun[] = [];
  for (const run of found) {
    await ownTurn();
    const trainImages = datasets.get(run.config.dataset)?.trainImages;
    const epoch = trainImages === undefined ? undefined : epochIterations(run.config, trainImages);
    compared.push({
      ...toWireRun(run, liveOf(workbench, run.id)),
      config: run.config,
      checksum: run.dataset?.checksum ?? null,
      epochIterations: epoch ?? null,
      finalLoss: lastEpoch(workbench, run, "loss", epoch),
      finalTrainingAccuracy: lastEpoch(workbench, run, "accuracy", epoch),
      evaluations: evaluationLines(history, run.id),
    });
  }
  return compared;
}

/** @param epoch in iterations, at least one of which counts; undefined where it is not known */
function lastEpoch(
  { history }: Workbench,
  { id, iteration }: RunRecord,
  name: SeriesName,
  epoch: number | undefined,
): number | null {
  if (epoch === undefined) return null;
  const from = Math.max(0, iteration - Math.max(1, Math.round(epoch)));
  return estimate(history.series.read(id, name, { from, to: iteration }).values)?.mean ?? null;
}
