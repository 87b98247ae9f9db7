import { randomBytes } from "node:crypto";
import { mkdir, readdir, rename, rm, rmdir, stat } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { syncFolder } from "../syncFolder.ts";

/**
 * Folders beside the data sets, in which a new one grows, or an old one waits for its successor to stand:
 *
 *     .new-NAME-HOST-PID-RANDOM     deleted by its process; by a later one, when that is gone
 *     .old-NAME-HOST-PID-RANDOM     put back where NAME is missing (the process died between two renames), else deleted
 *     .part-NAME-HOST-PID-RANDOM    half-fetched files; taken over by the next download of NAME
 *
 * No data set has such a name: names begin with a letter or a digit.
 */
const pattern = /^\.(?<kind>new|old|part)-(?<name>.+)-(?<host>[a-z0-9]+)-(?<pid>\d+)-[0-9a-f]{8}$/;

/** A living import writes all the time; what rested longer is left over, whatever its name says. */
const abandonedAfterMs = 60 * 60 * 1000;

const ownFolders = new Set<string>();
const host = os
  .hostname()
  .toLowerCase()
  .replaceAll(/[^a-z0-9]/g, "");

function siblingName(kind: "new" | "old" | "part", name: string): string {
  return `.${kind}-${name}-${host || "host"}-${process.pid}-${randomBytes(4).toString("hex")}`;
}

/** An empty folder for a data set that is being made; it must be moved into place or discarded. */
export async function createStagingFolder(datasets: string, name: string): Promise<string> {
  const folder = path.join(datasets, siblingName("new", name));
  ownFolders.add(folder);
  await mkdir(folder);
  return folder;
}

export async function discardStagingFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  ownFolders.delete(folder);
}

/** What to do where a data set of that name stands already. */
export type WhenThere = "replace" | "keep";

/**
 * Moves a complete data set into place, in one step for whoever looks. Where one stands already, it is replaced, or
 * kept (then the new one is discarded).
 *
 * @returns whether the new one stands
 */
export async function moveIntoPlace(folder: string, target: string, whenThere: WhenThere): Promise<boolean> {
  const datasets = path.dirname(target);
  const movedAway: string[] = [];
  let stands = false;
  try {
    for (let attempt = 0; attempt < renameAttempts; attempt++) {
      stands = await renamed(folder, target);
      if (stands) {
        ownFolders.delete(folder);
        await syncFolder(datasets);
        return true;
      }
      if (whenThere === "keep") {
        await discardStagingFolder(folder);
        return false;
      }
      const old = path.join(datasets, siblingName("old", path.basename(target)));
      ownFolders.add(old);
      if (await renamed(target, old)) movedAway.push(old);
      else ownFolders.delete(old);
    }
    throw new Error(`${target} comes back each time that it is moved away`);
  } finally {
    const latest = movedAway.at(-1);
    if (latest !== undefined && !stands) await renamed(latest, target);
    for (const old of movedAway) await discardStagingFolder(old);
  }
}

/** Deletes a data set, out of sight in one step: a crash in the middle must not leave half of one. */
export async function moveAway(folder: string): Promise<void> {
  const gone = path.join(path.dirname(folder), siblingName("new", path.basename(folder)));
  ownFolders.add(gone);
  if (await renamed(folder, gone)) await syncFolder(path.dirname(folder));
  await discardStagingFolder(gone);
}

/** Other processes may be replacing the same data set; each attempt loses to one of them at most. */
const renameAttempts = 100;

/** False where something stands at `to` (a folder is never renamed onto one with files in it) or `from` is gone. */
async function renamed(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "";
    if (["ENOTEMPTY", "EEXIST"].includes(code)) return false;
    if (code === "ENOENT" && (await exists(path.dirname(to)))) return false;
    // What Windows says where POSIX says ENOTEMPTY.
    if (code === "EPERM" && (await exists(to))) return false;
    throw error;
  }
}

/** The folder of half-fetched files of `name`: one that a dead or failed download has left, or a new one. */
export async function takePartFolder(datasets: string, name: string): Promise<string> {
  const own = path.join(datasets, siblingName("part", name));
  ownFolders.add(own);
  for (const left of await abandonedPartFolders(datasets, name)) {
    // One of several processes gets it; the others go on looking.
    if (await renamed(left, own)) return own;
  }
  await mkdir(own);
  return own;
}

/** Leaves the half-fetched files, if there are any, to the next download. */
export async function leavePartFolder(folder: string): Promise<void> {
  await rmdir(folder).catch(() => undefined);
  ownFolders.delete(folder);
}

export async function abandonedPartFolders(datasets: string, name: string): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(datasets).catch(() => [])) {
    const parts = pattern.exec(entry)?.groups;
    const folder = path.join(datasets, entry);
    if (parts?.kind !== "part" || parts.name !== name) continue;
    if (await isAbandoned(folder, parts.host, Number(parts.pid))) found.push(folder);
  }
  return found;
}

/** Puts back what a dead process had moved away and deletes what it left; a living process's folders stay. */
export async function sweepStagingFolders(datasets: string): Promise<void> {
  for (const entry of await readdir(datasets).catch(() => [])) {
    const parts = pattern.exec(entry)?.groups;
    const folder = path.join(datasets, entry);
    if (parts === undefined || parts.kind === "part" || !(await isAbandoned(folder, parts.host, Number(parts.pid))))
      continue;
    const target = path.join(datasets, parts.name);
    if (parts.kind === "old" && !(await exists(target))) await rename(folder, target).catch(() => undefined);
    // A folder that may only be read has no room for a new data set, but those in it can be used.
    else await rm(folder, { recursive: true, force: true }).catch(() => undefined);
  }
}

async function isAbandoned(folder: string, itsHost: string, pid: number): Promise<boolean> {
  if (ownFolders.has(folder)) return false;
  if (itsHost === (host || "host") && (pid === process.pid || !isAlive(pid))) return true;
  return Date.now() - (await lastWriteMs(folder)) > abandonedAfterMs;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

async function lastWriteMs(folder: string): Promise<number> {
  const names = await readdir(folder).catch(() => []);
  const times = [folder, ...names.map((name) => path.join(folder, name))].map(async (file) => {
    const found = await stat(file).catch(() => undefined);
    return found?.mtimeMs ?? 0;
  });
  return Math.max(...(await Promise.all(times)));
}

export async function exists(file: string): Promise<boolean> {
  return (await stat(file).catch(() => undefined)) !== undefined;
}
