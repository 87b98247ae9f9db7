import path from "node:path";
import { app, dialog, type BrowserWindow, type FileFilter, type OpenDialogOptions } from "electron";
import type { OpenPurpose, SavePurpose } from "../../src-shared/contract/index.ts";
import { runArchiveExtension, runArchiveExtensions } from "../../src-shared/runArchiveFile.ts";

const anything: FileFilter = { name: "All files", extensions: ["*"] };

/** What each dialog is for. */
const opened: Readonly<Record<OpenPurpose, OpenDialogOptions>> = {
  archive: {
    title: "Import a run",
    properties: ["openFile"],
    filters: [{ name: "Archives of runs", extensions: [...runArchiveExtensions] }, anything],
  },
  "dataset-archive": {
    title: "Add a data set",
    properties: ["openFile"],
    filters: [{ name: "Archives", extensions: ["gz", "tgz", "tar"] }, anything],
  },
  "dataset-folder": { title: "Add a data set", properties: ["openDirectory"] },
};

interface SaveKind {
  readonly title: string;
  /** What is appended where the proposed name has none of these. */
  readonly extensions: readonly string[];
  readonly name: string;
}

const saved: Readonly<Record<SavePurpose, SaveKind>> = {
  archive: { title: "Export a run", name: "Archives of runs", extensions: [runArchiveExtension, "gz"] },
  csv: { title: "Export a run's numbers", name: "Tables", extensions: ["csv"] },
  figure: { title: "Export a figure", name: "Figures", extensions: ["svg", "pdf", "png", "csv", "tex", "md"] },
};

/** @returns an absolute path; undefined where the person has cancelled */
export async function askWhatToOpen(window: BrowserWindow, purpose: OpenPurpose): Promise<string | undefined> {
  const { canceled, filePaths } = await dialog.showOpenDialog(window, opened[purpose]);
  return canceled ? undefined : filePaths[0];
}

/** @param name proposed; only its last part counts */
export async function askWhereToSave(
  window: BrowserWindow,
  purpose: SavePurpose,
  name: string,
): Promise<string | undefined> {
  const { title, extensions, name: kind } = saved[purpose];
  const proposed = path.basename(name.replaceAll("\\", "/"));
  const hasExtension = extensions.some((extension) => proposed.toLowerCase().endsWith(`.${extension}`));
  const { canceled, filePath } = await dialog.showSaveDialog(window, {
    title,
    defaultPath: path.join(app.getPath("downloads"), hasExtension ? proposed : `${proposed}.${extensions[0]}`),
    filters: [{ name: kind, extensions: [...extensions] }, anything],
    properties: ["createDirectory", "showOverwriteConfirmation"],
  });
  return canceled || filePath === "" ? undefined : filePath;
}
