import { closeSync, fsyncSync, openSync } from "node:fs";
import { open } from "node:fs/promises";

// Windows cannot open folders and needs no such thing.
const hasFolders = process.platform !== "win32";

/** A rename is on the disk only once its folder is. */
export async function syncFolder(folder: string): Promise<void> {
  if (!hasFolders) return;
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The same, for a process that has nothing else to do meanwhile. */
export function syncFolderNow(folder: string): void {
  if (!hasFolders) return;
  const handle = openSync(folder, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
