import type { ComparedRun } from "../../src-shared/contract/index.ts";
import type { SeriesName } from "../../src-shared/series.ts";
import { epochIterations } from "../../src-shared/study/finalValues.ts";
import { estimate } from "../../src-shared/study/estimate.ts";
import { datasetsHere } from "../dataset/index.ts";
import type { History, RunRecord } from "../history/index.ts";
import { ownTurn } from "./turns.ts";
import { evaluationLines } from "./wireEvaluations.ts";
import { toWireRun } from "./wireRun.ts";

type Live = Parameters<typeof toWireRun>[1];

/**
 * Runs with what they are compared by; between two of them others get their turn.
 * @param live what a run's trainer says of it, in the process that knows
 */
export async function comparedRuns(
  { history, home }: { readonly history: History; readonly home: string },
  ids: readonly string[],
  live: (id: string) => Live = () => undefined,
): Promise<ComparedRun[]> {
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
      ...toWireRun(run, live(run.id)),
      config: run.config,
      checksum: run.dataset?.checksum ?? null,
      epochIterations: epoch ?? null,
      finalLoss: lastEpoch(history, run, "loss", epoch),
      finalTrainingAccuracy: lastEpoch(history, run, "accuracy", epoch),
      evaluations: evaluationLines(history, run.id),
    });
  }
  return compared;
}

/** @param epoch in iterations, at least one of which counts; undefined where it is not known */
function lastEpoch(
  history: History,
  { id, iteration }: RunRecord,
  name: SeriesName,
  epoch: number | undefined,
): number | null {
  if (epoch === undefined) return null;
  const from = Math.max(0, iteration - Math.max(1, Math.round(epoch)));
  return estimate(history.series.read(id, name, { from, to: iteration }).values)?.mean ?? null;
}
