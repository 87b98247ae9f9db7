import { closest } from "fastest-levenshtein";
import { WorkbenchError } from "../../src-shared/errors.ts";
import type { Connection } from "./connection.ts";

/**
 * The number that stands for a run within the database.
 * @throws WorkbenchError `run-unknown`, with the run whose id is closest
 */
export function runKey(connection: Connection, id: string): number {
  const row = connection.get<{ key: number }>("SELECT key FROM runs WHERE id = ?", id);
  if (row) return row.key;
  throw runUnknown(connection, id);
}

/** Ids of the run called `id`, or else of those that begin so; at most ten. */
export function idsLike(connection: Connection, id: string): string[] {
  if (id === "") return [];
  if (connection.get("SELECT 1 FROM runs WHERE id = ?", id)) return [id];
  const ids = connection.all<{ id: string }>(
    "SELECT id FROM runs WHERE substr(id, 1, length(@id)) = @id ORDER BY id LIMIT 10",
    { id },
  );
  return ids.map((row) => row.id);
}

export function runUnknown(connection: Connection, id: string): WorkbenchError {
  const candidates = idsLike(connection, id);
  if (candidates.length > 1) {
    return new WorkbenchError("run-unknown", `Several runs begin with '${id}'.`, {
      mend: `Name one of them: ${candidates.join(", ")}`,
    });
  }
  const ids = connection.all<{ id: string }>("SELECT id FROM runs").map((row) => row.id);
  return new WorkbenchError("run-unknown", `There is no run '${id}'.`, {
    mend:
      ids.length > 0
        ? `Did you mean '${closest(id, ids)}'? All of them: rwb runs`
        : "There are no runs yet: rwb queue add",
  });
}
