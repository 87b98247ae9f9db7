import { mkdir, rm, statfs } from "node:fs/promises";
import path from "node:path";
import { fileError, WorkbenchError } from "../../src-shared/errors.ts";
import { datasetsFolder } from "../home.ts";
import { addDataset, type AddOptions } from "./addDataset.ts";
import { downloads, type Download, type DownloadName } from "./downloads.ts";
import { fetchFile } from "./fetchFile.ts";
import { datasetFolder } from "./names.ts";
import type { PreparedDataset } from "./preparedDataset.ts";
import { exists, leavePartFolder, takePartFolder } from "./stagingFolder.ts";

export interface DownloadOptions extends AddOptions {
  /** Where to fetch from instead of the authors' address: RWB_DATASET_MIRROR. */
  readonly baseUrl?: string;
  /** What to fetch; only tests have other files than the published ones. */
  readonly download?: Download;
  readonly stalledAfterMs?: number;
  readonly onProgress?: (file: string, bytes: number, totalBytes: number | undefined) => void;
}

/**
 * Fetches a published data set, going on where an earlier attempt stopped, checks it and imports it.
 *
 * @throws WorkbenchError network, checksum, disk-full, and what `addDataset` throws
 */
export async function downloadDataset(
  home: string,
  name: DownloadName,
  options: DownloadOptions = {},
): Promise<PreparedDataset> {
  const download = options.download ?? downloads[name];
  const { files, needBytes } = download;
  const baseUrl = options.baseUrl ?? process.env.RWB_DATASET_MIRROR ?? download.baseUrl;
  const datasets = datasetsFolder(home);
  if (options.replace !== true && (await exists(datasetFolder(home, name)))) {
    throw new WorkbenchError("dataset-exists", `There is a data set "${name}" already.`, {
      mend: `To fetch it anew: rwb dataset download ${name} --replace`,
    });
  }
  let folder: string | undefined;
  try {
    await mkdir(datasets, { recursive: true });
    await expectRoom(datasets, needBytes, download.title);
    folder = await takePartFolder(datasets, name);
    for (const file of files) {
      await fetchFile(joinUrl(baseUrl, file.name), path.join(folder, file.name), {
        ...file,
        stalledAfterMs: options.stalledAfterMs,
        onProgress: (bytes, totalBytes) => options.onProgress?.(file.name, bytes, totalBytes),
      });
    }
    const dataset = await addDataset(
      home,
      name,
      files.length === 1 ? path.join(folder, files[0].name) : folder,
      options,
    );
    await rm(folder, { recursive: true });
    return dataset;
  } catch (error) {
    throw withMend(fileError(error, `downloading ${download.title}`), name, download);
  } finally {
    if (folder !== undefined) await leavePartFolder(folder);
  }
}

const joinUrl = (baseUrl: string, file: string): string => `${baseUrl.replace(/\/*$/, "/")}${file}`;

async function expectRoom(datasets: string, needBytes: number, title: string): Promise<void> {
  const { bavail, bsize } = await statfs(datasets);
  const MB = 1_000_000;
  if (bavail * bsize >= needBytes) return;
  throw new WorkbenchError(
    "disk-full",
    `${title} needs ${Math.ceil(needBytes / MB)} MB while it is imported; ${datasets} has ${Math.floor((bavail * bsize) / MB)} MB left.`,
    { mend: "Free some disk space, or name another workbench folder with --home DIR." },
  );
}

/** The one thing that mends it where the network does not: another machine's copy. */
function withMend(error: unknown, name: string, { files, baseUrl }: Download): unknown {
  if (!(error instanceof WorkbenchError) || error.mend !== undefined) return error;
  if (error.code !== "network" && error.code !== "checksum") return error;
  const what = files.length === 1 ? `${baseUrl}${files[0].name}` : `the ${files.length} .gz files at ${baseUrl}`;
  const from = files.length === 1 ? files[0].name : "FOLDER";
  return new WorkbenchError(error.code, error.message, {
    mend:
      (error.code === "network" ? "Run the same command again; it goes on where it stopped. " : "") +
      `Or fetch ${what} by other means and run: rwb dataset add ${name} --from ${from}`,
    cause: error,
  });
}
