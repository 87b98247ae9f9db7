import { isWaiting, nextStatus } from "../../src-shared/runState.ts";
import type { History } from "../history/index.ts";
import { ingestAll } from "./activeRun.ts";
import { existingRunFolder } from "./runFolders.ts";

/**
 * What a main finds that was killed: runs that claim to run and do not become `interrupted`, unless their log says how
 * they ended. A trainer may still be writing its last checkpoint: the next one waits for its lock.
 */
export async function takeStock(history: History, home: string): Promise<void> {
  for (const run of history.runs.list({})) {
    if (nextStatus(run.status, "lost") === undefined && !isWaiting(run.status)) continue;
    const folder = existingRunFolder(home, run.id);
    if (folder) await ingestAll(history, run.id, folder.events);
    const end = folder && history.endInLog(run.id);
    const action = end !== undefined && nextStatus(run.status, end) ? end : "lost";
    if (nextStatus(run.status, action)) {
      history.runs.act(run.id, action, {
        reason: action === "lost" ? "the workbench ended while it trained" : undefined,
      });
    }
  }
}
