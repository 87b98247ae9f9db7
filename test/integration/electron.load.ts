/**
 * Runs the built desktop shell (out/main/main.js, out/preload/preload.cjs) on the stub of `electron`, as a process of its
 * own: `electron.load.ts` is started with IPC, and does what it is told (electron.fixture.ts).
 */
import { readFileSync } from "node:fs";
import { createRequire, registerHooks } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { compileFunction } from "node:vm";
import type * as Electron from "electron";
import { connectRpc, type RpcClient, type Transport } from "../../src-renderer/state/rpcClient.ts";

const project = path.resolve(import.meta.dirname, "..", "..");
const stubUrl = pathToFileURL(path.join(import.meta.dirname, "electron.stub.ts")).href;

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === "electron" ? { url: stubUrl, shortCircuit: true } : next(specifier, context),
});
Object.defineProperty(process.versions, "electron", { value: "45.0.0" });
const main = path.join(project, "out", "main", "main.js");
process.argv.splice(1, 1, main);

const stub = (await import(stubUrl)) as typeof import("./electron.stub.ts");
const { app, answers, chosenPaths, ipcMain, told } = stub;
let connected: Promise<RpcClient> | undefined;

/** The window's own way to main: src-renderer/state/shell.ts on the built preload. */
async function connect(): Promise<RpcClient> {
  const { webContents } = told.windows[0];
  const page = new EventTarget();
  let heard: (event: { ports: unknown[] }) => void = () => {};
  const ipcRenderer = {
    on: (_: string, listener: typeof heard) => void (heard = listener),
    send: (channel: string) =>
      ipcMain.emit(channel, {
        sender: webContents,
        senderFrame: webContents.frame({ postMessage: (_, __, ports) => heard({ ports }) }),
      }),
  };
  const window = Object.assign(page, {
    postMessage: (data: unknown, origin: string, ports: { port: unknown }[]) => {
      if (origin !== "rwb://window") throw new Error(`It is sent to ${origin}.`);
      const event = { data, source: window, ports: ports.map(({ port }) => port) };
      page.dispatchEvent(Object.assign(new Event("message"), event));
    },
  });
  const location = { origin: "rwb://window", protocol: "rwb:", host: "window" };
  Object.assign(globalThis, { window, location });
  const electron = {
    contextBridge: { exposeInMainWorld: (name: string, api: object) => Object.assign(window, { [name]: api }) },
    ipcRenderer,
    webUtils: { getPathForFile: () => "" },
  };
  const require = createRequire(import.meta.url);
  const preload = readFileSync(path.join(project, "out", "preload", "preload.cjs"), "utf8");
  type Preload = (require: (name: string) => unknown, ...rest: object[]) => void;
  const load = compileFunction(preload, ["require", "window", "location"]) as Preload;
  load((name) => (name === "electron" ? electron : (require(name) as unknown)), window, location);
  // A module of the window, which is typed apart.
  const shell = pathToFileURL(path.join(project, "src-renderer", "state", "shell.ts")).href;
  const { shellTransport } = (await import(shell)) as { shellTransport: () => Transport };
  return connectRpc(shellTransport(), { program: "test" });
}

type Call = (input: unknown) => Promise<unknown>;

/** For what the shell's handlers are given and do not look at. */
const nothing = {} as never;

type Items = readonly Electron.MenuItemConstructorOptions[];

/** What a menu shows, its items below it. */
const labelsOf = (items: Items): object[] =>
  items
    .filter(({ type }) => type !== "separator")
    .map(({ label, role, accelerator, submenu }) => ({
      ...{ label: label?.replace("&", ""), role, accelerator },
      ...(Array.isArray(submenu) && { items: labelsOf(submenu) }),
    }));

function clickIn(items: Items, label: string): void {
  const all = items.flatMap((item) => [item, ...(Array.isArray(item.submenu) ? item.submenu : [])]);
  const item = all.find((each) => each.label?.replace("&", "") === label);
  if (!item) throw new Error(`There is no ${label} among ${all.map((each) => each.label).join(", ")}.`);
  item.click?.(nothing, undefined, nothing);
}

const actions = {
  facts: () => ({
    ...told,
    handlers: [...told.handlers.keys()],
    windows: told.windows.map(({ options, did, progress, webContents: { url, reloads, ports } }) => {
      return { options, did, progress, url, reloads, ports: ports.length };
    }),
    menu: labelsOf(told.menu),
    trays: told.trays.map(({ tooltip, menu, isThere }) => ({ tooltip, isThere, menu: labelsOf(menu) })),
    notifications: told.notifications.map(({ title, body }) => ({ title, body })),
    home: app.getPath("userData"),
    starterVariable: process.env.RWB_DESKTOP_STARTED,
  }),
  answer: (response: number, checkboxChecked = false) => void answers.push({ response, checkboxChecked }),
  /** In the next dialog for files; null: it is cancelled. */
  choosePath: (chosen: string | null) => void chosenPaths.push(chosen),
  emit: (name: string, ...args: unknown[]) => {
    let prevented = false;
    app.emit(name, { preventDefault: () => (prevented = true) }, ...args);
    return prevented;
  },
  /** As a person closes the window. */
  close: () => told.windows[0].close(),
  move: (bounds: { x: number; y: number; width: number; height: number }) => {
    told.windows[0].bounds = bounds;
    told.windows[0].emit("move");
  },
  /** An item of the menu, by its label. */
  menu: (label: string) => clickIn(told.menu, label),
  tray: (label: string) => clickIn(told.trays[0].menu, label),
  clickNotification: (at: number) => told.notifications[at].click(),
  /** The next requests of main to the window, so many. */
  requests: async (count: number) => {
    const { services } = await (connected ??= connect());
    const requests: object[] = [];
    for await (const request of await services.desktop.requests()) if (requests.push(request) === count) break;
    return requests;
  },
  quit: () => app.quit(),
  crash: (reason: string) =>
    void told.windows[0].webContents.emit(
      "render-process-gone",
      {},
      { reason, exitCode: reason === "crashed" ? 5 : 0 },
    ),
  minimize: () => void (told.windows[0].minimized = true),
  /** A frame asks for a port; the number of those that the window has got. */
  askForPort: (change: { url?: string; sender?: number; within?: string; gone?: true }) => {
    const { webContents } = told.windows[0];
    const parent = change.within === undefined ? null : webContents.frame({ url: change.within });
    const frame = webContents.frame({ parent, ...(change.url !== undefined && { url: change.url }) });
    const sender = change.sender === undefined ? webContents : { id: change.sender };
    ipcMain.emit("workbench-port", { sender, senderFrame: change.gone ? null : frame });
    return webContents.ports.length;
  },
  /** Whether it is prevented. */
  navigate: (event: string, details: object) => {
    let prevented = false;
    told.windows[0].webContents.emit(event, { ...details, preventDefault: () => (prevented = true) });
    return prevented;
  },
  open: (url: string) => told.windows[0].webContents.openHandler({ url } as Electron.HandlerDetails).action,
  permission: (name: string) => {
    let asked: boolean | undefined;
    told.permissionRequest?.(nothing, name as never, (may) => (asked = may), nothing);
    const checked = told.permissionCheck?.(nothing, name as never, "rwb://window", nothing);
    return { asked, checked, device: told.devicePermission?.(nothing) };
  },
  fetch: async (url: string, method: string) => {
    const answer = await told.handlers.get("rwb")!({ url, method } as Request);
    return { status: answer.status, headers: Object.fromEntries(answer.headers), body: await answer.text() };
  },
  call: async (group: string, name: string, input: unknown) => {
    const { services } = await (connected ??= connect());
    return (services as unknown as Record<string, Record<string, Call>>)[group][name](input);
  },
  bytesOf: async (group: string, name: string, input: unknown) =>
    ((await actions.call(group, name, input)) as Blob).size,
};
export type Actions = typeof actions;

process.on("message", ({ id, action, args }: { id: number; action: keyof Actions; args: unknown[] }) => {
  void (async () => {
    try {
      const value = await (actions[action] as (...args: unknown[]) => unknown)(...args);
      process.send?.({ id, value });
    } catch (error) {
      process.send?.({ id, error: error instanceof Error ? error.message : String(error) });
    }
  })();
});

await import(pathToFileURL(main).href);
app.becomeReady();
process.send?.({ id: 0 });
