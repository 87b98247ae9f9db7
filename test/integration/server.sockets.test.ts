import { monitorEventLoopDelay } from "node:perf_hooks";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { createORPCClient } from "@orpc/client";
import { RPCLink } from "@orpc/client/websocket";
import { describe, expect, it } from "vitest";
import type { WebSocket } from "ws";
import { smallConfig } from "../unit/archiveFixture.ts";
import type { Services } from "../../src-shared/contract/index.ts";
import {
  atEnd,
  closedWith,
  codeIn,
  opened,
  refusedWith,
  sendRaw,
  startShell,
  type TestShell,
} from "./server.fixture.ts";

const servicesOf = (socket: WebSocket): Services => {
  socket.binaryType = "arraybuffer";
  return createORPCClient(new RPCLink({ websocket: socket }));
};
const call = (at: number): string => JSON.stringify({ i: String(at), p: { u: "/version", b: "" } });

/** How long the shell takes to answer meanwhile, at most, in milliseconds. */
async function slowestAnswer(shell: TestShell, cookie: string, whileMs: number): Promise<number> {
  let slowestMs = 0;
  const untilMs = performance.now() + whileMs;
  while (performance.now() < untilMs) {
    const startMs = performance.now();
    expect((await shell.ask("/api/runs", { headers: { cookie } })).status).toBe(200);
    slowestMs = Math.max(slowestMs, performance.now() - startMs);
    await sleep(10);
  }
  return slowestMs;
}

describe("/rpc", () => {
  it("answers to a browser that was let in", async () => {
    const shell = await startShell();
    const socket = await shell.socket();
    const services = servicesOf(socket);
    await opened(socket);
    expect(await services.version()).toMatchObject({ purpose: "serve", processId: process.pid });
    expect(await services.queue.list()).toEqual({ paused: false, runs: [] });
    await expect(services.runs.show({ run: "none" })).rejects.toMatchObject({ code: "run-unknown" });
    expect(shell.notes).toEqual([]);
  });

  it("says goodbye when the workbench ends, also to those that do not answer", async () => {
    const shell = await startShell();
    const [polite, deaf] = [await shell.socket(), await shell.socket()];
    await Promise.all([opened(polite), opened(deaf)]);
    deaf.pause();
    const startMs = performance.now();
    const closed = closedWith(polite);
    await shell.close();
    expect(await closed).toBe(1001);
    expect(performance.now() - startMs).toBeLessThan(3_000);
  });

  it("takes so many clients", async () => {
    const shell = await startShell({ limits: { sockets: 3 } });
    const sockets = await Promise.all([1, 2, 3].map(() => shell.socket()));
    await Promise.all(sockets.map(opened));
    const { status, body } = await refusedWith(await shell.socket());
    expect([status, codeIn(body)]).toEqual([503, "clients"]);
    const closed = closedWith(sockets[0]);
    sockets[0].close();
    await closed;
    await sleep(50);
    await opened(await shell.socket());
  });

  it("lets go of clients that no longer answer, and keeps those that do", async () => {
    const shell = await startShell({ limits: { pingEveryMs: 150 } });
    const [alive, gone] = [await shell.socket(), await shell.socket({ autoPong: false })];
    await Promise.all([opened(alive), opened(gone)]);
    expect(await closedWith(gone)).toBe(1006);
    await sleep(500);
    expect(alive.readyState).toBe(alive.OPEN);
  });
});

describe("messages", () => {
  it.each<[string, string | Buffer, number]>([
    ["no JSON", "hello", 1007],
    ["binary", Buffer.from(call(1)), 1007],
    ["an object of another kind", "{}", 1007],
    ["too deep", "[".repeat(200_000), 1007],
    ["larger than 1 MiB", call(1).padEnd(1024 * 1024 + 1), 1009],
  ])("%s close the socket", async (_, message, code) => {
    const shell = await startShell();
    const socket = await shell.socket();
    await opened(socket);
    const closed = closedWith(socket);
    socket.send(message);
    expect(await closed).toBe(code);
    await opened(await shell.socket());
    expect(shell.notes).toEqual([]);
  });

  it("as large as may be are taken", async () => {
    const shell = await startShell();
    const socket = await shell.socket();
    await opened(socket);
    const answered = new Promise((resolve) => socket.once("message", resolve));
    socket.send(call(1).padEnd(1024 * 1024));
    await answered;
  });

  it("10,000 malformed ones: the shell answers in between, and its log stays short", async () => {
    const shell = await startShell();
    const cookie = await shell.enter();
    const [perSocket, sockets] = [200, 50];
    const delay = monitorEventLoopDelay({ resolution: 5 });
    delay.enable();
    const flood = (async () => {
      const codes: number[] = [];
      for (let at = 0; at < sockets; at++) {
        const socket = await shell.socket();
        await opened(socket);
        const closed = closedWith(socket);
        for (let n = 0; n < perSocket; n++) socket.send(n % 2 ? "{" : `{"i":${n},"p":null}`);
        codes.push(await closed);
      }
      return codes;
    })();
    const slowestMs = await slowestAnswer(shell, cookie, 800);
    const codes = await flood;
    delay.disable();
    expect(new Set(codes)).toEqual(new Set([1007]));
    expect(codes).toHaveLength(sockets);
    expect(slowestMs).toBeLessThan(1_000);
    expect(shell.notes.length).toBeLessThanOrEqual(3);
    await opened(await shell.socket());
  });

  it("10,000 well-formed ones on one socket: others are answered in between, and none is lost", async () => {
    const limits = { messagesAtOnce: 100, messagesPerSecond: 4_000 };
    const shell = await startShell({ limits });
    const cookie = await shell.enter();
    const socket = await shell.socket();
    await opened(socket);
    const answers = new Set<string>();
    socket.on("message", (data: Buffer) => answers.add((JSON.parse(data.toString()) as { i: string }).i));
    for (let at = 0; at < 10_000; at++) socket.send(call(at));
    expect(await slowestAnswer(shell, cookie, 2_000)).toBeLessThan(1_000);
    while (answers.size < 10_000) await sleep(20);
    expect(shell.notes).toEqual([]);
  });

  it("are heard no faster than their pace", async () => {
    const shell = await startShell({ limits: { messagesAtOnce: 50, messagesPerSecond: 100 } });
    const socket = await shell.socket();
    await opened(socket);
    let answers = 0;
    socket.on("message", () => answers++);
    for (let at = 0; at < 5_000; at++) socket.send(call(at));
    await sleep(1_000);
    expect(answers).toBeGreaterThanOrEqual(50);
    expect(answers).toBeLessThanOrEqual(50 + 200);
  });

  it("of a client that does not take its answers wait on its side", async () => {
    const shell = await startShell({
      limits: { messagesAtOnce: 10_000, messagesPerSecond: 10_000, unsentBytes: 100_000 },
    });
    const { runs } = shell.workbench.history;
    const long = { notes: "x".repeat(50_000), deviations: [], codeVersion: "0", createdMs: 0 };
    runs.add({ id: "r", config: smallConfig, status: "cancelled", ...long });
    const get = runs.get.bind(runs);
    let calls = 0;
    runs.get = (id) => {
      calls++;
      return get(id);
    };
    const socket = await shell.socket();
    await opened(socket);
    socket.pause();
    const show = { u: "/runs/show", b: { json: { run: "r" } } };
    for (let at = 0; at < 3_000; at++) socket.send(JSON.stringify({ i: String(at), p: show }));
    await sleep(1_000);
    const heard = calls;
    await sleep(500);
    // 50 kB an answer: what the two ends of the connection hold (some 6 MB), and 100 kB.
    expect(calls).toBe(heard);
    expect(heard).toBeGreaterThan(2);
    expect(heard).toBeLessThan(1_000);
    expect((await shell.ask("/api/runs", { headers: { cookie: await shell.enter() } })).status).toBe(200);
  });
});

describe("slow and broken requests", () => {
  const limits = { headersMs: 700, requestMs: 1_000, lingerMs: 300 };

  it("headers that never end are answered with 408, and the shell with 200", async () => {
    const shell = await startShell({ limits });
    const startMs = performance.now();
    const slow = Array.from({ length: 40 }, () => {
      const socket = connect(shell.port, "127.0.0.1");
      atEnd(() => socket.destroy());
      socket.on("error", () => {});
      socket.write("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n");
      const drip = setInterval(() => socket.write("X-A: b\r\n"), 100);
      let answer = "";
      socket.on("data", (chunk) => (answer += chunk.toString()));
      return new Promise<string>((resolve) =>
        socket.once("close", () => {
          clearInterval(drip);
          resolve(answer);
        }),
      );
    });
    const cookie = await shell.enter();
    expect((await shell.ask("/api/runs", { headers: { cookie } })).status).toBe(200);
    for (const answer of await Promise.all(slow)) expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(performance.now() - startMs).toBeLessThan(4_000);
  });

  it.each<[string, string, RegExp]>([
    ["no HTTP", "hello\r\n\r\n", /^HTTP\/1\.1 400 /],
    ["TLS", "\x16\x03\x01\x02\x00\x01", /^HTTP\/1\.1 400 /],
    ["headers without end", `GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ${"x".repeat(40_000)}`, /^HTTP\/1\.1 431 /],
    ["two lengths", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", /^HTTP\/1\.1 400 /],
    [
      "a length and chunks (smuggling)",
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      /^HTTP\/1\.1 400 /,
    ],
    ["a line break within a header", "GET / HTTP/1.1\r\nHost: 127.0.0.1\nX: y\r\n\r\n", /^HTTP\/1\.1 400 /],
  ])("%s: refused, with the headers that every answer has", async (_, bytes, expected) => {
    const shell = await startShell({ limits });
    const answer = await sendRaw(shell.port, bytes);
    expect(answer).toMatch(expected);
    expect(answer).toContain("Content-Security-Policy: default-src 'none'");
    expect(answer).not.toMatch(/HPE_| at |\.ts|node:/);
  });

  it("a body that nobody asked for is cut off after the answer", async () => {
    const shell = await startShell({ limits });
    const startMs = performance.now();
    const answer = await sendRaw(
      shell.port,
      "POST /api/import HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\nx",
    );
    expect(answer).toMatch(/^HTTP\/1\.1 403 /);
    expect(performance.now() - startMs).toBeLessThan(2_000);
  });

  it("connections beyond a number are closed", async () => {
    const shell = await startShell({ limits: { connections: 5 } });
    const idle = Array.from({ length: 12 }, () => {
      const socket = connect(shell.port, "127.0.0.1");
      atEnd(() => socket.destroy());
      const closed = new Promise<boolean>((resolve) => socket.on("error", () => {}).once("close", () => resolve(true)));
      return Promise.race([closed, sleep(500, false)]);
    });
    expect((await Promise.all(idle)).filter(Boolean)).toHaveLength(7);
  });
});
