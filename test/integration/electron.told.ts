/** What the desktop shell has told the stub of Electron, and what a person is to answer it. */
import type * as Electron from "electron";
import type { BrowserWindow } from "./electron.stub.ts";

type Handler = (request: Request) => Promise<Response>;

export const told = {
  schemes: [] as object[],
  handlers: new Map<string, Handler>(),
  windows: [] as BrowserWindow[],
  dialogs: [] as Electron.MessageBoxOptions[],
  fileDialogs: [] as object[],
  external: [] as string[],
  openedPaths: [] as string[],
  menu: [] as Electron.MenuItemConstructorOptions[],
  trays: [] as { tooltip: string; menu: Electron.MenuItemConstructorOptions[]; isThere: boolean }[],
  notifications: [] as (Electron.NotificationConstructorOptions & { click: () => void })[],
  blockers: [] as { type: string; isOn: boolean }[],
  badges: [] as number[],
  images: [] as string[],
  sandboxed: false,
  appUserModelId: "",
  /** What a second start sends to the first. */
  sentToFirst: undefined as unknown,
  exits: [] as number[],
  permissionRequest: undefined as Parameters<Electron.Session["setPermissionRequestHandler"]>[0] | undefined,
  permissionCheck: undefined as Parameters<Electron.Session["setPermissionCheckHandler"]>[0] | undefined,
  devicePermission: undefined as Parameters<Electron.Session["setDevicePermissionHandler"]>[0] | undefined,
};

/** What the next message boxes are answered with: a button's number, and whether the box is ticked. */
export const answers: { response: number; checkboxChecked?: boolean }[] = [];

/** What is chosen in the next dialogs for files; null: they are cancelled. */
export const chosenPaths: (string | null)[] = [];
