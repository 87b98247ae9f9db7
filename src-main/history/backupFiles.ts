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

const dayOf = ({ timeMs }: BackupFile): number => Math.floor(timeMs / dayMs);
const dayMs = 24 * 60 * 60 * 1000;

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
 * Which backups go. The newest two stay, and of each day (UTC) the newest, for the newest `keep` days that have any, so that a day of many
 * commands does not push out all that is older; of older schemas only the newest, the way back to the program before.
 */
export function superfluousBackups(newestFirst: readonly BackupFile[], schema: number, keep: number): BackupFile[] {
  const bySchema = Map.groupBy(newestFirst, (backup) => backup.schema);
  return newestFirst.filter((backup) => {
    const backups = bySchema.get(backup.schema)!;
    const index = backups.indexOf(backup);
    if (backup.schema < schema) return index > 0;
    const days = new Set(backups.slice(0, index).map(dayOf));
    return index > 1 && (days.has(dayOf(backup)) || days.size >= keep);
  });
}
