import { mkdtempSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";

const namePattern = /^rwb-graph-(\d+)-\w{6}$/;

/** For a SavedModel while it is loaded. Its name says whose it is: a process that is killed meanwhile cannot delete it. */
export const makeGraphFolder = (): string => mkdtempSync(path.join(os.tmpdir(), `rwb-graph-${process.pid}-`));

/** Deletes what killed processes left: a graph of 1,202 layers has tens of megabytes. */
export async function sweepGraphFolders(): Promise<void> {
  for (const name of await readdir(os.tmpdir())) {
    const owner = namePattern.exec(name)?.[1];
    if (owner === undefined || isAlive(Number(owner))) continue;
    // Another user's, and gone by now: not ours to delete, or to complain of.
    await rm(path.join(os.tmpdir(), name), { recursive: true, force: true }).catch(() => {});
  }
}

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}
