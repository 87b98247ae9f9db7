import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { app } from "electron";
import { fileError } from "../../src-shared/errors.ts";
import { autostartEntry } from "./autostartEntry.ts";

const hidden = "--hidden";

/** Whether the system starts the workbench at login, into the tray: after a reboot the queue goes on by itself. */
export interface StartAtLogin {
  get(): boolean;
  /** @throws WorkbenchError `permission`, `disk-full` */
  set(isOn: boolean): void;
}

/**
 * @param args of this program behind its own path, so that the same folder is opened
 * @returns undefined where the system has no such thing
 */
export function startAtLogin(args: readonly string[], folderKey: string): StartAtLogin | undefined {
  const { platform } = process;
  if (platform === "linux")
    return byAutostartFile([process.env.APPIMAGE ?? process.execPath, ...args, hidden], folderKey);
  if (platform !== "darwin" && platform !== "win32") return undefined;
  // Only Windows has arguments; macOS says `wasOpenedAtLogin`.
  const item = { path: process.execPath, args: [...args.map((arg) => `"${arg}"`), hidden] };
  return {
    get: () => app.getLoginItemSettings(item).openAtLogin,
    set: (isOn) => app.setLoginItemSettings({ ...item, openAtLogin: isOn }),
  };
}

/** Whether nobody has asked for a window: the system has started this at login. */
export const isStartedAtLogin = (isHidden: boolean): boolean =>
  isHidden || (process.platform === "darwin" && app.getLoginItemSettings().wasOpenedAtLogin);

/** Freedesktop's autostart: Electron's own login items are for the other two systems. */
function byAutostartFile(command: readonly string[], folderKey: string): StartAtLogin {
  const folder = path.join(process.env.XDG_CONFIG_HOME || path.join(os.homedir(), ".config"), "autostart");
  const file = path.join(folder, `resnet-workbench-${folderKey}.desktop`);
  return {
    get: () => existsSync(file),
    set: (isOn) => {
      try {
        if (!isOn) return rmSync(file, { force: true });
        mkdirSync(folder, { recursive: true });
        writeFileSync(file, autostartEntry(command));
      } catch (error) {
        throw fileError(error, `writing ${file}`);
      }
    },
  };
}
