import { randomBytes } from "node:crypto";
import { open, rename, rm } from "node:fs/promises";
import path from "node:path";
import type { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { fileError, WorkbenchError } from "../../src-shared/errors.ts";

/**
 * Writes a file that is there whole or not at all: to a temporary name beside it, synced, renamed.
 * @throws WorkbenchError `disk-full`, `permission`; `usage` where there is no such folder
 */
export async function writeWholeFile(file: string, content: Readable, ...transforms: Transform[]): Promise<void> {
  const temporary = `${file}.part-${process.pid}-${randomBytes(4).toString("hex")}`;
  try {
    const handle = await open(temporary, "wx");
    await pipeline([content, ...transforms, handle.createWriteStream({ flush: true })]);
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    switch ((error as NodeJS.ErrnoException).code ?? "") {
      case "ENOENT":
      case "ENOTDIR":
        throw new WorkbenchError("usage", `There is no folder ${path.dirname(file)}.`, {
          mend: "Make it first.",
          cause: error,
        });
      case "EISDIR":
        throw new WorkbenchError("usage", `${file} is a folder.`, { mend: "Name a file.", cause: error });
      default:
        throw fileError(error, `writing ${file}`);
    }
  }
}
