import { Menu, type MenuItemConstructorOptions } from "electron";

/** Electron's own menu leads to its web site; this one has what every window has. */
export function setMenu(): void {
  const roles = [process.platform === "darwin" ? "appMenu" : "fileMenu", "editMenu", "viewMenu", "windowMenu"] as const;
  Menu.setApplicationMenu(Menu.buildFromTemplate(roles.map((role): MenuItemConstructorOptions => ({ role }))));
}
