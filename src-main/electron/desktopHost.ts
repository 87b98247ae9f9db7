import { shell, type BrowserWindow } from "electron";
import type { DesktopHost } from "../rpc/desktopHost.ts";
import type { DesktopFile } from "./desktopFile.ts";
import type { StartAtLogin } from "./startAtLogin.ts";
import { askWhatToOpen, askWhereToSave } from "./systemDialogs.ts";
import type { WindowRequests } from "./windowRequests.ts";

export interface DesktopParts {
  readonly file: DesktopFile;
  readonly requests: WindowRequests;
  readonly login: StartAtLogin | undefined;
  /** Whose dialogs they are. */
  readonly window: () => BrowserWindow;
}

/** The desktop shell as its window's services know it. */
export function desktopHost({ file, requests, login, window }: DesktopParts): DesktopHost {
  const choices = (): ReturnType<DesktopHost["choices"]> => {
    const { notifications, whenClosed } = file.state;
    return { notifications, whenClosed, startAtLogin: login?.get() ?? null };
  };
  return {
    openFile: (purpose) => askWhatToOpen(window(), purpose),
    saveFile: (purpose, name) => askWhereToSave(window(), purpose, name),
    openReport: async (page) => void (await shell.openPath(page)),
    choices,
    choose: ({ startAtLogin, notifications, whenClosed }) => {
      // First what can fail.
      if (startAtLogin !== undefined && startAtLogin !== null) login?.set(startAtLogin);
      file.change({
        ...(notifications !== undefined && { notifications }),
        ...(whenClosed !== undefined && { whenClosed }),
      });
      return choices();
    },
    requests: (signal) => requests.listen(signal),
  };
}
