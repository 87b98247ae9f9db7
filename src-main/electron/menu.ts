import { app, Menu } from "electron";
import { menuTemplate, type MenuActions } from "./menuTemplate.ts";

/** Electron's own menu leads to its web site. */
export function setMenu(actions: MenuActions): void {
  Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(process.platform, !app.isPackaged, actions)));
}
