import { accessSync, constants } from "node:fs";

/**
 * Whether the file system of `folder` is mounted read-only. SQLite does not say so: a write that is refused comes as the
 * same failure as one for which there is no room.
 */
export function isOnReadOnlyDisk(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EROFS";
  }
}
