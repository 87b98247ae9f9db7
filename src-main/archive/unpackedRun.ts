import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { isDeepStrictEqual } from "node:util";
import { WorkbenchError } from "../../src-shared/errors.ts";
import { parseRunConfig } from "../../src-shared/configSettings.ts";
import { checkpointIteration } from "../trainer/checkpoint.ts";
import { RunFolder, type RunFile } from "../trainer/runFolder.ts";
import { parseSafetensors } from "../trainer/safetensors.ts";
import { archiveInvalid } from "./archiveError.ts";
import type { MemberName } from "./manifest.ts";
import { checkLog, type LogEnd } from "./unpackedLog.ts";

export interface UnpackedRun {
  readonly file: RunFile;
  readonly end: LogEnd;
}

/**
 * Whether an unpacked folder is a run's: its configuration is one, its log is of that configuration, and so is each
 * checkpoint, whole.
 *
 * @throws WorkbenchError `archive-invalid`
 */
export async function checkUnpackedRun(folder: string): Promise<UnpackedRun> {
  const run = RunFolder.open(folder);
  const file = inArchive(() => run.read(), folder);
  const end = await checkLog(run.events, file);
  for (const name of ["checkpoints/last.safetensors", "checkpoints/best.safetensors"] as const) {
    if (existsSync(path.join(folder, name))) inArchive(() => checkCheckpoint(folder, name, file), folder);
  }
  return { file, end };
}

function checkCheckpoint(folder: string, name: MemberName, { config }: RunFile): void {
  const file = path.join(folder, name);
  const iteration = checkpointIteration(file);
  if (iteration > config.training.iterations) {
    throw archiveInvalid(`has a ${name} of iteration ${iteration}; the run has ${config.training.iterations}`);
  }
  const { metadata } = parseSafetensors(readFileSync(file), file, "archive-invalid");
  const itsConfig: unknown = JSON.parse(metadata.config);
  if (!isDeepStrictEqual(parseRunConfig(itsConfig), config))
    throw archiveInvalid(`has a ${name} of another configuration`);
}

/** Errors of what was unpacked, as the archive's: the staging folder that they name will be gone. */
function inArchive<T>(check: () => T, folder: string): T {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof WorkbenchError) || error.code === "archive-invalid") throw error;
    throw archiveInvalid(`holds no whole run: ${error.message.replaceAll(`${folder}${path.sep}`, "")}`, error);
  }
}
