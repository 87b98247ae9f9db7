import { once } from "node:events";
import { MessageChannel, type MessagePort } from "node:worker_threads";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LiveFeed } from "../../src-main/rpc/live/liveFeed.ts";
import { serveMessagePort, type ServedPort } from "../../src-main/rpc/serveMessagePort.ts";
import { connectRpc, messagePortTransport } from "../../src-renderer/state/rpcClient.ts";
import type { Tick } from "../../src-shared/contract/index.ts";
import { startMain, type ServedMain } from "./rpc.fixture.ts";

let main: ServedMain;
beforeAll(async () => {
  main = await startMain();
});
afterAll(() => main.close());

const serve = (port: ServedPort) =>
  serveMessagePort(port, { workbench: main.workbench, purpose: "serve" }, (text) => main.faults.push(text));

/** The shape that Electron gives main: an emitter of events, silent until it is started. */
function asMessagePortMain(port: MessagePort): ServedPort {
  const heard: ((event: { data: unknown }) => void)[] = [];
  return {
    postMessage: (message: unknown) => port.postMessage(message),
    on: (type: string, listener: (event: { data: unknown }) => void) => {
      if (type === "message") heard.push(listener);
      else port.on("close", () => listener({ data: undefined }));
    },
    start: () => void port.on("message", (data: unknown) => heard.forEach((listener) => listener({ data }))),
    close: () => port.close(),
  };
}

describe("a MessagePort", () => {
  it("may be Electron's", async () => {
    const { port1, port2 } = new MessageChannel();
    serve(asMessagePortMain(port1));
    const client = connectRpc(
      messagePortTransport(async () => port2),
      { program: "test" },
    );
    expect(await client.services.runs.list({})).toHaveLength(1);
    const series = await client.services.series.raw({ run: main.id, name: "loss", from: 0 });
    expect(series.size).toBeGreaterThan(24);
    client.close();
  });

  it("that main has closed is replaced by another", async () => {
    const ends: (() => void)[] = [];
    const askForPort = async () => {
      const { port1, port2 } = new MessageChannel();
      ends.push(serve(port1));
      return port2;
    };
    const client = connectRpc(messagePortTransport(askForPort), { program: "test" });
    const ticks: Tick[] = [];
    client.watch((tick) => ticks.push(tick));
    await client.services.version();
    ends[0]();
    await main.overSocket().services.runs.update({ run: main.id, pinned: true });
    while (!ticks.some(({ changed }) => changed.runs.includes(main.id))) await new Promise((next) => setTimeout(next, 10)); // prettier-ignore
    expect(ends).toHaveLength(2);
    expect(ticks.some(({ reset }) => reset)).toBe(false);
    client.close();
  });

  it("is let go by its disposer", async () => {
    const { port1, port2 } = new MessageChannel();
    const dispose = serve(port1);
    const closed = once(port2, "close");
    dispose();
    await closed;
    expect(main.faults).toEqual([]);
  });
});

it("a stream of ticks ends by itself, and its client misses nothing", async () => {
  const feed = new LiveFeed(main.workbench, 2);
  const ticks: Tick[] = [];
  const follow = async () => {
    for await (const tick of feed.watch(ticks.at(-1)?.cursor, undefined)) {
      ticks.push(tick);
      feed.note({ runs: [`run-${ticks.length}`] });
    }
  };
  for (let stream = 0; stream < 3; stream++) await follow();
  expect(feed.listeners).toBe(0);
  expect(ticks.map(({ changed }) => changed.runs)).toEqual([[], ["run-1"], ["run-2"], ["run-3"], ["run-4"], ["run-5"]]);
});
