import { mkdirSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import Database from "better-sqlite3";
import { diskReadOnly, fileError, WorkbenchError } from "../src-shared/errors.ts";
import { isOnReadOnlyDisk } from "./readOnlyDisk.ts";

const lookEveryMs = 300;

/**
 * An exclusive SQLite transaction on a file of its own: the operating system frees it when its process ends, however
 * it ends, so that no stale lock is ever left behind.
 *
 * @returns the disposer; undefined while another process holds the lock
 */
export function tryLock(file: string): (() => void) | undefined {
  let database: Database.Database;
  try {
    database = new Database(file, { timeout: 0 });
  } catch (cause) {
    if (isOnReadOnlyDisk(path.dirname(file))) throw diskReadOnly(`opening the lock file ${file}`, cause);
    throw new WorkbenchError("permission", `The lock file ${file} cannot be opened: ${(cause as Error).message}`, {
      mend: "Name a folder that you may write to (--home or --out, RWB_ENGINE for the engine).",
      cause,
    });
  }
  try {
    database.exec("BEGIN EXCLUSIVE");
    return () => database.close();
  } catch (error) {
    database.close();
    if ((error as { code?: string }).code?.startsWith("SQLITE_BUSY")) return undefined;
    throw lockError(file, error);
  }
}

/** SQLite begins a transaction with a journal, so a full or read-only disk shows here first. */
function lockError(file: string, cause: unknown): unknown {
  const { code, message } = cause as { code?: string; message?: string };
  if (code?.startsWith("SQLITE_") && isOnReadOnlyDisk(path.dirname(file))) {
    return diskReadOnly(`taking the lock ${file}`, cause);
  }
  if (code?.startsWith("SQLITE_FULL") || code?.startsWith("SQLITE_IOERR_WRITE")) {
    return new WorkbenchError("disk-full", `No room on the disk for the lock ${file}.`, {
      mend: "Free some disk space and run the same command again.",
      cause,
    });
  }
  if (!code?.startsWith("SQLITE_")) return cause;
  return new WorkbenchError("permission", `The lock file ${file} cannot be used: ${message}`, {
    mend: "Name a folder that you may write to (--home or --out, RWB_ENGINE for the engine).",
    cause,
  });
}

/**
 * Waits until this process alone holds `file`.
 *
 * @param onWait called once, when another holds it
 * @throws the signal's reason when aborted
 */
export async function waitForLock(file: string, onWait: () => void, signal: AbortSignal): Promise<() => void> {
  try {
    mkdirSync(path.dirname(file), { recursive: true });
  } catch (error) {
    throw fileError(error, `making the folder ${path.dirname(file)}`);
  }
  let release = tryLock(file);
  if (release === undefined) onWait();
  while (release === undefined) {
    await sleep(lookEveryMs, undefined, { signal });
    release = tryLock(file);
  }
  return release;
}
