import { existsSync, readdirSync } from "node:fs";
import path from "node:path";

/** Ids of the runs that have a folder. */
export function runsOf(home: string): string[] {
  const folder = path.join(home, "runs");
  return existsSync(folder) ? readdirSync(folder).filter((name) => !name.startsWith(".")) : [];
}
