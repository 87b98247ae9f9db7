import { existsSync } from "node:fs";
import path from "node:path";
import { WorkbenchError } from "../../src-shared/errors.ts";
import type { RunConfig } from "../../src-shared/runConfig.ts";
import { readDataset } from "../dataset/openDataset.ts";
import type { RunRecord } from "../history/index.ts";
import type { CheckpointName } from "../trainer/checkpoint.ts";
import { existingRunFolder } from "./runFolders.ts";

/** What a process needs to know to have the network of a checkpoint. */
export interface CheckpointTask {
  readonly home: string;
  readonly config: RunConfig;
  readonly lanes: number;
  readonly checkpoints: string;
  readonly checkpoint: CheckpointName;
}

/**
 * What can be refused is refused before a process is started for it.
 *
 * @throws WorkbenchError `checkpoint-invalid` where there is no such checkpoint, `dataset-missing` where the data set is not
 *   the run's any more
 */
export async function checkpointTask(
  home: string,
  run: RunRecord,
  checkpoint: CheckpointName,
): Promise<CheckpointTask> {
  const folder = existingRunFolder(home, run.id);
  if (folder === undefined || !existsSync(path.join(folder.checkpoints, `${checkpoint}.safetensors`))) {
    throw new WorkbenchError("checkpoint-invalid", `${run.id} has no checkpoint '${checkpoint}'.`, {
      mend: "Choose another one; a run writes its first after some iterations.",
    });
  }
  const { checksum } = await readDataset(home, run.config.dataset);
  if (run.dataset !== undefined && run.dataset.checksum !== checksum) {
    throw new WorkbenchError(
      "dataset-missing",
      `"${run.config.dataset}" is not what ${run.id} was trained on any more.`,
      {
        mend: "Add the data set of that time again: its mean is subtracted from every image.",
      },
    );
  }
  const { config, lanes } = folder.read();
  return { home, config, lanes, checkpoints: folder.checkpoints, checkpoint };
}
