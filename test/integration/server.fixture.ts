import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { connect } from "node:net";
import os from "node:os";
import path from "node:path";
import { buffer, text } from "node:stream/consumers";
import { afterEach } from "vitest";
import { WebSocket, type ClientOptions } from "ws";
import { writeDataset } from "../../src-main/dataset/datasetWriter.ts";
import { imageBytes } from "../../src-main/dataset/index.ts";
import { shapesName, shapesVersion } from "../../src-main/dataset/shapes/shapes.ts";
import { startBrowserShell, type BrowserShell, type BrowserShellOptions } from "../../src-main/server/index.ts";
import { noise } from "../unit/datasetFixtures.ts";
import { openWorkbench, type Workbench } from "../../src-main/workbench.ts";

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
  readonly text: string;
  /** Of a refusal. */
  readonly code: string | undefined;
}

export interface Question {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** A shell on a workbench folder of its own; both end with the test. */
export interface TestShell extends BrowserShell {
  readonly home: string;
  readonly workbench: Workbench;
  readonly notes: string[];
  /** What `performance.now` would say; moves by hand. */
  readonly clock: { ms: number };
  /** `NAME=VALUE` of a browser that followed a link. */
  enter(): Promise<string>;
  ask(path: string, question?: Question): Promise<Answer>;
  /** A WebSocket of `/rpc`; as a browser that was let in, unless `headers` say otherwise. */
  socket(options?: ClientOptions): Promise<WebSocket>;
}

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** What is called when the test is over. */
export const atEnd = (end: () => unknown): void => void ends.push(end);

export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), "rwb-shell-"));
  atEnd(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export async function startShell(
  options: Partial<Omit<BrowserShellOptions, "context">> & { home?: string } = {},
): Promise<TestShell> {
  const { home = temporaryFolder(), ...others } = options;
  const workbench = await openWorkbench({ home });
  atEnd(() => workbench.close("the test is over"));
  const notes: string[] = [];
  const clock = { ms: 0 };
  const shell = await startBrowserShell({
    context: { workbench, purpose: "serve" },
    onNote: (line) => notes.push(line),
    nowMs: () => clock.ms,
    rendererFolder: windowFolder(),
    ...others,
  });
  let isClosed = false;
  const close = async (): Promise<void> => {
    if (!isClosed) await shell.close();
    isClosed = true;
  };
  atEnd(close);
  const ask = (address: string, question?: Question) => askAt(shell.port, address, question);
  const enter = async (): Promise<string> => {
    const { pathname, search } = new URL(shell.link());
    const { headers } = await ask(pathname + search);
    return String(headers["set-cookie"]).split(";")[0];
  };
  const socket = async (given?: ClientOptions) => {
    const headers = { cookie: await enter() };
    const client = new WebSocket(`ws://127.0.0.1:${shell.port}/rpc`, { origin: shell.origin, headers, ...given });
    atEnd(() => client.terminate());
    return client;
  };
  return { ...shell, close, home, workbench, notes, clock, ask, enter, socket };
}

/** As a build leaves it, with the least that there can be in it. */
function windowFolder(): string {
  const folder = temporaryFolder();
  writeFileSync(path.join(folder, "index.html"), "<!doctype html><title>ResNet Workbench</title>");
  return folder;
}

export function askAt(port: number, address: string, { method, headers, body }: Question = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = { host: "127.0.0.1", port, path: address, agent: false, ...(method && { method }), headers };
    request(options, (response) => {
      buffer(response).then((body) => {
        const { statusCode: status = 0, headers } = response;
        resolve({ status, headers, body, text: body.toString(), code: codeIn(body.toString()) });
      }, reject);
    })
      .on("error", reject)
      .end(body);
  });
}

/** What comes back for bytes that no client would send. @param then waits so long before it ends its side, in ms */
export async function sendRaw(port: number, bytes: string, endsAfterMs?: number): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => {});
  atEnd(() => socket.destroy());
  socket.write(bytes, "latin1");
  if (endsAfterMs !== undefined) setTimeout(() => socket.end(), endsAfterMs);
  return text(socket).catch(() => "");
}

export function codeIn(body: string): string | undefined {
  try {
    return (JSON.parse(body) as { code?: string }).code;
  } catch {
    return undefined;
  }
}

/** How an upgrade was refused. */
export const refusedWith = (socket: WebSocket): Promise<{ status: number; body: string; headers: object }> =>
  new Promise((resolve, reject) => {
    socket.on("open", () => reject(new Error("it was let in")));
    socket.on("error", () => {});
    socket.on("unexpected-response", (_, response) => {
      text(response).then(
        (body) => resolve({ status: response.statusCode ?? 0, body, headers: response.headers }),
        reject,
      );
    });
  });

export const opened = (socket: WebSocket): Promise<void> =>
  new Promise((resolve, reject) => {
    if (socket.readyState === socket.OPEN) return resolve();
    socket.once("open", resolve);
    socket.once("error", reject);
  });

/** The code with which a socket closes. */
export const closedWith = (socket: WebSocket): Promise<number> =>
  new Promise((resolve) => {
    socket.on("error", () => {});
    socket.once("close", resolve);
  });

/** Noise in the place of the built-in data set, which takes seconds to draw. */
export async function withNoiseForShapes(home: string): Promise<void> {
  const add = { train: 320, test: 40 };
  await writeDataset(
    home,
    shapesName,
    async (sink) => {
      for (const [part, count] of Object.entries(add) as ["train" | "test", number][]) {
        const labels = Uint8Array.from({ length: count }, (_, at) => at % 10);
        await sink.add(part, noise(count * imageBytes, count), labels);
      }
      const classes = Array.from({ length: 10 }, (_, at) => `class ${at}`);
      return { title: "Noise", source: "shapes", original: false, classes, generatorVersion: shapesVersion };
    },
    "new",
  );
}
