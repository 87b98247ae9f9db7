import { lstat, readdir } from "node:fs/promises";
import path from "node:path";
import type { StorageLine, StoragePart } from "../src-shared/contract/index.ts";
import { describeStorage } from "./engine/storage.ts";
import { checkpointFiles, expiredCheckpoints, keptSinceMs, type History } from "./history/index.ts";
import { datasetsFolder, runsFolder } from "./home.ts";

/** What takes how much of the disk, in a workbench folder. Some ten files a run are looked at, none is read. */
export async function storageUse(history: History, home: string, nowMs = Date.now()): Promise<StorageLine> {
  const trashed = new Set(history.runs.list({ trashed: true }).map(({ id }) => id));
  const bytes: Record<StoragePart, number> = { checkpoints: 0, logs: 0, trash: 0, datasets: 0, history: 0, backups: 0 };
  for (const id of await namesIn(runsFolder(home))) {
    const folder = path.join(runsFolder(home), id);
    const checkpoints = await bytesBelow(path.join(folder, "checkpoints"));
    const rest = (await bytesBelow(folder)) - checkpoints;
    if (trashed.has(id)) bytes.trash += checkpoints + rest;
    else {
      bytes.checkpoints += checkpoints;
      bytes.logs += rest;
    }
  }
  bytes.datasets = await bytesBelow(datasetsFolder(home));
  bytes.backups = await bytesBelow(path.join(home, "backups"));
  for (const name of ["workbench.sqlite", "workbench.sqlite-wal", "workbench.sqlite-shm"]) {
    bytes.history += (await sizeOf(path.join(home, name)))?.size ?? 0;
  }
  return {
    ...{ home, freeBytes: describeStorage(home).freeBytes, bytes, trashedRuns: trashed.size },
    expiredBytes: await expiredBytes(history, home, nowMs),
  };
}

/** Of checkpoints that the retention setting no longer keeps. */
async function expiredBytes(history: History, home: string, nowMs: number): Promise<number> {
  const { retention } = history.settings.get();
  let bytes = 0;
  for (const run of history.runs.list({ statuses: ["finished"] })) {
    const folder = path.join(runsFolder(home), run.id);
    const { status, pinned } = run;
    const expired = expiredCheckpoints({ status, pinned, endedMs: keptSinceMs(run, folder) }, retention, nowMs);
    const all = await sizesBelow(path.join(folder, "checkpoints"));
    // Two names may be one file: it is free when both go.
    const kept = new Set(
      checkpointFiles.filter((name) => !expired.includes(name)).map((name) => `${name}.safetensors`),
    );
    const keptFiles = new Set(all.filter(({ name }) => kept.has(name)).map(({ inode }) => inode));
    const going = all.filter(({ name }) => expired.some((file) => name === `${file}.safetensors`));
    bytes += sumOfFiles(going.filter(({ inode }) => !keptFiles.has(inode)));
  }
  return bytes;
}

interface FileSize {
  readonly name: string;
  readonly inode: number;
  readonly size: number;
}

/** Each file once, however many names it has. */
const sumOfFiles = (files: readonly FileSize[]): number =>
  [...new Map(files.map((file) => [file.inode, file.size])).values()].reduce((all, size) => all + size, 0);

const bytesBelow = async (folder: string): Promise<number> => sumOfFiles(await sizesBelow(folder));

async function sizesBelow(folder: string): Promise<FileSize[]> {
  const found: FileSize[] = [];
  for (const name of await namesIn(folder)) {
    const file = path.join(folder, name);
    const known = await sizeOf(file);
    if (known?.isDirectory()) found.push(...(await sizesBelow(file)));
    else if (known?.isFile()) found.push({ name, inode: known.ino, size: known.size });
  }
  return found;
}

/** None where there is no such folder, or it goes while it is looked at. */
const namesIn = (folder: string): Promise<string[]> => readdir(folder).catch(() => []);
const sizeOf = (file: string) => lstat(file).catch(() => undefined);
