import { closest } from "fastest-levenshtein";
import { z } from "zod";
import { WorkbenchError } from "../../src-shared/errors.ts";
import type { Grid } from "../../src-shared/grid.ts";
import { recipeNames } from "../../src-shared/recipes.ts";
import { families, shortcuts } from "../../src-shared/runConfig.ts";
import type { Connection } from "./connection.ts";
import { jsonColumn } from "./jsonColumn.ts";
import { runKey } from "./runKeys.ts";

export interface NewStudy {
  readonly name: string;
  /** What it was made from: course, paper, shortcut-ablation. */
  readonly template?: string | undefined;
  readonly grid: Grid;
}

export interface StudyRecord extends NewStudy {
  readonly createdMs: number;
  /** Runs that are linked to it, those in the trash included. */
  readonly runs: number;
}

interface StudyRow {
  readonly name: string;
  readonly template: string | null;
  readonly grid: string;
  readonly created_ms: number;
  readonly runs: number;
}

const gridSchema: z.ZodType<Grid> = z.object({
  recipe: z.enum(recipeNames),
  families: z.array(z.enum(families)),
  depths: z.array(z.int()),
  shortcuts: z.array(z.enum(shortcuts)).optional(),
  seeds: z.array(z.int()),
  scale: z.number().optional(),
  set: z.array(z.string()).optional(),
});
const readGrid = jsonColumn(gridSchema);

const columns = `name, template, grid, created_ms, (SELECT count(*) FROM study_runs WHERE study = studies.key) AS runs`;

/** Studies, and which runs are their cells; a run may belong to several. */
export class Studies {
  readonly #connection: Connection;
  readonly #now: () => number;

  constructor(connection: Connection, now: () => number) {
    this.#connection = connection;
    this.#now = now;
  }

  /** @throws WorkbenchError `study-exists` */
  create({ name, template, grid }: NewStudy): StudyRecord {
    return this.#connection.write("making a study", () => {
      if (this.find(name)) {
        throw new WorkbenchError("study-exists", `There is a study '${name}' already.`, {
          mend: `To add to it: rwb study extend ${name}`,
        });
      }
      this.#connection.run(
        "INSERT INTO studies (name, template, grid, created_ms) VALUES (?, ?, ?, ?)",
        name,
        template,
        JSON.stringify(grid),
        this.#now(),
      );
      return this.get(name);
    });
  }

  find(name: string): StudyRecord | undefined {
    const row = this.#connection.get<StudyRow>(`SELECT ${columns} FROM studies WHERE name = ?`, name);
    return row && toStudy(row);
  }

  /** @throws WorkbenchError `study-unknown`, with the closest name */
  get(name: string): StudyRecord {
    const study = this.find(name);
    if (study) return study;
    throw this.#unknown(name);
  }

  /** In the order in which they were made. */
  list(): StudyRecord[] {
    return this.#connection.all<StudyRow>(`SELECT ${columns} FROM studies ORDER BY key`).map(toStudy);
  }

  /** Changes the grid: more depths, more seeds. @throws WorkbenchError `study-unknown` */
  update(name: string, { grid }: { readonly grid: Grid }): StudyRecord {
    return this.#connection.write("changing a study", () => {
      this.#connection.run("UPDATE studies SET grid = ? WHERE key = ?", JSON.stringify(grid), this.#key(name));
      return this.get(name);
    });
  }

  /** Its runs stay. @throws WorkbenchError `study-unknown` */
  remove(name: string): void {
    this.#connection.write("removing a study", () =>
      this.#connection.run("DELETE FROM studies WHERE key = ?", this.#key(name)),
    );
  }

  /** Links a run; one that is linked already stays so. @throws WorkbenchError `study-unknown`, `run-unknown` */
  addRun(name: string, id: string): void {
    this.#connection.write("changing a study", () =>
      this.#connection.run(
        "INSERT OR IGNORE INTO study_runs (study, run) VALUES (?, ?)",
        this.#key(name),
        runKey(this.#connection, id),
      ),
    );
  }

  /** @throws WorkbenchError `study-unknown`, `run-unknown` */
  removeRun(name: string, id: string): void {
    this.#connection.write("changing a study", () =>
      this.#connection.run(
        "DELETE FROM study_runs WHERE study = ? AND run = ?",
        this.#key(name),
        runKey(this.#connection, id),
      ),
    );
  }

  #key(name: string): number {
    const row = this.#connection.get<{ key: number }>("SELECT key FROM studies WHERE name = ?", name);
    if (row) return row.key;
    throw this.#unknown(name);
  }

  #unknown(name: string): WorkbenchError {
    const names = this.list().map((study) => study.name);
    return new WorkbenchError("study-unknown", `There is no study '${name}'.`, {
      mend:
        names.length > 0 ? `Did you mean '${closest(name, names)}'? All of them: rwb study list` : "rwb study create",
    });
  }
}

const toStudy = (row: StudyRow): StudyRecord => ({
  name: row.name,
  template: row.template ?? undefined,
  grid: readGrid(row.grid),
  createdMs: row.created_ms,
  runs: row.runs,
});
