import { fileURLToPath } from "node:url";
import { BrowserWindow, nativeTheme } from "electron";
import { windowAddress } from "./windowAddress.ts";

const preload = fileURLToPath(new URL("../../out/preload/preload.cjs", import.meta.url));
/** The window's own background (styles/tokens.css), so that nothing flashes before it is drawn. */
const background = { light: "#fbfbfa", dark: "#151617" };

/**
 * A window on the workbench; it shows when it has something to show. Its page may reach nothing of Node, and its process
 * nothing of the system.
 */
export function openMainWindow(): BrowserWindow {
  const window = new BrowserWindow({
    title: "ResNet Workbench",
    ...{ width: 1440, height: 900, minWidth: 720, minHeight: 480, show: false, autoHideMenuBar: true },
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
  window.once("ready-to-show", () => window.show());
  void window.loadURL(windowAddress);
  return window;
}
