import { closeSync, copyFileSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import { fileError } from "../../src-shared/errors.ts";
import {
  backupName,
  backupsFolder,
  databaseFile,
  fileTime,
  listBackups,
  superfluousBackups,
  type BackupFile,
} from "./backupFiles.ts";
import type { Connection } from "./connection.ts";
import { latestSchema, schemaOf } from "./migrations.ts";
import { sqliteError } from "./sqliteErrors.ts";

const keepBackups = 3;
const doing = "backing up the history";
/** The database and what SQLite keeps beside it. */
const suffixes = ["", "-wal", "-shm"] as const;

/**
 * Copies the database while it is in use, a hundred pages at a time, and drops the oldest copies.
 *
 * @returns the backup's path
 * @throws WorkbenchError `disk-full`, `permission`
 */
export async function backUp({ database, home }: Connection, timeMs: number): Promise<string> {
  const { target, part } = beginBackup(home, schemaOf(database), timeMs);
  try {
    await database.backup(part);
    return finishBackup(home, part, target);
  } catch (error) {
    rmSync(part, { force: true });
    throw fileError(sqliteError(error, home, doing), doing);
  }
}

/** The same at once, before the schema is changed. */
export function backUpNow(database: Database.Database, home: string, timeMs: number): string {
  const { target, part } = beginBackup(home, schemaOf(database), timeMs);
  try {
    database.prepare("VACUUM INTO ?").run(part);
    return finishBackup(home, part, target);
  } catch (error) {
    rmSync(part, { force: true });
    throw fileError(sqliteError(error, home, doing), doing);
  }
}

function beginBackup(home: string, schema: number, timeMs: number): { target: string; part: string } {
  try {
    mkdirSync(backupsFolder(home), { recursive: true });
    const target = path.join(backupsFolder(home), backupName(schema, timeMs));
    const part = `${target}.part`;
    rmSync(part, { force: true });
    return { target, part };
  } catch (error) {
    throw fileError(error, doing);
  }
}

function finishBackup(home: string, part: string, target: string): string {
  sync(part);
  renameSync(part, target);
  for (const { path: old } of superfluousBackups(listBackups(home), latestSchema, keepBackups))
    rmSync(old, { force: true });
  return target;
}

export interface Restored {
  /** The backup that stands in for the damaged history; undefined where there was no good one. */
  readonly from: string | undefined;
  /** Where the damaged files are now. */
  readonly setAside: readonly string[];
}

/**
 * Puts the newest good backup in place of a damaged history, which is set aside, never deleted. Without a good backup the
 * next start begins with an empty history. Offsets into the runs' logs go back with the backup, so everything that came
 * after it is read again. The caller holds the folder's lock; the history is not open.
 *
 * @throws WorkbenchError `disk-full`, `permission`
 */
export function restoreHistory(home: string, timeMs: number = Date.now()): Restored {
  const file = databaseFile(home);
  const staged = `${file}.restoring`;
  try {
    const backup = listBackups(home).find((candidate) => stage(candidate, staged));
    const folder = path.join(home, `damaged-${fileTime(timeMs)}`);
    const setAside: string[] = [];
    for (const suffix of suffixes) {
      if (!existsSync(file + suffix)) continue;
      mkdirSync(folder, { recursive: true });
      const aside = path.join(folder, path.basename(file) + suffix);
      renameSync(file + suffix, aside);
      setAside.push(aside);
    }
    if (backup) renameSync(staged, file);
    else setAsideBackups(home, folder, setAside);
    return { from: backup?.path, setAside };
  } catch (error) {
    throw fileError(error, "restoring the history");
  } finally {
    removeDatabase(staged);
  }
}

/** Copies a backup beside the history; true where the copy is whole and this program's. */
function stage(backup: BackupFile, staged: string): boolean {
  if (backup.schema > latestSchema) return false;
  removeDatabase(staged);
  copyFileSync(backup.path, staged);
  sync(staged);
  let database: Database.Database | undefined;
  try {
    database = new Database(staged, { readonly: true });
    return database.pragma("quick_check(1)", { simple: true }) === "ok";
  } catch (error) {
    if (error instanceof Database.SqliteError) return false;
    throw error;
  } finally {
    database?.close();
    for (const suffix of ["-wal", "-shm"]) rmSync(staged + suffix, { force: true });
  }
}

/** Backups of which none is good would say for ever that the history is lost. */
function setAsideBackups(home: string, folder: string, setAside: string[]): void {
  for (const { path: bad } of listBackups(home)) {
    mkdirSync(folder, { recursive: true });
    const aside = path.join(folder, path.basename(bad));
    renameSync(bad, aside);
    setAside.push(aside);
  }
}

function removeDatabase(file: string): void {
  for (const suffix of suffixes) rmSync(file + suffix, { force: true });
}

function sync(file: string): void {
  const handle = openSync(file, "r+");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
