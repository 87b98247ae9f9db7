import path from "node:path";
import type { WorkbenchError } from "../../src-shared/errors.ts";
import { backUp } from "./backups.ts";
import { Checkpoints } from "./checkpoints.ts";
import type { Connection } from "./connection.ts";
import { closeDatabase, openDatabase } from "./database.ts";
import { Evaluations } from "./evaluations.ts";
import { Figures } from "./figures.ts";
import { ingest, maxBytesACall, readLogState, type Ingested, type LogState } from "./ingest.ts";
import { checkIntegrity } from "./integrity.ts";
import { Ledger, readEnd } from "./ledger.ts";
import { Lesions } from "./lesions.ts";
import { Probes } from "./probes.ts";
import { dumpRun, loadRun, type RunDump } from "./runDump.ts";
import { hideRunFolder, sweepDeletedRuns } from "./runFiles.ts";
import { runKey } from "./runKeys.ts";
import { Runs } from "./runs.ts";
import { RunSeries } from "./series.ts";
import { Settings } from "./settings.ts";
import { Speeds } from "./speeds.ts";
import { Studies } from "./studies.ts";
import type { RunRecord } from "./types.ts";
import { UnreadLogs } from "./unreadLogs.ts";

export interface HistoryOptions {
  /** The workbench folder; the history is `HOME/workbench.sqlite`. */
  readonly home: string;
  /** The clock: milliseconds since 1970. */
  readonly now?: () => number;
  /**
   * A second connection, beside the main that is alive: it neither writes nor migrates. Every change throws `locked`.
   */
  readonly readOnly?: boolean;
}

/**
 * What is known of all runs: SQLite, one writer (whoever holds the folder's lock), any number of readers.
 * Whatever changes it throws WorkbenchError `disk-full` or `permission` where that cannot be: nothing has changed then,
 * and the same works once it can. Whatever reads it may throw `history-damaged`.
 */
export interface History {
  /** Where changes are refused because a newer program wrote this history: says so. */
  readonly newer: WorkbenchError | undefined;
  /** The program that had it before did not end by `close`: a reason to `checkIntegrity()`. */
  readonly endedUncleanly: boolean;
  readonly runs: Runs;
  readonly studies: Studies;
  readonly series: RunSeries;
  readonly evaluations: Evaluations;
  readonly probes: Probes;
  readonly lesions: Lesions;
  readonly checkpoints: Checkpoints;
  readonly ledger: Ledger;
  readonly speeds: Speeds;
  readonly settings: Settings;
  readonly figures: Figures;
  readonly unreadLogs: UnreadLogs;
  /** All changes that `work` makes, or none of them. */
  transaction<T>(work: () => T): T;
  /**
   * Reads what a run's log has gained, about half a megabyte of it; each line counts exactly once, whoever dies.
   * @throws WorkbenchError `run-unknown`
   */
  ingest(id: string, eventsFile: string, options?: { readonly maxBytes?: number | undefined }): Ingested;
  /** How far a run's log has been read. @throws WorkbenchError `run-unknown` */
  logState(id: string): LogState;
  /** How a run ended, by what has been read of its log. @throws WorkbenchError `run-unknown` */
  endInLog(id: string): "finished" | "diverged" | "failed" | undefined;
  /**
   * Deletes a run for good: its rows, and its folder where there is one. A crash in between leaves no half run.
   * @throws WorkbenchError `run-unknown`, `run-state` while a trainer has it
   */
  purge(id: string, folder?: string): void;
  /** @throws WorkbenchError `run-unknown` */
  dump(id: string): RunDump;
  /** @throws WorkbenchError `run-state` where the id is taken */
  load(dump: RunDump, id: string): RunRecord;
  /** For a second connection: another number whenever somebody else has changed something. */
  version(): number;
  /** Whether anything was written since it was opened: a reason for a backup. */
  hasChanged(): boolean;
  /** Copies the database to `HOME/backups/`, while it is in use. @returns the backup's path */
  backUp(): Promise<string>;
  /** Half a second of work in a thread of its own. @returns the damage; undefined where there is none */
  checkIntegrity(): Promise<WorkbenchError | undefined>;
  close(): void;
}

/**
 * Opens the history, makes it where there is none, and brings it up to this program's schema (after a backup). A history
 * of a newer program opens for reading only: see `newer`. The caller holds the folder's lock, unless it only reads.
 *
 * @throws WorkbenchError `history-damaged` (the message names the newest backup), `history-network`, `disk-full`,
 *   `permission`, `locked`; for a reader `usage` where there is no history
 */
export function openHistory({ home, now = Date.now, readOnly = false }: HistoryOptions): History {
  const { connection, newer, endedUncleanly } = openDatabase(home, { readOnly, now });
  if (!readOnly && !newer) sweepDeletedRuns(path.join(home, "runs"));
  const runs = new Runs(connection, now);
  const keyOf = (id: string) => runKey(connection, id);
  return {
    newer,
    endedUncleanly,
    runs,
    studies: new Studies(connection, now),
    series: new RunSeries(connection),
    evaluations: new Evaluations(connection),
    probes: new Probes(connection),
    lesions: new Lesions(connection),
    checkpoints: new Checkpoints(connection),
    ledger: new Ledger(connection),
    speeds: new Speeds(connection, now),
    settings: new Settings(connection),
    figures: new Figures(connection, now),
    unreadLogs: new UnreadLogs(connection),
    transaction: (work) => connection.write("changing the history", work),
    ingest: (id, eventsFile, { maxBytes = maxBytesACall } = {}) =>
      ingest(connection, id, eventsFile, { maxBytes, now }),
    logState: (id) => readLogState(connection, keyOf(id)),
    endInLog: (id) => readEnd(connection, keyOf(id)),
    purge: (id, folder) => purge(connection, runs, id, folder),
    dump: (id) => dumpRun(connection, runs.get(id)),
    load: (dump, id) => loadRun(connection, runs, dump, id),
    version: () => connection.get<{ data_version: number }>("PRAGMA data_version")!.data_version,
    hasChanged: () => connection.changes > 0,
    backUp: () => backUp(connection, now()),
    checkIntegrity: () => checkIntegrity(home),
    close: () => closeDatabase(connection),
  };
}

function purge(connection: Connection, runs: Runs, id: string, folder: string | undefined): void {
  // First out of sight: a folder without its rows would be taken over as a new run.
  const hidden = folder === undefined ? undefined : hideRunFolder(folder);
  try {
    runs.purge(id);
  } catch (error) {
    hidden?.putBack();
    throw error;
  }
  hidden?.remove();
  connection.giveBackSpace();
}

export { restoreHistory, type Restored } from "./backups.ts";
export { makeHomeFolder } from "./homeFolder.ts";
export { refuseNetworkFolder } from "./networkFileSystem.ts";
export { applyRetention, checkpointFiles, expiredCheckpoints, keptSinceMs, type Freed } from "./retention.ts";
export { deleteRunFolder } from "./runFiles.ts";
export type { CheckpointRecord } from "./checkpoints.ts";
export type { Evaluation, EvaluationWithPredictions } from "./evaluations.ts";
export type { FigureRecord } from "./figures.ts";
export type { Ingested, LogState } from "./ingest.ts";
export type { LedgerEntry } from "./ledger.ts";
export type { Probe } from "./probes.ts";
export type { RunDump } from "./runDump.ts";
export type { RunChanges, RunFilter, RunsOverview } from "./runs.ts";
export type { DecimatedReading } from "./series.ts";
export type { Points } from "./seriesRows.ts";
export type { RetentionSetting, SettingsValues } from "./settings.ts";
export type { SpeedKey, SpeedRecord } from "./speeds.ts";
export type { NewStudy, StudyRecord } from "./studies.ts";
export type { NewRun, RunRecord } from "./types.ts";
