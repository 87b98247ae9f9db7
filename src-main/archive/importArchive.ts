import { existsSync } from "node:fs";
import { rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileError } from "../../src-shared/errors.ts";
import { gridConfigs, trainingKey, type Grid } from "../../src-shared/grid.ts";
import { isActive, isWaiting, type RunStatus } from "../../src-shared/runState.ts";
import type { History, RunRecord } from "../history/index.ts";
import { runsFolder } from "../home.ts";
import { inStagingFolder } from "../runner/stagingFolder.ts";
import { readUnreadLog } from "../runner/takeStock.ts";
import { RunFolder, type RunFile } from "../trainer/runFolder.ts";
import { newRunId } from "../runId.ts";
import { syncFolder } from "../syncFolder.ts";
import { checkLesion } from "./archivedLesion.ts";
import { archiveInvalid } from "./archiveError.ts";
import { archiveLimits, type ArchiveLimits } from "./archiveLimits.ts";
import type { Manifest } from "./manifest.ts";
import { unpackArchive, type UnpackedArchive } from "./unpackArchive.ts";
import { checkUnpackedRun, type UnpackedRun } from "./unpackedRun.ts";

export const importedTag = "imported";

export interface ImportOptions {
  readonly limits?: ArchiveLimits;
  /** What the runs are tagged with, so that they are told from one's own. */
  readonly tag?: string;
  /** Told of what will be there, before any of it is. */
  readonly onTake?: (taken: Imported) => void;
}

/** What an archive has brought. */
export interface Imported {
  /** The study's name here; undefined where the archive is of none. */
  readonly study: string | undefined;
  readonly runs: readonly string[];
}

/**
 * Takes the run, or the runs, out of an archive into this workbench, under new ids; with the study that they are the cells
 * of, where the archive is of one. All is unpacked and checked in a folder beside the runs, and moved among them when
 * nothing is left that could be refused; a process that is killed in between leaves a folder that the next one deletes,
 * or, after the move, whole runs that the next start takes up or reads to their end.
 *
 * @throws WorkbenchError `archive-invalid`, `disk-full`, `permission`; nothing is left behind
 */
export async function importRuns(
  history: History,
  home: string,
  file: string,
  { limits = archiveLimits, tag = importedTag, onTake }: ImportOptions = {},
): Promise<Imported> {
  const runs = runsFolder(home);
  const importing = inStagingFolder(runs, async (staging) => {
    const archive = await unpackArchive(file, staging, limits);
    if (archive.study) checkGrid(archive.study.grid);
    const checked: CheckedRun[] = [];
    const ids = new Set<string>();
    for (const { folder, manifest } of archive.runs) {
      const unpacked = await checkUnpackedRun(folder);
      const status = statusOf(manifest, unpacked);
      checkLesion(manifest, unpacked);
      await makeOwn(folder, unpacked);
      const id = freeRunId(history, runs, unpacked, ids);
      ids.add(id);
      checked.push({ id, folder, manifest, record: recordOf(id, status, tag, manifest, unpacked) });
    }
    const imported = { study: archive.study ? freeStudyName(history, archive.study.name) : undefined, runs: [...ids] };
    onTake?.(imported);
    await moveAll(history, runs, checked, archive.study, imported.study);
    return imported;
  });
  return importing.catch((error: unknown) => {
    throw fileError(error, "importing an archive");
  });
}

/** The run of an archive of one: its new id. @throws WorkbenchError as `importRuns` */
export async function importArchive(
  history: History,
  home: string,
  file: string,
  limits: ArchiveLimits = archiveLimits,
): Promise<string> {
  return (await importRuns(history, home, file, { limits })).runs[0];
}

interface CheckedRun {
  readonly id: string;
  readonly folder: string;
  readonly manifest: Manifest;
  readonly record: RunRecord;
}

/** All of them, or none: whatever fails, those before it are taken back. */
async function moveAll(
  history: History,
  runs: string,
  checked: readonly CheckedRun[],
  study: UnpackedArchive["study"],
  studyName: string | undefined,
): Promise<void> {
  const moved: string[] = [];
  try {
    if (study && studyName !== undefined) {
      history.studies.create({ name: studyName, template: study.template ?? undefined, grid: study.grid });
    }
    for (const { id, folder, manifest, record } of checked) {
      const own = path.join(runs, id);
      await rename(folder, own);
      moved.push(id);
      await syncFolder(runs);
      const others = manifest.run.studies.filter((name) => name !== study?.name);
      await addRun(
        history,
        record,
        RunFolder.open(own),
        manifest,
        studyName === undefined ? others : [...others, studyName],
      );
    }
  } catch (error) {
    for (const id of moved) await takeBack(history, id, path.join(runs, id));
    if (studyName !== undefined && history.studies.find(studyName)?.runs === 0) history.studies.remove(studyName);
    throw error;
  }
}

/** A study whose grid makes no configurations could not be shown. */
function checkGrid(grid: Grid): void {
  try {
    gridConfigs(grid);
  } catch (error) {
    throw archiveInvalid(`has a study that cannot be: ${(error as Error).message}`, error);
  }
}

/** "report", or "report-2" where there is one of that name: whose grid it was, and whose it is, may differ. */
function freeStudyName(history: History, name: string): string {
  for (let number = 1; ; number++) {
    const free = number === 1 ? name : `${name.slice(0, 90)}-${number}`;
    if (!history.studies.find(free)) return free;
  }
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

function freeRunId(history: History, runs: string, { file }: UnpackedRun, taken: ReadonlySet<string>): string {
  for (;;) {
    const id = newRunId(file.config);
    if (!taken.has(id) && !existsSync(path.join(runs, id)) && history.runs.find(id)?.id !== id) return id;
  }
}

/**
 * The run, and then all that its log says, in transactions of a few milliseconds. That something is left to be read is
 * known from the first of them to the last: takeStock does it after a crash.
 */
async function addRun(
  history: History,
  run: RunRecord,
  folder: RunFolder,
  manifest: Manifest,
  studies: readonly string[],
): Promise<void> {
  const fromLog = { series: [], evaluations: [], probes: [], checkpoints: [] };
  history.transaction(() => {
    history.load({ run, ledger: manifest.ledger, lesion: manifest.lesion, ...fromLog }, run.id);
    for (const name of studies) if (isCellOf(history, name, run)) history.studies.addRun(name, run.id);
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
function recordOf(
  id: string,
  status: RunStatus,
  tag: string,
  { run, exportedAt }: Manifest,
  { file }: UnpackedRun,
): RunRecord {
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
    tags: [...new Set([...run.tags, tag])],
    notes: run.notes === "" ? origin : `${run.notes}\n\n${origin}`,
    ...{ pinned: false, studies: [], position: 0, crashes: 0, trashedMs: undefined, iteration: 0 },
    ...{ engine: undefined, dataset: undefined, loss: undefined, imagesPerSecond: undefined },
    ...{ checkpointIteration: undefined, testAccuracy: undefined, bestTestAccuracy: undefined },
  };
}
