import { statSync } from "node:fs";
import type { DesktopRequest } from "../../src-shared/contract/index.ts";
import { isRunArchiveName } from "../../src-shared/runArchiveFile.ts";

type OpenRequest = Extract<DesktopRequest, { type: "open" }>;

/** What is to be done with something that the system has handed over; undefined where it is nothing of the workbench's. */
export function openedPath(path: string): OpenRequest | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory()) return { type: "open", what: "dataset-folder", path };
  return found?.isFile() && isRunArchiveName(path) ? { type: "open", what: "archive", path } : undefined;
}
