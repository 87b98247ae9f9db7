import { cpSync, mkdtempSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import { WebSocketServer } from "ws";
import { writeDataset, type DatasetContent, type DatasetSink } from "../../src-main/dataset/datasetWriter.ts";
import { imageBytes, type PreparedDataset } from "../../src-main/dataset/index.ts";
import { shapesVersion } from "../../src-main/dataset/shapes/shapes.ts";
import { serveMessagePort } from "../../src-main/rpc/serveMessagePort.ts";
import { mostPayloadBytes, serveSocket } from "../../src-main/rpc/serveSocket.ts";
import type { DesktopHost } from "../../src-main/rpc/desktopHost.ts";
import type { DesktopChoices } from "../../src-shared/contract/index.ts";
import { openWorkbench, type Workbench } from "../../src-main/workbench.ts";
import {
  connectRpc,
  messagePortTransport,
  webSocketTransport,
  type RpcClient,
} from "../../src-renderer/state/rpcClient.ts";
import type { RunEvent } from "../../src-shared/runEvent.ts";
import { openBench, smallLog } from "../unit/archiveFixture.ts";

/** A main on its own folder, with the small finished run of archiveFixture.ts, and ways to it. */
export interface ServedMain {
  readonly home: string;
  readonly workbench: Workbench;
  /** The small run's. */
  readonly id: string;
  readonly url: string;
  /** What went wrong within the program. */
  readonly faults: string[];
  overSocket(): RpcClient;
  overPort(): RpcClient;
  /** Leaves every socket that there is open, and hears nothing of it any more. */
  freeze(): void;
  /** Cuts every socket off, and lets none in for a while. */
  cutFor(ms: number): void;
  close(): Promise<void>;
}

export const ways = ["WebSocket", "MessagePort"] as const;
export type Way = (typeof ways)[number];

export const connect = (main: ServedMain, way: Way): RpcClient =>
  way === "WebSocket" ? main.overSocket() : main.overPort();

export const testImages = 20;

/** A small data set that passes for the built-in one, which takes seconds to draw. */
function standInForShapes(home: string): Promise<PreparedDataset> {
  const importer = async (sink: DatasetSink): Promise<DatasetContent> => {
    for (const part of ["train", "test"] as const) {
      const labels = Uint8Array.from({ length: testImages }, (_, image) => image % 10);
      await sink.add(part, new Uint8Array(testImages * imageBytes), labels);
    }
    const classes = Array.from({ length: 10 }, (_, label) => `class ${label}`);
    return { title: "shapes", source: "shapes", original: true, classes, generatorVersion: shapesVersion };
  };
  return writeDataset(home, "shapes", importer, "new");
}

/** A desktop shell whose person chooses what is proposed. */
function playedDesktop(): DesktopHost {
  let choices: DesktopChoices = { notifications: true, whenClosed: "ask", startAtLogin: null };
  return {
    openReport: async () => {},
    openFile: async (purpose) => (purpose === "archive" ? "/chosen/one.rwbrun" : undefined),
    saveFile: async (_, name) => `/chosen/${name}`,
    choices: () => choices,
    choose: (changes) => (choices = { ...choices, ...changes }),
    async *requests() {
      yield { type: "go", hash: "#/queue" };
    },
  };
}

/** The small run's log, as if it had been trained on the data set that is there. */
function logOn(checksum: string): RunEvent[] {
  const predictions = Buffer.alloc(testImages, 7).toString("base64");
  return smallLog.map((event): RunEvent => {
    if (event.type === "evaluated") return { ...event, predictions };
    return event.type === "started" ? { ...event, testImages, dataset: { ...event.dataset, checksum } } : event;
  });
}

/** What is the example study's archive here, once a test has made one. */
export const exampleIn = (home: string): string => path.join(home, "example-study.tar.gz");

export async function startMain(): Promise<ServedMain> {
  const home = mkdtempSync(path.join(os.tmpdir(), "rwb-rpc-"));
  process.env["RWB_EXAMPLE"] = exampleIn(home);
  const { checksum } = await standInForShapes(home);
  // Its folder becomes this one, with the data set that its log names.
  const bench = openBench({ log: logOn(checksum), checksum });
  bench.history.close();
  cpSync(bench.home, home, { recursive: true });
  rmSync(bench.home, { recursive: true });
  const { id } = bench;
  const workbench = await openWorkbench({ home });
  const faults: string[] = [];
  const context = { workbench, purpose: "serve", desktop: playedDesktop() } as const;
  const onFault = (text: string) => void faults.push(text);
  let isCut = false;
  const server = new WebSocketServer({
    ...{ host: "127.0.0.1", port: 0, maxPayload: mostPayloadBytes, perMessageDeflate: false },
    verifyClient: () => !isCut,
  });
  server.on("connection", (socket) => serveSocket(socket, context, onFault));
  await new Promise((resolve) => server.once("listening", resolve));
  const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/rpc`;
  const clients: RpcClient[] = [];
  const kept = (client: RpcClient): RpcClient => {
    clients.push(client);
    return client;
  };
  return {
    ...{ home, workbench, id, url, faults },
    overSocket: () => kept(connectRpc(webSocketTransport(url), { program: "test" })),
    overPort: () => {
      const askForPort = async () => {
        const { port1, port2 } = new MessageChannel();
        serveMessagePort(port1, context, onFault);
        return port2;
      };
      return kept(connectRpc(messagePortTransport(askForPort), { program: "test" }));
    },
    freeze: () => {
      for (const socket of server.clients) socket.pause();
    },
    cutFor: (ms) => {
      isCut = true;
      for (const socket of server.clients) socket.terminate();
      setTimeout(() => (isCut = false), ms);
    },
    close: async () => {
      for (const client of clients) client.close();
      for (const socket of server.clients) socket.terminate();
      await new Promise((resolve) => server.close(resolve));
      await workbench.close("the test is over");
      rmSync(home, { recursive: true, force: true });
    },
  };
}
