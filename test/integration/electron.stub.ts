/**
 * The module `electron` as far as the desktop shell uses it, without a browser: it notes what it is told, and does what a
 * person or the system would do when a test says so (electron.load.ts).
 */
import { EventEmitter } from "node:events";
import os from "node:os";
import path from "node:path";
import { MessageChannel, type MessagePort } from "node:worker_threads";

type Handler = (request: Request) => Promise<Response>;

/** What the shell has told Electron. */
export const told = {
  schemes: [] as object[],
  handlers: new Map<string, Handler>(),
  windows: [] as BrowserWindow[],
  dialogs: [] as { message: string; detail?: string; buttons: string[] }[],
  external: [] as string[],
  menu: [] as (string | undefined)[],
  sandboxed: false,
  exits: [] as number[],
  permissionRequest: undefined as
    ((_: unknown, permission: string, answer: (may: boolean) => void) => void) | undefined,
  permissionCheck: undefined as ((_: unknown, permission: string) => boolean) | undefined,
  devicePermission: undefined as (() => boolean) | undefined,
};

/** What the next dialogs are answered with: a button's number. */
export const answers: number[] = [];

class App extends EventEmitter {
  readonly isPackaged = false;
  readonly #paths = new Map([["appData", path.join(os.tmpdir(), "rwb-electron-app-data")]]);
  #becomesReady = () => {};
  readonly #ready = new Promise<void>((resolve) => (this.#becomesReady = resolve));
  isReady = false;

  /** Electron is ready once its main module has been evaluated. */
  becomeReady(): void {
    this.isReady = true;
    this.#becomesReady();
  }
  whenReady = () => this.#ready;
  enableSandbox = (): void => {
    if (this.isReady) throw new Error("app.enableSandbox() can only be called before the app is ready");
    told.sandboxed = true;
  };
  setName = (): void => {};
  setPath = (name: string, value: string): void => void this.#paths.set(name, value);
  getPath = (name: string): string => this.#paths.get(name)!;
  requestSingleInstanceLock = (): boolean => process.env.STUB_HAS_INSTANCE === undefined;
  quit = (): void => {
    let prevented = false;
    this.emit("before-quit", { preventDefault: () => (prevented = true) });
    if (!prevented) this.exit(0);
  };
  exit = (code = 0): void => {
    told.exits.push(code);
    process.exit(code);
  };
}
export const app = new App();

export const protocol = {
  registerSchemesAsPrivileged: (schemes: object[]) => {
    if (app.isReady) throw new Error("protocol.registerSchemesAsPrivileged should be called before app is ready");
    told.schemes.push(...schemes);
  },
  handle: (scheme: string, handler: Handler) => void told.handlers.set(scheme, handler),
};

export const session = {
  defaultSession: {
    setPermissionRequestHandler: (handler: typeof told.permissionRequest) => (told.permissionRequest = handler),
    setPermissionCheckHandler: (handler: typeof told.permissionCheck) => (told.permissionCheck = handler),
    setDevicePermissionHandler: (handler: typeof told.devicePermission) => (told.devicePermission = handler),
  },
};

export const shell = { openExternal: async (url: string) => void told.external.push(url) };

export const dialog = {
  showMessageBox: async (...args: unknown[]) => {
    told.dialogs.push(args.at(-1) as (typeof told.dialogs)[number]);
    while (answers.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    return { response: answers.shift()! };
  },
};

export const nativeTheme = { shouldUseDarkColors: false };

export const Menu = {
  buildFromTemplate: (items: { role?: string }[]) => items,
  setApplicationMenu: (items: { role?: string }[]) => (told.menu = items.map(({ role }) => role)),
};

export const ipcMain = new EventEmitter();

/** Electron's end of a channel: an emitter, silent until it is started. */
export class MessagePortMain extends EventEmitter {
  readonly port: MessagePort;
  constructor(port: MessagePort) {
    super();
    this.port = port;
    port.on("close", () => this.emit("close"));
  }
  postMessage = (message: unknown): void => this.port.postMessage(message);
  start = (): void => void this.port.on("message", (data: unknown) => this.emit("message", { data, ports: [] }));
  close = (): void => this.port.close();
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
  readonly id = ++contentsCount;
  url = "";
  reloads = 0;
  /** The ports that the page was sent. */
  readonly ports: MessagePortMain[] = [];
  openHandler: (details: { url: string }) => { action: string } = () => ({ action: "allow" });
  setWindowOpenHandler = (handler: typeof this.openHandler): void => void (this.openHandler = handler);
  reload = (): void => void this.reloads++;
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
  readonly options: Record<string, unknown>;
  readonly webContents = new WebContents();
  readonly did: string[] = [];
  minimized = false;
  constructor(options: Record<string, unknown>) {
    super();
    if (!app.isReady) throw new Error("Cannot create BrowserWindow before app is ready");
    this.options = options;
    told.windows.push(this);
    app.emit("web-contents-created", {}, this.webContents);
  }
  loadURL = async (url: string): Promise<void> => {
    this.webContents.url = url;
    this.emit("ready-to-show");
  };
  isDestroyed = () => false;
  isMinimized = () => this.minimized;
  restore = (): void => void this.did.push("restore");
  show = (): void => void this.did.push("show");
  focus = (): void => void this.did.push("focus");
}
