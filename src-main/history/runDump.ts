import type { Lesion } from "../../src-shared/lesion.ts";
import { seriesNames, type SeriesName } from "../../src-shared/series.ts";
import { putCheckpoint, readCheckpoints, type CheckpointRecord } from "./checkpoints.ts";
import type { Connection } from "./connection.ts";
import { putEvaluation, readEvaluations, readPredictions, type EvaluationWithPredictions } from "./evaluations.ts";
import { addToLedger, readLedger, type LedgerEntry } from "./ledger.ts";
import { putLesion, readLesion } from "./lesions.ts";
import { putProbe, readProbes, type Probe } from "./probes.ts";
import { runKey } from "./runKeys.ts";
import type { Runs } from "./runs.ts";
import { appendSeries, readSeries, type Points } from "./seriesRows.ts";
import type { RunRecord } from "./types.ts";
import { toColumn } from "./wireColumn.ts";

/** Everything that the history knows of a run, as plain data. */
export interface RunDump {
  readonly run: RunRecord;
  /** Stretches without gaps, ascending; every series has the same ones. */
  readonly series: readonly Points[];
  readonly evaluations: readonly EvaluationWithPredictions[];
  readonly probes: readonly Probe[];
  readonly checkpoints: readonly CheckpointRecord[];
  readonly lesion?: Lesion | undefined;
  readonly ledger: readonly LedgerEntry[];
}

/** @throws WorkbenchError `run-unknown` */
export function dumpRun(connection: Connection, run: RunRecord): RunDump {
  const key = runKey(connection, run.id);
  return {
    run,
    series: readStretches(connection, key),
    evaluations: readEvaluations(connection, key).map((evaluation) => ({
      ...evaluation,
      predictions: readPredictions(connection, key, evaluation.iteration)!,
    })),
    probes: readProbes(connection, key),
    checkpoints: readCheckpoints(connection, key),
    lesion: readLesion(connection, key),
    ledger: readLedger(connection, key),
  };
}

function readStretches(connection: Connection, key: number): Points[] {
  const whole = { from: 0, to: Number.MAX_SAFE_INTEGER };
  const [loss, accuracy, learningRate, stepMs] = seriesNames.map((name) => readSeries(connection, key, name, whole));
  const { from, values, gaps } = loss;
  const starts = [from, ...gaps.map((gap) => gap.to)];
  const ends = [...gaps.map((gap) => gap.from), from + values.length];
  if (values.length === 0) return [];
  const columns: Record<SeriesName, Float32Array> = {
    loss: values,
    accuracy: accuracy.values,
    learningRate: learningRate.values,
    stepMs: stepMs.values,
  };
  return starts.map((start, i) => {
    const part = (name: SeriesName) => columns[name].slice(start - from, ends[i] - from);
    return {
      from: start,
      columns: {
        loss: part("loss"),
        accuracy: part("accuracy"),
        learningRate: part("learningRate"),
        stepMs: part("stepMs"),
      },
    };
  });
}

/**
 * Puts a run from a dump into the history, under an id of its own; its log, where there is one, is then not to be read.
 * Links to studies are not made.
 *
 * @throws WorkbenchError `run-state` where the id is taken
 */
export function loadRun(connection: Connection, runs: Runs, { run, ...dump }: RunDump, id: string): RunRecord {
  return connection.write("importing a run", () => {
    const { config, recipe, scale, deviations, threads, lanes, codeVersion, tags, notes, forkedFrom } = run;
    const { status, createdMs, startedMs, endedMs } = run;
    runs.add({
      ...{ id, config, recipe, scale, deviations, threads, lanes, codeVersion, tags, notes, forkedFrom },
      ...{ status, createdMs, startedMs, endedMs },
    });
    const key = runKey(connection, id);
    connection.run(
      `UPDATE runs SET reason = ?, pinned = ?, engine = ?, dataset = ?, iteration = ?, loss = ?, images_per_second = ?,
         checkpoint_iteration = ?, test_accuracy = ?, best_test_accuracy = ? WHERE key = ?`,
      run.reason,
      Number(run.pinned),
      run.engine && JSON.stringify(run.engine),
      run.dataset && JSON.stringify(run.dataset),
      run.iteration,
      toColumn(run.loss),
      run.imagesPerSecond,
      run.checkpointIteration,
      run.testAccuracy,
      run.bestTestAccuracy,
      key,
    );
    for (const points of dump.series) appendSeries(connection, key, points);
    for (const evaluation of dump.evaluations) putEvaluation(connection, key, evaluation);
    for (const probe of dump.probes) putProbe(connection, key, probe);
    for (const checkpoint of dump.checkpoints) putCheckpoint(connection, key, checkpoint);
    if (dump.lesion) putLesion(connection, key, dump.lesion);
    for (const entry of dump.ledger) addToLedger(connection, key, entry);
    return runs.get(id);
  });
}
