import { z } from "zod";
import { blockRemovedSchema, type Lesion } from "../../src-shared/lesion.ts";
import type { Connection } from "./connection.ts";
import { jsonColumn } from "./jsonColumn.ts";
import { runKey } from "./runKeys.ts";

interface LesionRow {
  readonly iteration: number;
  readonly time_ms: number;
  readonly elapsed_ms: number;
  readonly images: number;
  readonly test_error: number;
  readonly blocks: string;
}

const parseBlocks = jsonColumn(z.array(blockRemovedSchema));

/** One a run: measured again, the newer one counts. */
export function putLesion(connection: Connection, run: number, lesion: Lesion): void {
  connection.run(
    "INSERT OR REPLACE INTO lesions (run, iteration, time_ms, elapsed_ms, images, test_error, blocks) VALUES (?, ?, ?, ?, ?, ?, ?)",
    run,
    lesion.iteration,
    lesion.timeMs,
    lesion.elapsedMs,
    lesion.images,
    lesion.testError,
    JSON.stringify(lesion.blocks),
  );
}

export function readLesion(connection: Connection, run: number): Lesion | undefined {
  const row = connection.get<LesionRow>(
    "SELECT iteration, time_ms, elapsed_ms, images, test_error, blocks FROM lesions WHERE run = ?",
    run,
  );
  return (
    row && {
      ...{ iteration: row.iteration, timeMs: row.time_ms, elapsedMs: row.elapsed_ms, images: row.images },
      ...{ testError: row.test_error, blocks: parseBlocks(row.blocks) },
    }
  );
}

/** What was found when single blocks were removed from runs' networks. Everything here throws `run-unknown`. */
export class Lesions {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  of(id: string): Lesion | undefined {
    return readLesion(this.#connection, runKey(this.#connection, id));
  }

  put(id: string, lesion: Lesion): void {
    this.#connection.write("storing what removed blocks do", () =>
      putLesion(this.#connection, runKey(this.#connection, id), lesion),
    );
  }
}
