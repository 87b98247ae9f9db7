import type { MenuItemConstructorOptions } from "electron";

/** What the menu's own items do; those with a role are Electron's. */
export interface MenuActions {
  /** To a place of the window: "#/queue". */
  go(hash: string): void;
  importRun(): void;
  addDatasetFolder(): void;
  pauseQueue(): void;
  resumeQueue(): void;
  openFolder(): void;
  openPaper(): void;
}

const divider: MenuItemConstructorOptions = { type: "separator" };

/**
 * The application's menu. Its accelerators are with a modifier: single keys belong to the window (`g q`, `n`, `?`), as does
 * Ctrl+K, which a menu would take away.
 *
 * @param isDeveloped not packaged: the tools for developers are within reach
 */
export function menuTemplate(
  platform: NodeJS.Platform,
  isDeveloped: boolean,
  actions: MenuActions,
): MenuItemConstructorOptions[] {
  const isMac = platform === "darwin";
  const goTo = (label: string, hash: string, accelerator: string): MenuItemConstructorOptions => ({
    ...{ label, accelerator, click: () => actions.go(hash) },
  });
  const settings = goTo("Set-up and Settings", "#/setup", "CmdOrCtrl+,");
  const file: MenuItemConstructorOptions = {
    label: "&File",
    submenu: [
      goTo("&New Runs", "#/new", "CmdOrCtrl+N"),
      divider,
      { label: "&Import a Run...", accelerator: "CmdOrCtrl+O", click: () => actions.importRun() },
      { label: "Add a &Data Set Folder...", accelerator: "CmdOrCtrl+Shift+O", click: () => actions.addDatasetFolder() },
      divider,
      { label: "Show the Workbench &Folder", click: () => actions.openFolder() },
      divider,
      ...(isMac ? [] : [settings, divider]),
      { role: "close" },
      ...(isMac ? [] : ([{ role: "quit" }] as const)),
    ],
  };
  const view: MenuItemConstructorOptions = {
    label: "&View",
    submenu: [
      goTo("&Queue", "#/queue", "CmdOrCtrl+1"),
      goTo("&Runs", "#/runs", "CmdOrCtrl+2"),
      goTo("&Compare", "#/compare", "CmdOrCtrl+3"),
      goTo("&Studies", "#/studies", "CmdOrCtrl+4"),
      goTo("&Data Sets", "#/data", "CmdOrCtrl+5"),
      divider,
      { role: "reload" },
      ...(isDeveloped ? ([{ role: "toggleDevTools" }] as const) : []),
      divider,
      ...([{ role: "resetZoom" }, { role: "zoomIn" }, { role: "zoomOut" }] as const),
      divider,
      { role: "togglefullscreen" },
    ],
  };
  const queue: MenuItemConstructorOptions = {
    label: "&Queue",
    submenu: [
      { label: "&Pause: no Run Starts", accelerator: "CmdOrCtrl+Shift+P", click: () => actions.pauseQueue() },
      { label: "&Resume", accelerator: "CmdOrCtrl+Shift+R", click: () => actions.resumeQueue() },
    ],
  };
  const application: MenuItemConstructorOptions = {
    role: "appMenu",
    submenu: [
      { role: "about" },
      divider,
      settings,
      divider,
      ...([{ role: "services" }, divider] as const),
      ...([{ role: "hide" }, { role: "hideOthers" }, { role: "unhide" }, divider] as const),
      { role: "quit" },
    ],
  };
  const help: MenuItemConstructorOptions = {
    role: "help",
    submenu: [{ label: "The &Paper: He et al., 2016", click: () => actions.openPaper() }],
  };
  return [...(isMac ? [application] : []), file, { role: "editMenu" }, view, queue, { role: "windowMenu" }, help];
}
