import { randomBytes } from "node:crypto";
import { open, rename, rm } from "node:fs/promises";
import type { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { fileError } from "../../src-shared/errors.ts";

/** Writes a file that is there whole or not at all: to a temporary name beside it, synced, renamed. */
export async function writeWholeFile(file: string, content: Readable, ...transforms: Transform[]): Promise<void> {
  const temporary = `${file}.part-${process.pid}-${randomBytes(4).toString("hex")}`;
  try {
    const handle = await open(temporary, "wx");
    await pipeline([content, ...transforms, handle.createWriteStream({ flush: true })]);
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw fileError(error, `writing ${file}`);
  }
}
