import type { Connection } from "./connection.ts";
import { runKey } from "./runKeys.ts";

/**
 * Runs that came with a log which has not been read to its end, and that nothing else would make anybody read: they have
 * ended, and no trainer has them. Noted with the run itself, and taken off the list when all of the log is read.
 */
export class UnreadLogs {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** @throws WorkbenchError `run-unknown` */
  add(id: string): void {
    this.#connection.write("adding a run", () =>
      this.#connection.run("INSERT OR IGNORE INTO unread_logs (run) VALUES (?)", runKey(this.#connection, id)),
    );
  }

  /** In the order in which the runs were added. */
  ids(): string[] {
    return this.#connection
      .all<{ id: string }>("SELECT id FROM unread_logs JOIN runs ON runs.key = run ORDER BY run")
      .map(({ id }) => id);
  }

  remove(id: string): void {
    this.#connection.write("adding a run", () =>
      this.#connection.run("DELETE FROM unread_logs WHERE run = (SELECT key FROM runs WHERE id = ?)", id),
    );
  }
}
