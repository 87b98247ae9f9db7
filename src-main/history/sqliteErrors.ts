import path from "node:path";
import Database from "better-sqlite3";
import { diskReadOnly, WorkbenchError } from "../../src-shared/errors.ts";
import { isOnReadOnlyDisk } from "../readOnlyDisk.ts";
import { databaseFile, listBackups } from "./backupFiles.ts";

type Meaning = "disk-full" | "permission" | "history-damaged" | "locked";

/** What SQLite's result codes mean to a person; the first prefix that fits counts. https://sqlite.org/rescode.html */
const meanings: readonly (readonly [prefix: string, meaning: Meaning])[] = [
  ["SQLITE_FULL", "disk-full"],
  // A quota that is used up (EDQUOT) comes as a failed write, no room for the -shm file as a failed resize.
  ["SQLITE_IOERR_WRITE", "disk-full"],
  ["SQLITE_IOERR_FSYNC", "disk-full"],
  ["SQLITE_IOERR_SHMSIZE", "disk-full"],
  ["SQLITE_IOERR_SHMOPEN", "permission"],
  ["SQLITE_IOERR_ACCESS", "permission"],
  ["SQLITE_IOERR_DELETE", "permission"],
  ["SQLITE_READONLY", "permission"],
  ["SQLITE_CANTOPEN", "permission"],
  ["SQLITE_PERM", "permission"],
  ["SQLITE_CORRUPT", "history-damaged"],
  ["SQLITE_NOTADB", "history-damaged"],
  ["SQLITE_IOERR", "history-damaged"],
  ["SQLITE_BUSY", "locked"],
  ["SQLITE_LOCKED", "locked"],
];

/**
 * SQLite's error as one that says what to do; anything else as it is.
 *
 * @param doing "reading the history", for the message
 */
export function sqliteError(error: unknown, home: string, doing: string): unknown {
  if (!(error instanceof Database.SqliteError)) return error;
  const meaning = meanings.find(([prefix]) => error.code.startsWith(prefix))?.[1];
  const isRefusal = meaning === "disk-full" || meaning === "permission";
  if (isRefusal && isOnReadOnlyDisk(home)) return diskReadOnly(doing, error);
  switch (meaning) {
    case undefined:
      return error;
    case "disk-full":
      return new WorkbenchError("disk-full", `No room on the disk (or the quota is used up) while ${doing}.`, {
        mend: "Free some disk space; nothing is lost, and it goes on from there.",
        cause: error,
      });
    case "permission":
      return new WorkbenchError("permission", `Not allowed to write to ${databaseFile(home)} while ${doing}.`, {
        mend: "Choose a folder that you may write to: --home DIR, or RWB_HOME.",
        cause: error,
      });
    case "locked":
      return new WorkbenchError("locked", `Another program holds ${databaseFile(home)} while ${doing}.`, {
        mend: "End the program that has it open.",
        cause: error,
      });
    case "history-damaged":
      return historyDamaged(home, error.message, error);
  }
}

/** The history cannot be read, and what there is to put in its place. */
export function historyDamaged(home: string, what: string, cause?: unknown): WorkbenchError {
  const [newest] = listBackups(home);
  const backup = newest
    ? `The newest backup is ${path.basename(newest.path)}.`
    : "There is no backup; what the runs' logs hold is read again.";
  return new WorkbenchError("history-damaged", `The history ${databaseFile(home)} is damaged: ${what}. ${backup}`, {
    // No run is lost by it: offsets into the logs go back with the backup.
    mend: "rwb history restore",
    cause,
  });
}
