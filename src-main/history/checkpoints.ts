import type { Connection } from "./connection.ts";
import { runKey } from "./runKeys.ts";

/** That a checkpoint was written after `iteration` updates; the file has long been written over by later ones. */
export interface CheckpointRecord {
  readonly iteration: number;
  readonly timeMs: number;
  /** Relative to the run's folder. */
  readonly file: string;
  readonly best: boolean;
}

interface CheckpointRow {
  readonly iteration: number;
  readonly time_ms: number;
  readonly file: string;
  readonly best: number;
}

export function putCheckpoint(connection: Connection, run: number, checkpoint: CheckpointRecord): void {
  connection.run(
    "INSERT OR REPLACE INTO checkpoints (run, iteration, time_ms, file, best) VALUES (?, ?, ?, ?, ?)",
    run,
    checkpoint.iteration,
    checkpoint.timeMs,
    checkpoint.file,
    Number(checkpoint.best),
  );
}

export function dropCheckpointsAfter(connection: Connection, run: number, iteration: number): void {
  connection.run("DELETE FROM checkpoints WHERE run = ? AND iteration > ?", run, iteration);
}

export function readCheckpoints(connection: Connection, run: number): CheckpointRecord[] {
  return connection
    .all<CheckpointRow>("SELECT iteration, time_ms, file, best FROM checkpoints WHERE run = ? ORDER BY iteration", run)
    .map((row) => ({ iteration: row.iteration, timeMs: row.time_ms, file: row.file, best: row.best !== 0 }));
}

export class Checkpoints {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** In ascending order of iterations. @throws WorkbenchError `run-unknown` */
  of(id: string): CheckpointRecord[] {
    return readCheckpoints(this.#connection, runKey(this.#connection, id));
  }
}
