import { contextBridge, ipcRenderer, webUtils } from "electron";

/** All that the window gets from the desktop (src-renderer/state/shell.ts): a way to main, and where a dropped file lies. */
contextBridge.exposeInMainWorld("workbenchShell", {
  requestPort: () => ipcRenderer.send("workbench-port"),
  pathForFile: (file: File) => webUtils.getPathForFile(file),
});

// A bridge cannot pass ports on: they travel as a message of the window.
ipcRenderer.on("workbench-port", ({ ports }) => window.postMessage("workbench-port", location.origin, [...ports]));
