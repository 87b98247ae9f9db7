import { applyRetention, type History } from "./history/index.ts";
import { runsFolder } from "./home.ts";
import { sweepGraphFolders } from "./trainer/graphFolder.ts";

const dailyMs = 24 * 60 * 60 * 1000;

/**
 * What a workbench does for itself beside training: at its start a check of a history that was not closed, and the removal
 * of what killed trainers left; every day a backup and the removal of checkpoints that are no longer kept.
 *
 * @returns what ends it
 */
export function startUpkeep(history: History, home: string, onNote: (text: string) => void): () => void {
  const guarded = (work: () => unknown) => async () => {
    try {
      await work();
    } catch (error) {
      onNote((error as Error).message);
    }
  };
  const free = guarded(() => {
    const runs = history.runs.list({ statuses: ["finished"] });
    const { bytes } = applyRetention(runsFolder(home), runs, history.settings.get().retention, Date.now());
    if (bytes > 0)
      onNote(`${(bytes / 1e6).toFixed(0)} MB of old checkpoints are deleted, as the retention setting says.`);
  });
  const check = guarded(async () => {
    const damage = await history.checkIntegrity();
    if (damage) onNote(`${damage.message} ${damage.mend ?? ""}`);
  });
  if (history.endedUncleanly) void check();
  void guarded(sweepGraphFolders)();
  void free();
  const timer = setInterval(() => {
    void free();
    void guarded(() => history.backUp())();
  }, dailyMs);
  timer.unref();
  return () => clearInterval(timer);
}
