import type { Connection } from "./connection.ts";
import { packPredictions, unpackPredictions } from "./predictions.ts";
import { runKey } from "./runKeys.ts";
import { fromColumn, toColumn, type WireColumn } from "./wireColumn.ts";

/** An evaluation after `iteration` updates, without what it predicted. Accuracies are fractions. */
export interface Evaluation {
  readonly iteration: number;
  readonly timeMs: number;
  readonly elapsedMs: number;
  /** May be NaN or infinite. */
  readonly testLoss: number;
  readonly testAccuracy: number;
  readonly validationLoss: number | undefined;
  readonly validationAccuracy: number | undefined;
  /** Of the test part. */
  readonly images: number;
}

export interface EvaluationWithPredictions extends Evaluation {
  /** Predicted class of each test image. */
  readonly predictions: Uint8Array;
}

interface EvaluationRow {
  readonly iteration: number;
  readonly time_ms: number;
  readonly elapsed_ms: number;
  readonly test_loss: WireColumn;
  readonly test_accuracy: number;
  readonly validation_loss: WireColumn;
  readonly validation_accuracy: number | null;
  readonly images: number;
}

interface PredictionsRow {
  readonly images: number;
  readonly bits: number;
  readonly predictions: Buffer;
}

/** One an iteration: a second one, of a run that was killed after the first, is the same. */
export function putEvaluation(
  connection: Connection,
  run: number,
  evaluation: Omit<EvaluationWithPredictions, "images">,
): void {
  const { images, bits, bytes } = packPredictions(evaluation.predictions);
  connection.run(
    `INSERT OR REPLACE INTO evaluations (run, iteration, time_ms, elapsed_ms, test_loss, test_accuracy, validation_loss,
       validation_accuracy, images, bits, predictions) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    run,
    evaluation.iteration,
    evaluation.timeMs,
    evaluation.elapsedMs,
    toColumn(evaluation.testLoss),
    evaluation.testAccuracy,
    toColumn(evaluation.validationLoss),
    evaluation.validationAccuracy,
    images,
    bits,
    bytes,
  );
}

export function dropEvaluationsAfter(connection: Connection, run: number, iteration: number): void {
  connection.run("DELETE FROM evaluations WHERE run = ? AND iteration > ?", run, iteration);
}

export function readEvaluations(connection: Connection, run: number): Evaluation[] {
  return connection
    .all<EvaluationRow>(
      `SELECT iteration, time_ms, elapsed_ms, test_loss, test_accuracy, validation_loss, validation_accuracy, images
       FROM evaluations WHERE run = ? ORDER BY iteration`,
      run,
    )
    .map((row) => ({
      iteration: row.iteration,
      timeMs: row.time_ms,
      elapsedMs: row.elapsed_ms,
      testLoss: fromColumn(row.test_loss)!,
      testAccuracy: row.test_accuracy,
      validationLoss: fromColumn(row.validation_loss),
      validationAccuracy: row.validation_accuracy ?? undefined,
      images: row.images,
    }));
}

export function readPredictions(connection: Connection, run: number, iteration: number): Uint8Array | undefined {
  const row = connection.get<PredictionsRow>(
    "SELECT images, bits, predictions FROM evaluations WHERE run = ? AND iteration = ?",
    run,
    iteration,
  );
  return row && unpackPredictions({ images: row.images, bits: row.bits, bytes: row.predictions });
}

/** The evaluations of the runs. Everything here throws `run-unknown`. */
export class Evaluations {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** In ascending order of iterations. */
  of(id: string): Evaluation[] {
    return readEvaluations(this.#connection, runKey(this.#connection, id));
  }

  /** Predicted class of each test image; undefined where there was no evaluation at that iteration. */
  predictions(id: string, iteration: number): Uint8Array | undefined {
    return readPredictions(this.#connection, runKey(this.#connection, id), iteration);
  }
}
