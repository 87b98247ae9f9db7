/** Menus and tray of the stub of Electron (electron.stub.ts). */
import { EventEmitter } from "node:events";
import type * as Electron from "electron";
import { told } from "./electron.told.ts";

type Items = Electron.MenuItemConstructorOptions[];

/** A built menu is its template here. */
export const MenuStub = {
  buildFromTemplate: (items: Items) => items as unknown as Electron.Menu,
  setApplicationMenu: (menu: Electron.Menu | null) => void (told.menu = menu as unknown as Items),
} satisfies Pick<typeof Electron.Menu, "buildFromTemplate" | "setApplicationMenu">;

export class TrayStub extends EventEmitter {
  readonly #seen = { tooltip: "", menu: [] as Items, isThere: true };
  constructor() {
    super();
    if (process.env.STUB_HAS_NO_TRAY !== undefined) throw new Error("there is no tray");
    told.trays.push(this.#seen);
  }
  setToolTip: Electron.Tray["setToolTip"] = (text) => void (this.#seen.tooltip = text);
  setContextMenu: Electron.Tray["setContextMenu"] = (menu) => void (this.#seen.menu = menu as unknown as Items);
  destroy: Electron.Tray["destroy"] = () => void (this.#seen.isThere = false);
}
