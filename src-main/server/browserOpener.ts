import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { openerPage } from "./signInPages.ts";

/** The link in the file is good for as long. */
const deleteAfterMs = 60_000;
/** An opener that is still at work by then has found a browser; some stay as long as that does. */
const knownAfterMs = 3_000;

export interface OpenedBrowser {
  /** False where there is no browser, no screen, or nothing that opens one. */
  readonly isOpen: boolean;
  /** Deletes the file, if it is still there. */
  dispose(): void;
}

export interface OpenerOptions {
  readonly platform?: NodeJS.Platform;
  readonly environment?: NodeJS.ProcessEnv;
  readonly deleteAfterMs?: number;
}

/**
 * Opens `link` in this machine's browser. Everybody on it can read command lines: the link goes by a file that its owner
 * alone can read, in a folder that its owner alone can enter, and that is gone in a minute.
 */
export async function openInBrowser(link: string, options: OpenerOptions = {}): Promise<OpenedBrowser> {
  const opener = openerOf(options.platform ?? process.platform, options.environment ?? process.env);
  if (opener === undefined) return { isOpen: false, dispose: () => {} };
  // mkdtemp makes a folder of mode 0700.
  const folder = mkdtempSync(path.join(os.tmpdir(), "rwb-link-"));
  const dispose = (): void => rmSync(folder, { recursive: true, force: true });
  const file = path.join(folder, "open.html");
  writeFileSync(file, openerPage(link), { mode: 0o600, flag: "wx" });
  const isOpen = await opens(opener, file, options.environment ?? process.env);
  if (isOpen) setTimeout(dispose, options.deleteAfterMs ?? deleteAfterMs).unref();
  else dispose();
  return { isOpen, dispose };
}

/** What opens a file in the browser; undefined where there is no screen (xdg-open would try a browser of the terminal). */
function openerOf(platform: NodeJS.Platform, { DISPLAY, WAYLAND_DISPLAY }: NodeJS.ProcessEnv): string | undefined {
  if (platform === "darwin") return "open";
  // `start` is the shell's own.
  if (platform === "win32") return "explorer.exe";
  return DISPLAY || WAYLAND_DISPLAY ? "xdg-open" : undefined;
}

function opens(opener: string, file: string, environment: NodeJS.ProcessEnv): Promise<boolean> {
  return new Promise((resolve) => {
    // In a process group of its own: Ctrl-C in the terminal must not end the browser.
    const child = spawn(opener, [file], { stdio: "ignore", detached: true, env: environment });
    child.unref();
    const timer = setTimeout(() => resolve(true), knownAfterMs);
    const settle = (isOpen: boolean): void => {
      clearTimeout(timer);
      resolve(isOpen);
    };
    child.once("error", () => settle(false));
    // Explorer says 1 whatever it did.
    child.once("exit", (code) => settle(code === 0 || opener === "explorer.exe"));
  });
}
