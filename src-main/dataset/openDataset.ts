import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { WorkbenchError } from "../../src-shared/errors.ts";
import { datasetsFolder } from "../home.ts";
import { writeDataset } from "./datasetWriter.ts";
import { isDownloadable } from "./downloads.ts";
import { datasetFolder } from "./names.ts";
import {
  dataFileBytes,
  dataFiles,
  datasetDescriptionSchema,
  descriptionFile,
  type DatasetDescription,
  type PreparedDataset,
} from "./preparedDataset.ts";
import { importShapes, shapesName, shapesVersion } from "./shapes/shapes.ts";
import { sweepStagingFolders } from "./stagingFolder.ts";

/**
 * The data set `name` of a workbench folder, its files' sizes checked (their content is `verifyDataset`'s business). The
 * built-in shapes are drawn when they are not there, which takes a few seconds.
 *
 * @throws WorkbenchError dataset-missing, dataset-invalid, dataset-unknown (the name), disk-full, permission
 */
export async function openDataset(home: string, name: string): Promise<PreparedDataset> {
  return name === shapesName ? openShapes(home) : readDataset(home, name);
}

async function openShapes(home: string): Promise<PreparedDataset> {
  const found = await readDataset(home, shapesName).catch((error: unknown) => {
    if (error instanceof WorkbenchError && ["dataset-missing", "dataset-invalid"].includes(error.code))
      return undefined;
    throw error;
  });
  if (found?.source === "shapes" && found.generatorVersion === shapesVersion) return found;
  // Whoever draws them at the same time draws the same: it matters little whose stay.
  await writeDataset(home, shapesName, importShapes, "replace");
  return readDataset(home, shapesName);
}

/** As `openDataset`, but makes nothing. */
export async function readDataset(home: string, name: string): Promise<PreparedDataset> {
  const folder = datasetFolder(home, name);
  let text = await readDescription(folder);
  if (text === undefined) {
    // A process that died while it replaced the data set has left the old one beside it.
    await sweepStagingFolders(datasetsFolder(home));
    text = await readDescription(folder);
  }
  if (text === undefined) throw missing(name);
  const description = parseDescription(name, text);
  await checkSizes(name, folder, description);
  return { ...description, name, folder };
}

async function readDescription(folder: string): Promise<string | undefined> {
  try {
    return await readFile(path.join(folder, descriptionFile), "utf8");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "";
    if (["ENOENT", "ENOTDIR"].includes(code)) return undefined;
    throw error;
  }
}

/** The command that brings a data set back, or for the first time. */
function commandFor(name: string, replace: boolean): string {
  const add = `rwb dataset add ${name} --from PATH${replace ? " --replace" : ""}`;
  const download = `rwb dataset download ${name}${replace ? " --replace" : ""}`;
  return isDownloadable(name) ? `${download}    (or, of a copy that you have: ${add})` : add;
}

function missing(name: string): WorkbenchError {
  const mend = commandFor(name, false);
  return new WorkbenchError("dataset-missing", `There is no data set "${name}" in the workbench folder.`, { mend });
}

/** What a data set that cannot be used throws, with the command that brings it back. */
export function damaged(name: string, what: string): WorkbenchError {
  const mend = name === shapesName ? `rwb dataset remove ${name}` : commandFor(name, true);
  return new WorkbenchError("dataset-invalid", `The data set "${name}" is damaged: ${what}.`, { mend });
}

function parseDescription(name: string, text: string): DatasetDescription {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw damaged(name, `${descriptionFile} is not JSON`);
  }
  const parsed = datasetDescriptionSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw damaged(name, `${descriptionFile}: ${issue.path.join(".")} ${issue.message}`);
}

async function checkSizes(name: string, folder: string, description: DatasetDescription): Promise<void> {
  const sizes = dataFileBytes(description);
  for (const part of Object.keys(dataFiles) as (keyof typeof dataFiles)[]) {
    const found = await stat(path.join(folder, dataFiles[part])).catch(() => undefined);
    if (found === undefined) throw damaged(name, `${dataFiles[part]} is missing`);
    if (found.size !== sizes[part]) {
      throw damaged(name, `${dataFiles[part]} has ${found.size} bytes instead of ${sizes[part]}`);
    }
  }
}
