import path from "node:path";
import type { RunConfig } from "../../src-shared/runConfig.ts";
import { largestDivisor } from "../compiler/program.ts";
import { openDataset } from "../dataset/index.ts";
import { runsFolder, workbenchHome } from "../home.ts";
import { newRunId } from "../runId.ts";
import { RunFolder } from "../trainer/runFolder.ts";

interface NewRunOptions {
  readonly threads: number;
  readonly recipe?: string;
  readonly scale?: number;
  readonly home?: string;
  readonly out?: string;
}

/**
 * Makes a new run's folder; its data set is looked for first, so that a missing one leaves nothing behind.
 * @throws WorkbenchError `dataset-missing`, `run-folder-exists`
 */
export async function newRunFolder(config: RunConfig, options: NewRunOptions): Promise<RunFolder> {
  const home = workbenchHome(options.home);
  await openDataset(home, config.dataset);
  const folder = options.out === undefined ? path.join(runsFolder(home), newRunId(config)) : path.resolve(options.out);
  return RunFolder.create(folder, {
    version: 1,
    config,
    threads: options.threads,
    lanes: largestDivisor(config.training.batchSize, options.threads),
    ...(options.recipe && { recipe: options.recipe }),
    ...(options.scale && { scale: options.scale }),
    createdAt: new Date().toISOString(),
  });
}
