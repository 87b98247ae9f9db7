import { lstat, readdir, realpath } from "node:fs/promises";
import path from "node:path";
import { WorkbenchError } from "../../../src-shared/errors.ts";

/** What is wrong with a source's content, as the one kind of error that importers throw for it. */
export const invalid = (what: string, mend?: string): WorkbenchError =>
  new WorkbenchError("dataset-invalid", what, mend === undefined ? {} : { mend });

/** A folder to read a data set from; symbolic links out of it are refused. */
export interface SourceFolder {
  /** The real path: without symbolic links. */
  readonly path: string;
  /** Everything directly in it, sorted by code unit; not only files. */
  readonly names: readonly string[];
}

export async function openSourceFolder(folder: string): Promise<SourceFolder> {
  const names = await readdir(folder);
  return { path: await realpath(folder), names: names.sort(byCodeUnit) };
}

/** Sorting that does not depend on the language of the machine. */
export const byCodeUnit = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

export interface SourceFile {
  readonly path: string;
  readonly bytes: number;
}

/**
 * A regular file in the folder. Anything else could hang the import or show it files that were never meant: a device, a
 * pipe, a link that leads out of the folder.
 *
 * @throws WorkbenchError dataset-invalid (missing, not a file), archive-unsafe (a link out of the folder)
 */
export async function sourceFile(folder: SourceFolder, name: string): Promise<SourceFile> {
  const real = await resolveWithin(folder, name);
  const found = await lstat(real);
  if (!found.isFile()) throw invalid(`${path.join(folder.path, name)} is not a file.`);
  return { path: real, bytes: found.size };
}

/** A folder in the folder; errors as for `sourceFile`. */
export async function sourceSubfolder(folder: SourceFolder, name: string): Promise<SourceFolder> {
  const real = await resolveWithin(folder, name);
  if (!(await lstat(real)).isDirectory()) throw invalid(`${path.join(folder.path, name)} is not a folder.`);
  return openSourceFolder(real);
}

async function resolveWithin(folder: SourceFolder, name: string): Promise<string> {
  const shown = path.join(folder.path, name);
  let real: string;
  try {
    real = await realpath(shown);
  } catch (error) {
    throw invalid(`${shown} cannot be read: ${(error as Error).message}`);
  }
  if (!real.startsWith(folder.path.endsWith(path.sep) ? folder.path : folder.path + path.sep)) {
    throw new WorkbenchError("archive-unsafe", `${shown} is a link that leads out of the folder, to ${real}.`, {
      mend: "Put the file itself there instead of the link.",
    });
  }
  return real;
}

/** Kinds of names that are nobody's data: hidden files, what file managers leave behind. */
export const isLitter = (name: string): boolean => name.startsWith(".") || /^(thumbs\.db|desktop\.ini)$/i.test(name);
