import { applyRetention } from "../history/index.ts";
import { runsFolder } from "../home.ts";
import { storageUse } from "../storageUse.ts";
import type { Workbench } from "../workbench.ts";
import { implementation } from "./implementation.ts";
import { feedOf } from "./live/liveFeed.ts";
import { ownTurn } from "./turns.ts";

const { storage: os } = implementation;

export const storageProcedures = {
  show: os.show.handler(({ context: { workbench } }) => storageUse(workbench.history, workbench.home)),

  free: os.free.handler(async ({ context: { workbench }, input: { what } }) => {
    const { history, home } = workbench;
    switch (what) {
      case "expired-checkpoints": {
        const finished = history.runs.list({ statuses: ["finished"] });
        applyRetention(runsFolder(home), finished, history.settings.get().retention, Date.now());
        feedOf(workbench).note({ runs: finished.map(({ id }) => id) });
        break;
      }
      case "trash":
        await emptyTrash(workbench);
    }
    return storageUse(history, home);
  }),
};

async function emptyTrash(workbench: Workbench): Promise<void> {
  for (const { id } of workbench.history.runs.list({ trashed: true })) {
    await ownTurn();
    workbench.runs.purge(id);
    feedOf(workbench).note({ runs: [id], studies: true });
  }
}
