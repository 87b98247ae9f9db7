import { existsSync, readdirSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import { fileError } from "../../src-shared/errors.ts";

const deletedPrefix = ".deleted-";

/** A folder that is out of sight. */
export interface HiddenFolder {
  /** @throws WorkbenchError `permission` */
  remove(): void;
  putBack(): void;
}

/**
 * Takes a run's folder away under a hidden name, so that nothing finds half a run however this ends.
 *
 * @returns undefined where there is no folder
 * @throws WorkbenchError `permission`
 */
export function hideRunFolder(folder: string): HiddenFolder | undefined {
  if (!existsSync(folder)) return undefined;
  const hidden = path.join(path.dirname(folder), `${deletedPrefix}${path.basename(folder)}-${Date.now()}`);
  const guarded = (work: () => void) => {
    try {
      work();
    } catch (error) {
      throw fileError(error, `deleting the run's folder ${folder}`);
    }
  };
  guarded(() => renameSync(folder, hidden));
  return {
    remove: () => guarded(() => rmSync(hidden, { recursive: true, force: true })),
    putBack: () => guarded(() => renameSync(hidden, folder)),
  };
}

/** Deletes a run's folder with all that it has; see `hideRunFolder`. */
export function deleteRunFolder(folder: string): void {
  hideRunFolder(folder)?.remove();
}

/** Deletes what a program that died had not yet deleted. @param runsFolder `HOME/runs` */
export function sweepDeletedRuns(runsFolder: string): void {
  if (!existsSync(runsFolder)) return;
  try {
    for (const name of readdirSync(runsFolder)) {
      if (name.startsWith(deletedPrefix)) rmSync(path.join(runsFolder, name), { recursive: true, force: true });
    }
  } catch (error) {
    throw fileError(error, `deleting what is left of runs in ${runsFolder}`);
  }
}
