import type Database from "better-sqlite3";
import { WorkbenchError } from "../../src-shared/errors.ts";
import { sqliteError } from "./sqliteErrors.ts";

export interface WriteOptions {
  /**
   * False: a power cut may take the transaction back, whole, though no later one is kept without it. For what is
   * written elsewhere too, as a run's log is.
   */
  readonly durable?: boolean;
}

const reading = "reading the history";

/** The database as the history's modules use it: statements by their text, and errors that a person can act on. */
export class Connection {
  readonly home: string;
  readonly database: Database.Database;
  readonly #statements = new Map<string, Database.Statement>();
  readonly #refusal: WorkbenchError | undefined;
  #doing = reading;
  #changes = 0;

  /** @param refusal thrown by every write; undefined where writing is allowed */
  constructor(home: string, database: Database.Database, refusal?: WorkbenchError) {
    this.home = home;
    this.database = database;
    this.#refusal = refusal;
  }

  /** Transactions that were written since it was opened. */
  get changes(): number {
    return this.#changes;
  }

  /** Rows are trusted to have the columns that the statement names: the schema is STRICT, and of this program. */
  all<Row>(sql: string, ...parameters: unknown[]): Row[] {
    return this.#guard(() => this.#prepare(sql).all(...parameters) as Row[]);
  }

  get<Row>(sql: string, ...parameters: unknown[]): Row | undefined {
    return this.#guard(() => this.#prepare(sql).get(...parameters) as Row | undefined);
  }

  /** @returns rows changed */
  run(sql: string, ...parameters: unknown[]): number {
    if (this.#refusal) throw this.#refusal;
    return this.#guard(() => this.#prepare(sql).run(...parameters).changes);
  }

  /**
   * All of `work`, or nothing of it; within another `write`, a part of that one.
   *
   * @param doing "adding a run", for the message of a failure
   * @throws WorkbenchError `disk-full`, `permission`: nothing has changed, and the same works once there is room
   */
  write<T>(doing: string, work: () => T, { durable = true }: WriteOptions = {}): T {
    if (this.#refusal) throw this.#refusal;
    if (this.database.inTransaction) return this.#guard(() => this.database.transaction(work)());
    this.#doing = doing;
    try {
      return this.#guard(() => {
        if (!durable) this.database.pragma("synchronous = NORMAL");
        try {
          const result = this.database.transaction(work).immediate();
          this.#changes++;
          return result;
        } finally {
          if (!durable) this.database.pragma("synchronous = FULL");
        }
      });
    } finally {
      this.#doing = reading;
    }
  }

  /**
   * Makes the file smaller by what was deleted: SQLite keeps free pages for later. The last of the WAL goes into the
   * file first, which is cut only then.
   */
  giveBackSpace(): void {
    this.#guard(() => {
      this.database.pragma("incremental_vacuum");
      this.database.pragma("wal_checkpoint(TRUNCATE)");
    });
  }

  #prepare(sql: string): Database.Statement {
    let statement = this.#statements.get(sql);
    if (!statement) {
      statement = this.database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  #guard<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      const clear = sqliteError(error, this.home, this.#doing);
      // A newer program may have moved a column that this one asks for.
      if (this.#refusal?.code === "history-newer" && !(clear instanceof WorkbenchError)) throw this.#refusal;
      throw clear;
    }
  }
}
