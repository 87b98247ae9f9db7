import type { RunEvent } from "../../src-shared/runEvent.ts";
import type { RunAction } from "../../src-shared/runState.ts";
import type { Connection } from "./connection.ts";
import { runKey } from "./runKeys.ts";

/** What a run's log tells, apart from its numbers, which have their own tables. */
export type LoggedType = Exclude<RunEvent["type"], "progress" | "log"> | "info" | "warning" | "unreadable";

/** Something that happened to a run, in short: no payload stands here a second time. */
export interface LedgerEntry {
  /** Line of the run's log that says so, from 1 on; undefined where the workbench did something. */
  readonly line?: number | undefined;
  readonly type: LoggedType | RunAction | "trashed" | "restored";
  readonly timeMs: number;
  readonly iteration?: number | undefined;
  readonly detail?: string | undefined;
}

interface LedgerRow {
  readonly line: number | null;
  readonly type: LedgerEntry["type"];
  readonly time_ms: number;
  readonly iteration: number | null;
  readonly detail: string | null;
}

/** A stack trace belongs in the trainer's own log. */
const mostDetailLetters = 2_000;

export function addToLedger(connection: Connection, run: number, entry: LedgerEntry): void {
  connection.run(
    "INSERT INTO ledger (run, line, type, time_ms, iteration, detail) VALUES (?, ?, ?, ?, ?, ?)",
    run,
    entry.line,
    entry.type,
    entry.timeMs,
    entry.iteration,
    entry.detail?.slice(0, mostDetailLetters),
  );
}

/** Drops what the run's log told; what the workbench did stays. */
export function dropLogged(connection: Connection, run: number): void {
  connection.run("DELETE FROM ledger WHERE run = ? AND line IS NOT NULL", run);
}

/** In the order in which the history learned of it. */
export function readLedger(connection: Connection, run: number): LedgerEntry[] {
  return connection
    .all<LedgerRow>("SELECT line, type, time_ms, iteration, detail FROM ledger WHERE run = ? ORDER BY key", run)
    .map((row) => ({
      line: row.line ?? undefined,
      type: row.type,
      timeMs: row.time_ms,
      iteration: row.iteration ?? undefined,
      detail: row.detail ?? undefined,
    }));
}

/** How the log says that the run ended; undefined where it was taken up again afterwards, or has not ended. */
export function readEnd(connection: Connection, run: number): "finished" | "diverged" | "failed" | undefined {
  const row = connection.get<{ type: "finished" | "diverged" | "failed" | "resumed" }>(
    `SELECT type FROM ledger
     WHERE run = ? AND line IS NOT NULL AND type IN ('finished', 'diverged', 'failed', 'resumed')
     ORDER BY key DESC LIMIT 1`,
    run,
  );
  return row?.type === "resumed" ? undefined : row?.type;
}

export class Ledger {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Everything that happened to a run, oldest first. @throws WorkbenchError `run-unknown` */
  of(id: string): LedgerEntry[] {
    return readLedger(this.#connection, runKey(this.#connection, id));
  }
}
