import { isWaiting, nextStatus } from "../../src-shared/runState.ts";
import type { History } from "../history/index.ts";
import { ingestAll } from "./activeRun.ts";
import type { RunFolder } from "../trainer/runFolder.ts";
import { existingRunFolder } from "./runFolders.ts";

/** While windows are served: some milliseconds a turn, also on a busy machine. */
const importedBytesATurn = 1 << 17;

/**
 * What a main finds that was killed: runs that claim to run and do not become `interrupted`, unless their log says how
 * they ended. A trainer may still be writing its last checkpoint: the next one waits for its lock.
 */
export async function takeStock(history: History, home: string): Promise<void> {
  for (const id of history.unreadLogs.ids()) await readUnreadLog(history, id, existingRunFolder(home, id));
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

/** Reads on in the log of a run whose import is under way, or was. @param folder undefined where it is gone */
export async function readUnreadLog(history: History, id: string, folder: RunFolder | undefined): Promise<void> {
  if (folder) await ingestAll(history, id, folder.events, importedBytesATurn);
  history.unreadLogs.remove(id);
}
