import { randomBytes } from "node:crypto";
import { mkdir, readdir, rm } from "node:fs/promises";
import path from "node:path";

/** Below `runs/`; names with a dot are no runs (runFolders.ts). */
const prefix = ".new-";
const ownFolders = new Set<string>();

/**
 * Works in an empty folder beside the runs, on the same file system as they are: whatever is to become part of one is moved
 * there when it is whole. The rest is deleted in the end, and what a killed process left, by the next one.
 */
export async function inStagingFolder<Result>(
  runs: string,
  work: (staging: string) => Promise<Result>,
): Promise<Result> {
  await sweep(runs);
  const staging = path.join(runs, `${prefix}${randomBytes(6).toString("hex")}`);
  ownFolders.add(staging);
  try {
    await mkdir(staging, { recursive: true });
    return await work(staging);
  } finally {
    await rm(staging, { recursive: true, force: true });
    ownFolders.delete(staging);
  }
}

async function sweep(runs: string): Promise<void> {
  for (const name of await readdir(runs).catch(() => [])) {
    const folder = path.join(runs, name);
    if (!name.startsWith(prefix) || ownFolders.has(folder)) continue;
    await rm(folder, { recursive: true, force: true });
  }
}
