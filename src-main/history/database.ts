import { closeSync, existsSync, openSync, readSync, statSync } from "node:fs";
import Database from "better-sqlite3";
import { WorkbenchError } from "../../src-shared/errors.ts";
import { databaseFile, listBackups } from "./backupFiles.ts";
import { backUpNow } from "./backups.ts";
import { Connection } from "./connection.ts";
import { latestSchema, migrate, schemaOf } from "./migrations.ts";
import { makeHomeFolder } from "./homeFolder.ts";
import { historyDamaged, sqliteError } from "./sqliteErrors.ts";

export interface OpenedDatabase {
  readonly connection: Connection;
  /** A newer program's database, which is therefore open for reading only; says so. */
  readonly newer: WorkbenchError | undefined;
  /** The program that had it before was killed, or the machine lost its power. */
  readonly endedUncleanly: boolean;
}

const busyTimeoutMs = 5_000;
const mostWalBytes = 16 * 1024 * 1024;
const marker = "open";

/**
 * Opens `HOME/workbench.sqlite`, makes it where there is none, and brings it up to this program's schema.
 * @throws WorkbenchError `history-damaged`, `history-network`, `permission`, `disk-full`, `locked`; for a reader also
 *   `usage` where there is no history yet
 */
export function openDatabase(home: string, options: { readOnly: boolean; now: () => number }): OpenedDatabase {
  const { readOnly, now } = options;
  let database: Database.Database | undefined;
  try {
    if (!readOnly) makeHomeFolder(home);
    refuseMissing(home, readOnly);
    database = open(home, readOnly);
    const schema = schemaOf(database);
    if (schema > latestSchema) {
      database.close();
      database = open(home, true);
      const newer = newerError(home, schema);
      return { connection: new Connection(home, database, newer), newer, endedUncleanly: false };
    }
    if (readOnly) {
      if (schema < latestSchema) throw olderError(home);
      return { connection: new Connection(home, database, readerError(home)), newer: undefined, endedUncleanly: false };
    }
    prepareForWriting(database, home, now);
    const connection = new Connection(home, database);
    return { connection, newer: undefined, endedUncleanly: markOpen(connection, now) };
  } catch (error) {
    database?.close();
    throw sqliteError(error, home, "opening the history");
  }
}

/** Ends cleanly: no marker, no WAL left behind. */
export function closeDatabase(connection: Connection): void {
  const { database } = connection;
  if (!database.open) return;
  try {
    if (!database.readonly) connection.run("DELETE FROM state WHERE name = ?", marker);
  } catch (error) {
    // Not worth more than a check of the database at the next start.
    if (!(error instanceof WorkbenchError)) throw error;
  } finally {
    database.close();
  }
}

/** To SQLite an empty file is a new database; where there are backups, it is a lost one. */
function refuseMissing(home: string, readOnly: boolean): void {
  const file = databaseFile(home);
  if (existsSync(file) && statSync(file).size > 0) {
    if (isCut(file)) throw historyDamaged(home, "the file is shorter than it should be");
    return;
  }
  if (listBackups(home).length > 0)
    throw historyDamaged(home, existsSync(file) ? "the file is empty" : "the file is gone");
  if (readOnly) {
    throw new WorkbenchError("usage", `There is no history in ${home} yet.`, {
      mend: "Queue a run first: rwb queue add",
    });
  }
}

const headerBytes = 100;

/**
 * Whether the file is shorter than its header says, to the byte: SQLite takes one byte for a new database, and half a page
 * for a whole one. While there is a WAL or a journal, the file may rightly be shorter, and SQLite mends it.
 * https://sqlite.org/fileformat.html#the_database_header
 */
function isCut(file: string): boolean {
  const sizeOf = (name: string) => statSync(name, { throwIfNoEntry: false })?.size ?? 0;
  if (sizeOf(`${file}-wal`) > 0 || sizeOf(`${file}-journal`) > 0) return false;
  const header = Buffer.alloc(headerBytes);
  const handle = openSync(file, "r");
  try {
    if (readSync(handle, header, 0, headerBytes, 0) < headerBytes) return true;
  } finally {
    closeSync(handle);
  }
  if (header.toString("latin1", 0, 15) !== "SQLite format 3") return false;
  const pageBytes = header.readUInt16BE(16) === 1 ? 65_536 : header.readUInt16BE(16);
  // The number of pages counts only where its own change counter is the file's.
  return header.readUInt32BE(24) === header.readUInt32BE(92) && sizeOf(file) < pageBytes * header.readUInt32BE(28);
}

function open(home: string, readOnly: boolean): Database.Database {
  const database = new Database(databaseFile(home), {
    readonly: readOnly,
    fileMustExist: readOnly,
    timeout: busyTimeoutMs,
  });
  try {
    // The first page that is read shows a file that is none, or shorter than its header says.
    database.prepare("SELECT count(*) FROM sqlite_schema").get();
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/**
 * WAL: readers do not wait for the writer. Every transaction is synced (FULL), so that a power cut takes nothing back
 * that a person was shown as done; only what is read from a run's log is not (NORMAL, connection.ts): the offset into
 * the log is in the same transaction, so what is lost is read again.
 */
function prepareForWriting(database: Database.Database, home: string, now: () => number): void {
  // Only before the first table: a purge can then give its pages back.
  database.pragma("auto_vacuum = INCREMENTAL");
  const mode = database.pragma("journal_mode = WAL", { simple: true });
  if (mode !== "wal") {
    throw new WorkbenchError(
      "history-network",
      `The file system of ${home} cannot hold SQLite's WAL (it offers ${String(mode)}).`,
      {
        mend: "Use a folder on a disk of this machine: --home DIR, or RWB_HOME=DIR",
      },
    );
  }
  database.pragma("synchronous = FULL");
  database.pragma("foreign_keys = ON");
  database.pragma(`journal_size_limit = ${mostWalBytes}`);
  const schema = schemaOf(database);
  if (schema > 0 && schema < latestSchema) backUpNow(database, home, now());
  migrate(database);
}

/** @returns whether the last program left its marker behind */
function markOpen(connection: Connection, now: () => number): boolean {
  const uncleanly = connection.get("SELECT 1 FROM state WHERE name = ?", marker) !== undefined;
  connection.write("opening the history", () =>
    connection.run("INSERT OR REPLACE INTO state (name, value) VALUES (?, ?)", marker, new Date(now()).toISOString()),
  );
  return uncleanly;
}

const newerError = (home: string, schema: number): WorkbenchError =>
  new WorkbenchError(
    "history-newer",
    `The history in ${home} was written by a newer program (schema ${schema}, this one knows ${latestSchema}); it is open for reading only.`,
    { mend: "Update this program, or use another folder: --home DIR" },
  );

const olderError = (home: string): WorkbenchError =>
  new WorkbenchError("locked", `The workbench that is running on ${home} is an older program than this one.`, {
    mend: "End it and start it again.",
  });

const readerError = (home: string): WorkbenchError =>
  new WorkbenchError("locked", `The history in ${home} is open for reading only.`, {
    mend: "Ask the workbench that is running there.",
  });
