import { spawn } from "node:child_process";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Actions } from "./electron.load.ts";
import type { Ended } from "./rwb.ts";
import { atEnd, temporaryFolder } from "./server.fixture.ts";

const load = path.join(import.meta.dirname, "electron.load.ts");

/** The built desktop shell on a stub of Electron, in a process of its own. */
export interface DesktopProcess {
  readonly pid: number;
  readonly home: string;
  readonly ended: Promise<Ended>;
  /** What it has said on standard error. */
  readonly notes: () => string;
  do<A extends keyof Actions>(action: A, ...args: Parameters<Actions[A]>): Promise<Awaited<ReturnType<Actions[A]>>>;
  /** Once it has a window. */
  window(): Promise<void>;
  kill(signal: NodeJS.Signals): void;
}

export async function startDesktop(
  home = temporaryFolder(),
  environment: NodeJS.ProcessEnv = {},
  args: readonly string[] = [],
): Promise<DesktopProcess> {
  const child = spawn(process.execPath, [load, "--home", home, ...args], {
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    env: { ...process.env, RWB_HOME: "/nowhere", ...environment },
    detached: true,
  });
  let [out, err] = ["", ""];
  child.stdout!.on("data", (chunk: Buffer) => (out += chunk.toString()));
  child.stderr!.on("data", (chunk: Buffer) => (err += chunk.toString()));
  const ended = new Promise<Ended>((resolve) => child.once("close", (code) => resolve({ code, out, err })));
  atEnd(async () => {
    child.kill("SIGKILL");
    await ended;
  });
  const waiting = new Map<number, { resolve: (value: never) => void; reject: (error: Error) => void }>();
  let count = 0;
  const loaded = new Promise<void>((resolve, reject) => {
    waiting.set(0, { resolve: () => resolve(), reject });
  });
  child.on("message", ({ id, value, error }: { id: number; value?: unknown; error?: string }) => {
    const one = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) one?.resolve(value as never);
    else one?.reject(new Error(error));
  });
  void ended.then(({ code }) => {
    for (const { reject } of waiting.values()) reject(new Error(`It ended with ${code}: ${err}`));
  });
  const desktop: DesktopProcess = {
    ...{ pid: child.pid!, home, ended, notes: () => err, kill: (signal) => child.kill(signal) },
    do: (action, ...args) =>
      new Promise((resolve, reject) => {
        // It would never answer.
        if (!child.connected) return reject(new Error(`It has ended: ${err}`));
        const id = ++count;
        waiting.set(id, { resolve, reject });
        child.send({ id, action, args });
      }),
    window: async () => {
      while ((await desktop.do("facts")).windows.length === 0) await sleep(20);
    },
  };
  if (environment.STUB_HAS_INSTANCE === undefined) await loaded;
  else loaded.catch(() => {});
  return desktop;
}

/** The same, once it has its window. */
export async function openDesktop(
  home?: string,
  environment?: NodeJS.ProcessEnv,
  args?: readonly string[],
): Promise<DesktopProcess> {
  const desktop = await startDesktop(home, environment, args);
  await desktop.window();
  return desktop;
}
