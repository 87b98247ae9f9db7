import { existsSync } from "node:fs";
import { rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileError } from "../../src-shared/errors.ts";
import { gridConfigs, trainingKey } from "../../src-shared/grid.ts";
import { isActive, isWaiting, type RunStatus } from "../../src-shared/runState.ts";
import type { History, RunRecord } from "../history/index.ts";
import { runsFolder } from "../home.ts";
import { inStagingFolder } from "../runner/stagingFolder.ts";
import { readUnreadLog } from "../runner/takeStock.ts";
import { RunFolder, type RunFile } from "../trainer/runFolder.ts";
import { newRunId } from "../runId.ts";
import { syncFolder } from "../syncFolder.ts";
import { archiveInvalid } from "./archiveError.ts";
import { archiveLimits, type ArchiveLimits } from "./archiveLimits.ts";
import type { Manifest } from "./manifest.ts";
import { unpackArchive } from "./unpackArchive.ts";
import { checkUnpackedRun, type UnpackedRun } from "./unpackedRun.ts";

export const importedTag = "imported";

/**
 * Takes a run out of an archive into this workbench, under a new id. It is unpacked and checked in a folder beside the
 * runs, and moved among them when nothing is left that could be refused; a process that is killed in between leaves a
 * folder that the next one deletes, or, after the move, a whole run that the next start takes up or reads to its end.
 *
 * @returns the new run's id
 * @throws WorkbenchError `archive-invalid`, `disk-full`, `permission`; nothing is left behind
 */
export async function importArchive(
  history: History,
  home: string,
  file: string,
  limits: ArchiveLimits = archiveLimits,
): Promise<string> {
  const runs = runsFolder(home);
  const imported = inStagingFolder(runs, async (staging) => {
    const manifest = await unpackArchive(file, staging, limits);
    const unpacked = await checkUnpackedRun(staging);
    const status = statusOf(manifest, unpacked);
    await makeOwn(staging, unpacked);
    const id = freeRunId(history, runs, unpacked);
    const folder = path.join(runs, id);
    await rename(staging, folder);
    try {
      await syncFolder(runs);
      await addRun(history, recordOf(id, status, manifest, unpacked), RunFolder.open(folder), manifest);
    } catch (error) {
      await takeBack(history, id, folder);
      throw error;
    }
    return id;
  });
  return imported.catch((error: unknown) => {
    throw fileError(error, "importing an archive");
  });
}

/** As it was. A run that trained or waited does not go on here by itself. */
function statusOf({ run }: Manifest, { end }: UnpackedRun): RunStatus {
  if (isActive(run.status) || isWaiting(run.status)) return end ?? "cancelled";
  const ends = run.status === "finished" || run.status === "diverged";
  if (ends && run.status !== end) throw archiveInvalid(`says that its run has ${run.status}, and its log does not`);
  return run.status;
}

/** Its `config.json` without `queued`: with it, a run whose history is lost would go on by itself. */
async function makeOwn(folder: string, { file }: UnpackedRun): Promise<void> {
  const own: RunFile = { ...file, queued: undefined };
  await writeFile(path.join(folder, "config.json"), `${JSON.stringify(own, null, 2)}\n`, { flush: true });
}

function freeRunId(history: History, runs: string, { file }: UnpackedRun): string {
  for (;;) {
    const id = newRunId(file.config);
    if (!existsSync(path.join(runs, id)) && history.runs.find(id)?.id !== id) return id;
  }
}

/**
 * The run, and then all that its log says, in transactions of a few milliseconds. That something is left to be read is
 * known from the first of them to the last: takeStock does it after a crash.
 */
async function addRun(history: History, run: RunRecord, folder: RunFolder, manifest: Manifest): Promise<void> {
  const fromLog = { series: [], evaluations: [], probes: [], checkpoints: [] };
  history.transaction(() => {
    history.load({ run, ledger: manifest.ledger, ...fromLog }, run.id);
    for (const name of manifest.run.studies) if (isCellOf(history, name, run)) history.studies.addRun(name, run.id);
    history.unreadLogs.add(run.id);
  });
  await readUnreadLog(history, run.id, folder);
}

/** Where the history cannot even forget the run (the disk is full), its folder stays: the next start reads the rest. */
async function takeBack(history: History, id: string, folder: string): Promise<void> {
  try {
    if (history.runs.find(id)?.id === id) history.runs.purge(id);
  } catch {
    return;
  }
  await rm(folder, { recursive: true, force: true });
}

/** A study of the same name may be another one here. */
function isCellOf(history: History, study: string, { config, forkedFrom }: RunRecord): boolean {
  const grid = history.studies.find(study)?.grid;
  if (!grid || forkedFrom) return false;
  const key = trainingKey(config);
  return gridConfigs(grid).some((cell) => trainingKey(cell) === key);
}

/** As the history will know it, less what its log says. */
function recordOf(id: string, status: RunStatus, { run, exportedAt }: Manifest, { file }: UnpackedRun): RunRecord {
  const { config, recipe, scale, threads, lanes, forkedFrom } = file;
  const { family, depth, shortcut } = config.network;
  const { deviations, codeVersion, reason, createdMs, startedMs, endedMs } = run;
  const origin = `Imported: ${run.id}, exported ${exportedAt.slice(0, 10)} (${run.status}).`;
  return {
    ...{
      id,
      config,
      datasetName: config.dataset,
      family,
      depth,
      shortcut,
      seed: config.seed,
      iterations: config.training.iterations,
    },
    ...{ recipe, scale, threads, lanes, forkedFrom, deviations, codeVersion, createdMs, startedMs, endedMs },
    ...{ status, reason: status === run.status ? reason : `${run.status} when it was exported` },
    tags: [...new Set([...run.tags, importedTag])],
    notes: run.notes === "" ? origin : `${run.notes}\n\n${origin}`,
    ...{ pinned: false, studies: [], position: 0, crashes: 0, trashedMs: undefined, iteration: 0 },
    ...{ engine: undefined, dataset: undefined, loss: undefined, imagesPerSecond: undefined },
    ...{ checkpointIteration: undefined, testAccuracy: undefined, bestTestAccuracy: undefined },
  };
}
