import { WorkbenchError } from "../../src-shared/errors.ts";
import type { Connection } from "./connection.ts";

/** A saved recipe of a plot or a table, which is rendered from the history again at any time. */
export interface FigureRecord {
  readonly name: string;
  /** As it was saved; whoever renders it parses it. */
  readonly recipe: unknown;
  readonly createdMs: number;
}

interface FigureRow {
  readonly name: string;
  readonly recipe: string;
  readonly created_ms: number;
}

export class Figures {
  readonly #connection: Connection;
  readonly #now: () => number;

  constructor(connection: Connection, now: () => number) {
    this.#connection = connection;
    this.#now = now;
  }

  /** A figure of the same name gets the new recipe. @param recipe becomes JSON */
  save(name: string, recipe: unknown): void {
    this.#connection.write("saving a figure", () =>
      this.#connection.run(
        `INSERT INTO figures (name, recipe, created_ms) VALUES (?, ?, ?)
         ON CONFLICT (name) DO UPDATE SET recipe = excluded.recipe`,
        name,
        JSON.stringify(recipe),
        this.#now(),
      ),
    );
  }

  /** In the order in which they were first saved. */
  list(): FigureRecord[] {
    return this.#connection
      .all<FigureRow>("SELECT name, recipe, created_ms FROM figures ORDER BY key")
      .map((row) => ({ name: row.name, recipe: JSON.parse(row.recipe) as unknown, createdMs: row.created_ms }));
  }

  find(name: string): FigureRecord | undefined {
    return this.list().find((figure) => figure.name === name);
  }

  /** @throws WorkbenchError `figure-unknown`, and `figure-exists` where another one is called so */
  rename(name: string, to: string): void {
    this.#connection.write("renaming a figure", () => {
      if (!this.find(name)) throw figureUnknown(name);
      if (to !== name && this.find(to)) throw figureExists(to);
      this.#connection.run("UPDATE figures SET name = ? WHERE name = ?", to, name);
    });
  }

  /** @returns whether there was one */
  remove(name: string): boolean {
    return this.#connection.write("removing a figure", () => {
      return this.#connection.run("DELETE FROM figures WHERE name = ?", name) > 0;
    });
  }
}

export const figureUnknown = (name: string): WorkbenchError =>
  new WorkbenchError("figure-unknown", `Nothing is saved as '${name}'.`, {
    mend: "Choose one of the saved comparisons, or save it anew.",
  });

export const figureExists = (name: string): WorkbenchError =>
  new WorkbenchError("figure-exists", `Something is saved as '${name}' already.`, { mend: "Choose another name." });
