import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { WebSocket } from "ws";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { implement } from "@orpc/server";
import { RPCHandler } from "@orpc/server/ws";
import { WebSocketServer } from "ws";
import { serveMessagePort } from "../../src-main/rpc/serveMessagePort.ts";
import { connectRpc, webSocketTransport, type RpcClient } from "../../src-renderer/state/rpcClient.ts";
import { contract, contractHash, contractVersion } from "../../src-shared/contract/index.ts";
import { connect, startMain, ways, type ServedMain } from "./rpc.fixture.ts";

let main: ServedMain;
const logged = vi.spyOn(console, "error").mockImplementation(() => {});
beforeAll(async () => {
  main = await startMain();
});
beforeEach(() => void logged.mockClear());
afterEach(() => {
  expect(main.faults).toEqual([]);
  expect(logged.mock.calls.slice(0, 3)).toEqual([]);
});
afterAll(async () => {
  await main.close();
});

const malformed = [
  "hello",
  "{}",
  "null",
  "[]",
  '{"i":1,"p":{"u":"/version"}}',
  '{"i":"1","p":{"u":"http://elsewhere/version"}}',
  '{"i":"1","t":9}',
  '{"i":"1","p":{"u":"/version","h":{"a":1}}}',
  '{"i":"1","p":{"u":"/version","h":{"content-type":"multipart/form-data; boundary=x"}}}',
  '{"i":"1","p":{"u":"/version","h":{"content-disposition":"attachment; filename=%"}}}',
  '{"i":"1","p":{"u":"/version","h":{"content-type":"text/event-stream"}}}',
  '{"i":"1","p":{"u":"/ver',
  "\u0000\uffff".repeat(100),
  Buffer.from([0xff, 0, 1, 2]),
  Buffer.from('{"i":"1","p":{"u":"/version"}}'),
];
/** Well-formed, and nonsense. */
const nonsense = [
  (i: number) => ({ i: `${i}`, p: { u: "/no/such/procedure" } }),
  (i: number) => ({ i: `${i}`, p: { u: "/__proto__/constructor" } }),
  (i: number) => ({ i: `${i}`, p: { u: "/runs/show", b: { json: { run: { $ne: null } } } } }),
  (i: number) => ({
    i: `${i}`,
    p: { u: "/series/read", b: { json: { runs: ["x"], series: ["loss"], buckets: 1e9 } } },
  }),
  (i: number) => ({ i: `${i}`, p: { u: "/runs/show", b: "text", m: "GET" } }),
  (i: number) => ({ i: `${i}`, p: { u: "/version", h: { "x-other": "a" }, b: { json: { contract: "1" } } } }),
  (i: number) => ({ i: `${i}`, p: { u: "/live/watch", b: { json: { cursor: { instance: 1 } } } } }),
  (i: number) => ({ i: `${i}`, t: 3, p: { e: "message", d: 1 } }),
  (i: number) => ({ i: `${i}`, t: 4 }),
];

describe("ten thousand messages that make no sense", () => {
  it("malformed ones close their connection, and nothing more", { timeout: 30_000 }, async () => {
    const sendAll = async (from: number, count: number) => {
      const socket = new WebSocket(main.url);
      socket.on("open", () => {
        for (let i = from; i < from + count; i++) socket.send(malformed[i % malformed.length]);
      });
      socket.on("error", () => {});
      return new Promise<number>((resolve) => socket.on("close", resolve));
    };
    const [sockets, each] = [200, 45];
    for (let i = 0; i < sockets; i += 20) {
      const codes = await Promise.all(Array.from({ length: 20 }, (_, k) => sendAll(i + k, each)));
      expect(new Set(codes)).toEqual(new Set([1007]));
    }
    for (let i = 0; i < 1_000; i++) {
      const { port1, port2 } = new MessageChannel();
      serveMessagePort(port1, { workbench: main.workbench, purpose: "serve" }, (text) => main.faults.push(text));
      const closed = new Promise((resolve) => port2.addEventListener("close", resolve));
      port2.postMessage(malformed[i % malformed.length]);
      await closed;
    }
    expect(await main.overSocket().services.queue.list()).toMatchObject({ paused: false });
  });

  it("well-formed ones are answered, one by one", { timeout: 30_000 }, async () => {
    const socket = new WebSocket(main.url);
    await new Promise((resolve) => socket.on("open", resolve));
    let answers = 0;
    socket.on("message", () => answers++);
    for (let i = 0; i < 10_000; i++) socket.send(JSON.stringify(nonsense[i % nonsense.length](i)));
    const client = main.overSocket();
    expect(await client.services.queue.list()).toMatchObject({ paused: false });
    while (answers < 7_000) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(socket.readyState).toBe(WebSocket.OPEN);
    socket.close();
  });
});

describe.each(ways)("errors over a %s", (way) => {
  let services: RpcClient["services"];
  beforeAll(() => {
    ({ services } = connect(main, way));
  });

  const grid = { recipe: "course", families: ["plain"], depths: [20], seeds: [1] } as const;
  it.each<[string, () => Promise<unknown>, object]>([
    ["a run that is not there", () => services.runs.show({ run: "x" }), { code: "run-unknown", mend: expect.any(String) as string }],
    ["a data set that is not there", () => services.queue.add({ grid }), { code: "dataset-missing", mend: expect.stringContaining("download cifar10") as string }],
    ["an action that makes no sense", () => services.runs.act({ run: main.id, action: "pause" }), { code: "run-state", mend: expect.any(String) as string }],
    ["what the contract refuses", () => services.runs.show({ run: "" }), { code: "usage", message: expect.stringMatching(/^run: /) as string }],
    ["too much at once", () => services.series.read({ runs: Array<string>(64).fill(main.id), series: ["loss"], buckets: 10_000 }), { code: "usage" }],
    ["an iteration without an evaluation", () => services.evaluations.read({ run: main.id, iteration: 5 }), { code: "usage" }],
    ["an image that is not there", () => services.datasets.images({ name: "shapes", part: "test", images: [1e6] }), { code: "usage" }],
    ["a stream's own", async () => (await services.datasets.add({ name: "tiny", from: "relative" })).next(), { code: "usage", mend: "Name the whole path." }],
    ["a path out of the folder", () => services.datasets.remove({ name: "../runs" }), { code: "usage" }],
  ])("%s", async (_, call, expected) => {
    await expect(call()).rejects.toMatchObject(expected);
  }); // prettier-ignore

  it("another version", async () => {
    const theirs = { contract: contractVersion, hash: contractHash, program: "9.9.9" };
    expect(await services.version(theirs)).toMatchObject({ hash: contractHash });
    for (const other of [
      { ...theirs, contract: 99 },
      { ...theirs, hash: "another" },
    ]) {
      await expect(services.version(other)).rejects.toMatchObject({
        cause: { code: "contract-mismatch", data: { ours: { hash: contractHash }, theirs: other } },
      });
    }
  });
});

describe("a client that is refused", () => {
  it("by a main of another version, says which, and tries again when it is told to", async () => {
    const { version } = implement({ version: contract.version });
    let hash = "another";
    const handler = new RPCHandler({
      version: version.handler(() => ({
        contract: contractVersion,
        hash,
        program: "9.9.9",
        purpose: "serve",
        processId: 1,
      })),
    });
    const http = createServer();
    const sockets = new WebSocketServer({ server: http });
    sockets.on("connection", (socket) => void handler.upgrade(socket));
    await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
    const url = `ws://127.0.0.1:${(http.address() as AddressInfo).port}`;
    const client = connectRpc(webSocketTransport(url), { program: "test" });
    await expect(client.services.queue.list()).rejects.toMatchObject({ code: "interrupted", message: /9\.9\.9/ });
    expect(client.state).toMatchObject({ kind: "refused", refusal: { code: "contract-mismatch" } });
    hash = contractHash;
    client.reconnect();
    expect(await client.services.version()).toMatchObject({ program: "9.9.9" });
    client.close();
    http.close();
  });

  it("since it is not signed in, says so", async () => {
    const refusal = { code: "signed-out", message: "This window is not signed in.", mend: "rwb serve" } as const;
    const url = "ws://127.0.0.1:9/rpc";
    const client = connectRpc(webSocketTransport(url, { whyRefused: async () => refusal }), { program: "test" });
    await expect(client.services.version()).rejects.toMatchObject({ message: refusal.message });
    expect(client.state).toEqual({ kind: "refused", refusal });
    client.close();
  });
});
