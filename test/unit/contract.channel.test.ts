import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { connect } from "node:net";
import os from "node:os";
import path from "node:path";
import { implement } from "@orpc/server";
import { RPCHandler } from "@orpc/server/ws";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { withServices } from "../../src-main/rpc/connect.ts";
import { connectLocally } from "../../src-main/rpc/localClient.ts";
import { findLocalAddress, makeLocalAddress } from "../../src-main/rpc/localAddress.ts";
import { listenLocally } from "../../src-main/rpc/localServer.ts";
import { openWorkbench, type Workbench } from "../../src-main/workbench.ts";
import { contract, type Services } from "../../src-shared/contract/index.ts";
import { WorkbenchError } from "../../src-shared/errors.ts";

const folder = mkdtempSync(path.join(os.tmpdir(), "rwb-channel-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

let count = 0;
const newHome = () => path.join(folder, `home-${++count}`);

/** A main of its own folder that listens; everything ends with the test. */
async function startMain(change: (workbench: Workbench) => Workbench = (same) => same) {
  const home = newHome();
  const opened = await openWorkbench({ home });
  ends.push(() => opened.close("the test is over"));
  const faults: string[] = [];
  const stop = await listenLocally({ workbench: change(opened), purpose: "queue" }, (text) => faults.push(text));
  ends.push(stop);
  return { home, faults, stop };
}

const call = <T>(home: string, use: (services: Services) => Promise<T>): Promise<T> =>
  withServices(home, use, () => {});

/** A client of the socket that speaks no oRPC. @returns the code with which the socket closes */
async function sendRaw(home: string, ...messages: (string | Buffer)[]): Promise<number> {
  const socket = new WebSocket("ws://localhost/rpc", { createConnection: () => connect(findLocalAddress(home)!) });
  socket.on("open", () => messages.forEach((message) => socket.send(message)));
  socket.on("error", () => {});
  return new Promise((resolve) => socket.on("close", resolve));
}

describe("services", () => {
  const failures: readonly [string, (services: Services) => Promise<unknown>, object][] = [
    ["a run that is not there", ({ runs }) => runs.show({ run: "x" }), { code: "run-unknown", mend: /queue add/ }],
    [
      "a study that is not there",
      ({ studies }) => studies.show({ study: "x" }),
      { code: "study-unknown", mend: /create/ },
    ],
    ["what the contract refuses", ({ runs }) => runs.show({ run: "" }), { code: "usage", message: /^run: / }],
    [
      "a configuration that is none",
      ({ queue }) => queue.preview({ grid: { recipe: "quick", families: ["plain"], depths: [21], seeds: [1] } }),
      { code: "config-invalid", message: /6n \+ 2/ },
    ],
  ];
  it.each(failures)("fail alike in this process and over the socket: %s", async (_, use, expected) => {
    const own = await call(newHome(), use).catch((error: unknown) => error);
    const { home, faults } = await startMain();
    const remote = await call(home, use).catch((error: unknown) => error);
    for (const error of [own, remote]) {
      expect(error).toBeInstanceOf(WorkbenchError);
      for (const [key, value] of Object.entries(expected) as [keyof WorkbenchError, string | RegExp][])
        expect(String((error as WorkbenchError)[key])).toMatch(value);
    }
    expect((remote as Error).message).toBe((own as Error).message);
    expect(faults).toEqual([]);
  });

  it("change one history, whoever calls", async () => {
    const { home } = await startMain();
    const grid = { recipe: "course", families: ["plain"], depths: [20], seeds: [1, 2] } as const;
    await call(home, async ({ studies }) => {
      const { cells } = await studies.create({ study: "s", grid: { ...grid, set: ["precision=bfloat16"] } });
      expect(cells.map(({ seed, state, run }) => [seed, state, run])).toEqual([
        [1, "missing", null],
        [2, "missing", null],
      ]);
    });
    const [study] = await call(home, ({ studies }) => studies.list());
    expect(study).toMatchObject({ name: "s", template: null, grid: { set: ["precision=bfloat16"] } });
    expect(await call(home, ({ queue }) => queue.pause())).toEqual({ paused: true });
    expect(await call(home, ({ queue }) => queue.list())).toEqual({ paused: true, runs: [] });
  });

  it("say a fault of the program to the caller, and with its stack to main", async () => {
    const { home, faults } = await startMain((workbench) => ({
      ...workbench,
      planner: { plan: () => { throw new TypeError("no such thing"); } } as unknown as Workbench["planner"],
    })); // prettier-ignore
    await expect(call(home, ({ queue }) => queue.plan({}))).rejects.toMatchObject({
      code: "internal",
      message: "no such thing",
    });
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain("contract.channel.test.ts");
  });
});

describe("the socket", () => {
  it.each<[string, string | Buffer]>([
    ["no JSON", "hello"],
    ["another object", "{}"],
    ["null", "null"],
    ["binary", Buffer.from('{"i":"1","p":{"u":"/version"}}')],
    ["an address elsewhere", '{"i":"1","p":{"u":"http://elsewhere/version"}}'],
    ["an unknown kind", '{"i":"1","t":9}'],
    ["headers that are none", '{"i":"1","p":{"u":"/version","h":{"a":1}}}'],
  ])("closes at the first malformed message: %s", async (_, message) => {
    const { home, faults } = await startMain();
    expect(await sendRaw(home, message, '{"i":"2","p":{"u":"/queue/pause"}}')).toBe(1007);
    // What came after it was not listened to; others are served on.
    expect(await call(home, ({ queue }) => queue.list())).toMatchObject({ paused: false });
    expect(faults).toEqual([]);
  });

  it("takes no message beyond 1 MiB", async () => {
    const { home } = await startMain();
    expect(await sendRaw(home, " ".repeat(1024 * 1024 + 1))).toBe(1009);
  });

  it("ends with its main, and says so to who waits", async () => {
    const { home, stop } = await startMain();
    const main = (await connectLocally(home))!;
    expect(main).toMatchObject({ purpose: "queue", processId: process.pid });
    await stop();
    await expect(main.lost).rejects.toMatchObject({ code: "interrupted" });
    await expect(main.services.queue.list()).rejects.toThrow();
    expect(await connectLocally(home)).toBeUndefined();
    expect(existsSync(path.join(home, "main.sock"))).toBe(false);
  });

  it("of another version is not talked to", async () => {
    const home = newHome();
    mkdirSync(home);
    const { version } = implement({ version: contract.version });
    const handler = new RPCHandler({
      version: version.handler(() => ({ contract: 99, program: "9.9.9", purpose: "queue", processId: 1, more: true })),
    });
    const http = createServer();
    const sockets = new WebSocketServer({ server: http });
    sockets.on("connection", (socket) => void handler.upgrade(socket));
    await new Promise<void>((resolve) => http.listen(makeLocalAddress(home).path, resolve));
    ends.push(() => http.close());
    await expect(connectLocally(home)).rejects.toMatchObject({
      code: "locked",
      message: /another version \(9\.9\.9\)/,
    });
  });
});
