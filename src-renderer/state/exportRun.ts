import { downloadAddress } from "../../src-shared/contract/index.ts";
import { runArchiveExtension } from "../../src-shared/runArchiveFile.ts";
import { services } from "./client.svelte.ts";
import { desktopShell } from "./shell.ts";

/**
 * A run as one file: where the person says in the system's dialog, or among a browser's downloads.
 *
 * @throws WorkbenchError as `archive.export` does
 */
export async function exportRun(run: string): Promise<void> {
  if (!desktopShell()) {
    const link = document.createElement("a");
    link.href = downloadAddress(run, "archive");
    link.download = "";
    link.click();
    return;
  }
  const { path } = await services.desktop.saveFile({ purpose: "archive", name: `${run}.${runArchiveExtension}` });
  if (path !== null) await services.archive.export({ run, format: "archive", out: path });
}
