import { lstat, rm } from "node:fs/promises";
import { WorkbenchError } from "../../src-shared/errors.ts";
import { datasetsFolder } from "../home.ts";
import { datasetFolder } from "./names.ts";
import { abandonedPartFolders, moveAway, sweepStagingFolders } from "./stagingFolder.ts";

/**
 * Deletes a data set, damaged or not, and what interrupted downloads have left of it.
 *
 * @throws WorkbenchError dataset-unknown where there is neither
 */
export async function removeDataset(home: string, name: string): Promise<void> {
  const folder = datasetFolder(home, name);
  const datasets = datasetsFolder(home);
  await sweepStagingFolders(datasets);
  const left = await abandonedPartFolders(datasets, name);
  const there = await lstat(folder).catch(() => undefined);
  if (there === undefined && left.length === 0) {
    throw new WorkbenchError("dataset-unknown", `There is no data set "${name}" to remove.`, {
      mend: "rwb dataset list",
    });
  }
  for (const part of left) await rm(part, { recursive: true, force: true });
  if (there?.isDirectory() === true) await moveAway(folder);
  // A link that somebody put there goes itself; what it leads to is not ours.
  else await rm(folder, { force: true });
}
