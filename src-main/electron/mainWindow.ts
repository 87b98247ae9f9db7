import { fileURLToPath } from "node:url";
import { BrowserWindow, nativeTheme } from "electron";
import { windowAddress } from "./windowAddress.ts";
import { smallestWindow, type OpeningPlace } from "./windowPlace.ts";

const preload = fileURLToPath(new URL("../../out/preload/preload.cjs", import.meta.url));
const icon = fileURLToPath(new URL("../../resources/icons/icon.png", import.meta.url));
/** The window's own background (styles/tokens.css), so that nothing flashes before it is drawn. */
const background = { light: "#fbfbfa", dark: "#151617" };

/**
 * A window on the workbench; it shows when it has something to show. Its page may reach nothing of Node, and its process
 * nothing of the system.
 *
 * @param isHidden it is not shown by itself: the system has started the workbench at login
 */
export function openMainWindow({ isMaximized, ...place }: OpeningPlace, isHidden: boolean): BrowserWindow {
  const window = new BrowserWindow({
    title: "ResNet Workbench",
    ...{ ...place, minWidth: smallestWindow.width, minHeight: smallestWindow.height },
    ...{ show: false, autoHideMenuBar: true },
    // Elsewhere the program's own file has it.
    ...(process.platform === "linux" && { icon }),
    backgroundColor: background[nativeTheme.shouldUseDarkColors ? "dark" : "light"],
    webPreferences: {
      preload,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webviewTag: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      navigateOnDragDrop: false,
      spellcheck: false,
    },
  });
  if (!isHidden) {
    window.once("ready-to-show", () => {
      if (isMaximized) window.maximize();
      window.show();
    });
  }
  void window.loadURL(windowAddress);
  return window;
}
