import { stat } from "node:fs/promises";
import path from "node:path";
import { WorkbenchError } from "../../src-shared/errors.ts";
import { digestOfFiles } from "./checksum.ts";
import { writeDataset, type DatasetContent, type DatasetSink } from "./datasetWriter.ts";
import { downloads, isDownloadable } from "./downloads.ts";
import { looksLikeArchive, takeMembers } from "./import/archive.ts";
import { archiveMembers, formats, type Format, type ImportContext, type Source } from "./import/formats.ts";
import { importLimits, type ImportLimits } from "./import/importLimits.ts";
import { invalid, openSourceFolder, sourceSubfolder, type SourceFolder } from "./import/sourceFolder.ts";
import { datasetFolder } from "./names.ts";
import type { PreparedDataset } from "./preparedDataset.ts";
import { shapesName } from "./shapes/shapes.ts";

export interface AddOptions {
  /** Replaces a data set of that name, once the new one is complete. */
  readonly replace?: boolean;
  readonly limits?: ImportLimits;
}

const whatIsRead =
  "It can be: cifar-10-binary.tar.gz or cifar-100-binary.tar.gz, or the folder with their .bin files; a folder with " +
  "Fashion-MNIST's *-ubyte.gz files; a folder with train/CLASS and test/CLASS full of JPEG or PNG images.";

/** Names that recipes and figures rely on; under them stands nothing else. */
const contentOfName: Readonly<Record<string, Source>> = {
  cifar10: "cifar10",
  cifar100: "cifar100",
  "fashion-mnist": "fashion-mnist",
};

/**
 * Imports the archive or folder `from` as the data set `name`. What it is shows in its content. An error leaves nothing
 * behind and an existing data set untouched.
 *
 * @throws WorkbenchError usage, dataset-unknown (the name), dataset-exists, dataset-invalid, archive-unsafe, disk-full,
 *   permission
 */
export async function addDataset(
  home: string,
  name: string,
  from: string,
  { replace = false, limits = importLimits }: AddOptions = {},
): Promise<PreparedDataset> {
  datasetFolder(home, name);
  if (name === shapesName) {
    throw new WorkbenchError("dataset-unknown", `"${shapesName}" is built in.`, { mend: "Choose another name." });
  }
  const found = await stat(from).catch((error: Error) => {
    throw new WorkbenchError("usage", `Cannot read ${from}: ${error.message}`, { mend: whatIsRead });
  });
  const importer = (sink: DatasetSink): Promise<DatasetContent> =>
    found.isDirectory()
      ? importFolder(from, sink, { name, limits, originalArchive: undefined })
      : importArchive(from, found.isFile(), sink, name, limits);
  return writeDataset(home, name, importer, replace ? "replace" : "new");
}

async function importArchive(
  archive: string,
  isFile: boolean,
  sink: DatasetSink,
  name: string,
  limits: ImportLimits,
): Promise<DatasetContent> {
  if (!isFile || !(await looksLikeArchive(archive))) {
    throw invalid(`${archive} is neither a folder nor a tar archive.`, whatIsRead);
  }
  const taken = await takeMembers(archive, sink.scratch, archiveMembers(limits));
  if (taken === 0) throw invalid(`The archive ${archive} has none of the files that are read.`, whatIsRead);
  const md5 = await digestOfFiles("md5", [archive]);
  return importFolder(sink.scratch, sink, { name, limits, originalArchive: isOriginalArchive(md5) });
}

const isOriginalArchive = (md5: string): boolean =>
  Object.values(downloads).some(({ files }) => files.some((file) => file.md5 === md5));

async function importFolder(folder: string, sink: DatasetSink, context: ImportContext): Promise<DatasetContent> {
  const { format, source } = await recognise(folder);
  const expected = contentOfName[context.name];
  if (expected !== undefined && format.source !== expected) {
    const title = isDownloadable(context.name) ? downloads[context.name].title : context.name;
    throw invalid(
      `The name "${context.name}" is for ${title}, which recipes expect there; this is something else (${format.source}).`,
      "Choose another name and set it as the configuration's dataset.",
    );
  }
  return format.import(source, sink, context);
}

/** The folder itself or, as archives unpack, one directly in it. */
async function recognise(folder: string): Promise<{ format: Format; source: SourceFolder }> {
  const outer = await openSourceFolder(folder);
  for (const source of [outer, ...(await subfolders(outer))]) {
    const format = formats.find((candidate) => candidate.recognises(source));
    if (format !== undefined) return { format, source };
  }
  throw invalid(`No data set was recognised in ${path.resolve(folder)}.`, whatIsRead);
}

const mostSubfolders = 100;

async function subfolders(folder: SourceFolder): Promise<SourceFolder[]> {
  const found: SourceFolder[] = [];
  for (const name of folder.names.slice(0, mostSubfolders)) {
    const isFolder = (await stat(path.join(folder.path, name)).catch(() => undefined))?.isDirectory() ?? false;
    // A link that leads elsewhere is an error only where something is read through it.
    if (isFolder)
      found.push(
        ...(await sourceSubfolder(folder, name).then(
          (sub) => [sub],
          () => [],
        )),
      );
  }
  return found;
}
