import type { OpenPurpose } from "../../src-shared/contract/index.ts";
import { isRunArchiveName } from "../../src-shared/runArchiveFile.ts";
import { services } from "./client.svelte.ts";
import { desktopShell } from "./shell.ts";

/** Something to be taken up: by its path on the desktop, as a file in a browser. */
export interface Opened {
  readonly what: OpenPurpose;
  readonly from: string | File;
}

const againAfterMs = 1_000;
/** A browser sends it by a form, which asks for a name first. */
const isDatasetArchiveName = (name: string): boolean => /\.(tar|tar\.gz|tgz)$/i.test(name);

/** What the system, its menus and its notifications ask of the window, and what is dropped on it. */
class DesktopRequests {
  opened: Opened | undefined = $state.raw();

  /** Follows the desktop's requests; nothing in a browser. @returns what ends it */
  start(): () => void {
    const ends = new AbortController();
    if (desktopShell()) void this.#follow(ends.signal);
    return () => ends.abort();
  }

  async #follow(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        for await (const request of await services.desktop.requests(undefined, { signal })) {
          if (request.type === "go") location.hash = request.hash;
          else this.opened = { what: request.what, from: request.path };
        }
      } catch {
        // The connection says for itself that it is lost; it comes back.
      }
      await new Promise((resolve) => setTimeout(resolve, againAfterMs));
    }
  }

  /** @returns whether it is something that the window takes up */
  drop({ items, files }: DataTransfer): boolean {
    const [item] = items;
    const file = files[0];
    if (item?.kind !== "file" || file === undefined) return false;
    const shell = desktopShell();
    const isFolder = item.webkitGetAsEntry()?.isDirectory === true;
    if (isFolder && shell) this.opened = { what: "dataset-folder", from: shell.pathForFile(file) };
    else if (!isFolder && isRunArchiveName(file.name)) {
      this.opened = { what: "archive", from: shell ? shell.pathForFile(file) : file };
    } else if (!isFolder && shell && isDatasetArchiveName(file.name)) {
      this.opened = { what: "dataset-archive", from: shell.pathForFile(file) };
    } else return false;
    return true;
  }
}

export const desktopRequests = new DesktopRequests();
