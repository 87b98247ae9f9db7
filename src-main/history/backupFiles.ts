import { existsSync, readdirSync } from "node:fs";
import path from "node:path";

/** The names in `HOME/backups/`, which say all that one needs to know of a backup before opening it. */
export interface BackupFile {
  readonly path: string;
  readonly schema: number;
  readonly timeMs: number;
}

export const databaseFile = (home: string): string => path.join(home, "workbench.sqlite");
export const backupsFolder = (home: string): string => path.join(home, "backups");

// Windows has no ':' in file names.
const pattern = /^workbench-v(\d+)-(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d\.\d{3}Z)\.sqlite$/;

/** A time as it stands in file names. */
export const fileTime = (timeMs: number): string => new Date(timeMs).toISOString().replaceAll(":", "-");

export const backupName = (schema: number, timeMs: number): string => `workbench-v${schema}-${fileTime(timeMs)}.sqlite`;

/** Newest first; files of other names are not backups. */
export function listBackups(home: string): BackupFile[] {
  const folder = backupsFolder(home);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .flatMap((name) => {
      const [, schema, day, hour, minute, second] = pattern.exec(name) ?? [];
      if (schema === undefined) return [];
      const timeMs = Date.parse(`${day}T${hour}:${minute}:${second}`);
      return [{ path: path.join(folder, name), schema: Number(schema), timeMs }];
    })
    .sort((a, b) => b.timeMs - a.timeMs);
}

/**
 * Which backups go: of each schema all but the newest `keep`; of older schemas all but the newest, the way back to the
 * program before.
 */
export function superfluousBackups(newestFirst: readonly BackupFile[], schema: number, keep: number): BackupFile[] {
  const seen = new Map<number, number>();
  return newestFirst.filter((backup) => {
    const newer = seen.get(backup.schema) ?? 0;
    seen.set(backup.schema, newer + 1);
    return newer >= (backup.schema < schema ? 1 : keep);
  });
}
