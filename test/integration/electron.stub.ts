/**
 * The module `electron` as far as the desktop shell uses it, without a browser: it notes what it is told, and does what a
 * person or the system would do when a test says so (electron.load.ts). Its members have the types of Electron's own
 * declarations, so that it cannot promise what Electron does not.
 */
import { EventEmitter } from "node:events";
import os from "node:os";
import path from "node:path";
import { MessageChannel, type MessagePort } from "node:worker_threads";
import type * as Electron from "electron";
import { MenuStub, TrayStub } from "./electron.stub.menus.ts";
import { answers, chosenPaths, told } from "./electron.told.ts";

export { answers, chosenPaths, told } from "./electron.told.ts";

/** A method or a value of Electron's. */
type Of<Whole, Name extends keyof Whole> = Whole[Name];

class App extends EventEmitter {
  readonly isPackaged: Of<Electron.App, "isPackaged"> = false;
  readonly #paths = new Map([
    ["appData", path.join(os.tmpdir(), "rwb-electron-app-data")],
    ["downloads", path.join(os.tmpdir(), "rwb-electron-downloads")],
  ]);
  #becomesReady = () => {};
  readonly #ready = new Promise<void>((resolve) => (this.#becomesReady = resolve));
  #isReady = false;

  /** Electron is ready once its main module has been evaluated. */
  becomeReady(): void {
    this.#isReady = true;
    this.#becomesReady();
  }
  isReady: Of<Electron.App, "isReady"> = () => this.#isReady;
  whenReady: Of<Electron.App, "whenReady"> = () => this.#ready;
  enableSandbox: Of<Electron.App, "enableSandbox"> = () => {
    if (this.#isReady) throw new Error("app.enableSandbox() can only be called before the app is ready");
    told.sandboxed = true;
  };
  setName: Of<Electron.App, "setName"> = () => {};
  setAppUserModelId: Of<Electron.App, "setAppUserModelId"> = (id) => void (told.appUserModelId = id);
  setPath: Of<Electron.App, "setPath"> = (name, value) => void this.#paths.set(name, value);
  getPath: Of<Electron.App, "getPath"> = (name) => this.#paths.get(name)!;
  requestSingleInstanceLock: Of<Electron.App, "requestSingleInstanceLock"> = (data) => {
    told.sentToFirst = data;
    return process.env.STUB_HAS_INSTANCE === undefined;
  };
  setBadgeCount: Of<Electron.App, "setBadgeCount"> = (count = 0) => {
    told.badges.push(count);
    return true;
  };
  quit: Of<Electron.App, "quit"> = () => {
    let prevented = false;
    this.emit("before-quit", { preventDefault: () => (prevented = true) });
    if (!prevented) this.exit(0);
  };
  exit: Of<Electron.App, "exit"> = (code = 0) => {
    told.exits.push(code);
    process.exit(code);
  };
}
export const app = new App();

export const protocol = {
  registerSchemesAsPrivileged: (schemes) => {
    if (app.isReady()) throw new Error("protocol.registerSchemesAsPrivileged should be called before app is ready");
    told.schemes.push(...schemes);
  },
  handle: (scheme, handler) => void told.handlers.set(scheme, handler as (request: Request) => Promise<Response>),
} satisfies Pick<Electron.Protocol, "registerSchemesAsPrivileged" | "handle">;

export const session = {
  defaultSession: {
    setPermissionRequestHandler: (handler) => void (told.permissionRequest = handler ?? undefined),
    setPermissionCheckHandler: (handler) => void (told.permissionCheck = handler ?? undefined),
    setDevicePermissionHandler: (handler) => void (told.devicePermission = handler ?? undefined),
  } satisfies Pick<
    Electron.Session,
    "setPermissionRequestHandler" | "setPermissionCheckHandler" | "setDevicePermissionHandler"
  >,
};

export const shell = {
  openExternal: async (url) => void told.external.push(url),
  openPath: async (file) => {
    told.openedPaths.push(file);
    return "";
  },
} satisfies Pick<Electron.Shell, "openExternal" | "openPath">;

/** What comes of a dialog, once a test has said it. */
async function next<T>(said: T[]): Promise<T> {
  while (said.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  return said.shift()!;
}

/** The options come last, behind a window or none. */
const optionsOf = (args: readonly unknown[]): object => args.at(-1) as object;

export const dialog = {
  showMessageBox: async (...args: unknown[]) => {
    told.dialogs.push(optionsOf(args) as Electron.MessageBoxOptions);
    return { checkboxChecked: false, ...(await next(answers)) };
  },
  showOpenDialog: async (...args: unknown[]) => {
    told.fileDialogs.push(optionsOf(args));
    const chosen = await next(chosenPaths);
    return { canceled: chosen === null, filePaths: chosen === null ? [] : [chosen] };
  },
  showSaveDialog: async (...args: unknown[]) => {
    told.fileDialogs.push(optionsOf(args));
    const chosen = await next(chosenPaths);
    return { canceled: chosen === null, filePath: chosen ?? "" };
  },
} satisfies Pick<Electron.Dialog, "showMessageBox" | "showOpenDialog" | "showSaveDialog">;

export const nativeTheme = { shouldUseDarkColors: false } satisfies Partial<Electron.NativeTheme>;

const display = { id: 1, workArea: { x: 0, y: 25, width: 1600, height: 1000 } } as Electron.Display;
export const screen = {
  getPrimaryDisplay: () => display,
  getAllDisplays: () => [display],
} satisfies Partial<Electron.Screen>;

export const powerSaveBlocker = {
  start: (type) => {
    told.blockers.push({ type, isOn: true });
    return told.blockers.length - 1;
  },
  stop: (id) => {
    told.blockers[id].isOn = false;
    return true;
  },
} satisfies Pick<Electron.PowerSaveBlocker, "start" | "stop">;

export const nativeImage = {
  createFromPath: (file) => {
    told.images.push(file);
    return {} as Electron.NativeImage;
  },
} satisfies Pick<typeof Electron.nativeImage, "createFromPath">;

export const Menu = MenuStub;
export const Tray = TrayStub;

export class Notification extends EventEmitter {
  static readonly isSupported: (typeof Electron.Notification)["isSupported"] = () => true;
  readonly #options: Electron.NotificationConstructorOptions;
  constructor(options: Electron.NotificationConstructorOptions = {}) {
    super();
    this.#options = options;
  }
  show: Of<Electron.Notification, "show"> = () =>
    void told.notifications.push({ ...this.#options, click: () => void this.emit("click") });
}

export const ipcMain = new EventEmitter();

/** Electron's end of a channel: an emitter, silent until it is started. */
export class MessagePortMain extends EventEmitter {
  readonly port: MessagePort;
  constructor(port: MessagePort) {
    super();
    this.port = port;
    port.on("close", () => this.emit("close"));
  }
  postMessage: Of<Electron.MessagePortMain, "postMessage"> = (message) => this.port.postMessage(message);
  start: Of<Electron.MessagePortMain, "start"> = () =>
    void this.port.on("message", (data: unknown) => this.emit("message", { data, ports: [] }));
  close: Of<Electron.MessagePortMain, "close"> = () => this.port.close();
}

export class MessageChannelMain {
  readonly port1: MessagePortMain;
  readonly port2: MessagePortMain;
  constructor() {
    const { port1, port2 } = new MessageChannel();
    this.port1 = new MessagePortMain(port1);
    this.port2 = new MessagePortMain(port2);
  }
}

export interface Frame {
  readonly url: string;
  readonly parent: Frame | null;
  postMessage(channel: string, message: unknown, ports: MessagePortMain[]): void;
}

let contentsCount = 0;

export class WebContents extends EventEmitter {
  readonly id: Of<Electron.WebContents, "id"> = ++contentsCount;
  url = "";
  reloads = 0;
  /** The ports that the page was sent. */
  readonly ports: MessagePortMain[] = [];
  openHandler: Parameters<Electron.WebContents["setWindowOpenHandler"]>[0] = () => ({ action: "allow" });
  setWindowOpenHandler: Of<Electron.WebContents, "setWindowOpenHandler"> = (handler) =>
    void (this.openHandler = handler);
  reload: Of<Electron.WebContents, "reload"> = () => void this.reloads++;
  frame = (changes: Partial<Frame> = {}): Frame => ({
    ...{ url: this.url, parent: null },
    postMessage: (channel, _, ports) => {
      if (channel !== "workbench-port") throw new Error(`unknown channel ${channel}`);
      this.ports.push(...ports);
    },
    ...changes,
  });
}

export class BrowserWindow extends EventEmitter {
  readonly options: Electron.BrowserWindowConstructorOptions;
  readonly webContents = new WebContents();
  readonly did: string[] = [];
  readonly progress: number[] = [];
  minimized = false;
  bounds: Electron.Rectangle;
  #isDestroyed = false;
  constructor(options: Electron.BrowserWindowConstructorOptions) {
    super();
    if (!app.isReady()) throw new Error("Cannot create BrowserWindow before app is ready");
    this.options = options;
    const { x = 80, y = 75, width = 800, height = 600 } = options;
    this.bounds = { x, y, width, height };
    told.windows.push(this);
    app.emit("web-contents-created", {}, this.webContents);
  }
  loadURL: Of<Electron.BrowserWindow, "loadURL"> = async (url) => {
    this.webContents.url = url;
    this.emit("ready-to-show");
  };
  isDestroyed: Of<Electron.BrowserWindow, "isDestroyed"> = () => this.#isDestroyed;
  isMinimized: Of<Electron.BrowserWindow, "isMinimized"> = () => this.minimized;
  isMaximized: Of<Electron.BrowserWindow, "isMaximized"> = () => this.did.includes("maximize");
  isFullScreen: Of<Electron.BrowserWindow, "isFullScreen"> = () => false;
  getNormalBounds: Of<Electron.BrowserWindow, "getNormalBounds"> = () => this.bounds;
  restore: Of<Electron.BrowserWindow, "restore"> = () => void this.did.push("restore");
  show: Of<Electron.BrowserWindow, "show"> = () => void this.did.push("show");
  hide: Of<Electron.BrowserWindow, "hide"> = () => void this.did.push("hide");
  focus: Of<Electron.BrowserWindow, "focus"> = () => void this.did.push("focus");
  maximize: Of<Electron.BrowserWindow, "maximize"> = () => void this.did.push("maximize");
  setProgressBar: Of<Electron.BrowserWindow, "setProgressBar"> = (share) => void this.progress.push(share);
  /** As a person closes it: it may be kept; where it is not, it was the last. */
  close: Of<Electron.BrowserWindow, "close"> = () => {
    let prevented = false;
    this.emit("close", { preventDefault: () => (prevented = true) });
    if (prevented) return;
    this.#isDestroyed = true;
    this.emit("closed");
    app.emit("window-all-closed");
  };
}
