import { existsSync } from "node:fs";
import path from "node:path";
import { isDeepStrictEqual } from "node:util";
import { WorkbenchError } from "../../src-shared/errors.ts";
import { checkCheckpoint } from "../trainer/checkpointFile.ts";
import { RunFolder, type RunFile } from "../trainer/runFolder.ts";
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
  const file = await inArchive(() => run.read(), folder);
  const end = await checkLog(run.events, file);
  for (const name of ["checkpoints/last.safetensors", "checkpoints/best.safetensors"] as const) {
    if (existsSync(path.join(folder, name))) await inArchive(() => checkMember(folder, name, file), folder);
  }
  return { file, end };
}

async function checkMember(folder: string, name: MemberName, { config }: RunFile): Promise<void> {
  const checkpoint = await checkCheckpoint(path.join(folder, name));
  const { iteration } = checkpoint.progress;
  if (iteration > config.training.iterations) {
    throw archiveInvalid(`has a ${name} of iteration ${iteration}; the run has ${config.training.iterations}`);
  }
  if (!isDeepStrictEqual(checkpoint.config, config)) throw archiveInvalid(`has a ${name} of another configuration`);
}

/** Errors of what was unpacked, as the archive's: the staging folder that they name will be gone. */
async function inArchive<T>(check: () => T | Promise<T>, folder: string): Promise<T> {
  try {
    return await check();
  } catch (error) {
    if (!(error instanceof WorkbenchError) || error.code === "archive-invalid") throw error;
    throw archiveInvalid(`holds no whole run: ${error.message.replaceAll(`${folder}${path.sep}`, "")}`, error);
  }
}
