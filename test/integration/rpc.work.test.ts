import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { downloadNames, type Tick } from "../../src-shared/contract/index.ts";
import { startMain, type ServedMain } from "./rpc.fixture.ts";

let main: ServedMain;
/** A mirror that never comes to its end. */
const requests: IncomingHttpHeaders[] = [];
let served = 0;
const mirror = createServer((request, response) => {
  requests.push(request.headers);
  served++;
  const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? "")?.[1] ?? 0);
  const whole = 150_000_000;
  const range = { "content-range": `bytes ${from}-${whole - 1}/${whole}` };
  response.writeHead(from > 0 ? 206 : 200, { "content-length": whole - from, ...(from > 0 && range) });
  const timer = setInterval(() => response.write(Buffer.alloc(100_000)), 20);
  response.on("close", () => {
    clearInterval(timer);
    served--;
  });
});

beforeAll(async () => {
  main = await startMain();
  mirror.listen(0, "127.0.0.1");
  await once(mirror, "listening");
  process.env.RWB_DATASET_MIRROR = `http://127.0.0.1:${(mirror.address() as AddressInfo).port}/`;
});
afterAll(async () => {
  delete process.env.RWB_DATASET_MIRROR;
  mirror.closeAllConnections();
  mirror.close();
  await main.close();
});

async function until(holds: () => boolean): Promise<void> {
  for (const startMs = performance.now(); !holds(); await sleep(10)) {
    if (performance.now() - startMs > 10_000) throw new Error("it does not come");
  }
}

it("says what it is at, stops when nobody listens, and goes on where it was", async () => {
  const { services } = main.overSocket();
  const download = async (name: "cifar10") => {
    for await (const step of await services.datasets.download({ name })) {
      expect(step).toMatchObject({ type: "progress", title: "cifar-10-binary.tar.gz", unit: "MB", total: 150 });
      if (step.type === "progress" && step.done > 1) return step.done;
    }
    throw new Error("it ended");
  };
  expect(await download("cifar10")).toBeLessThan(150);
  await until(() => served === 0);
  expect(await download("cifar10")).toBeGreaterThan(1);
  expect(requests.map(({ range }) => range !== undefined)).toEqual([false, true]);
  await until(() => served === 0);
});

it("stops with its client, and is told to the others", async () => {
  const [client, other] = [main.overPort(), main.overSocket()];
  const ticks: Tick[] = [];
  other.watch((tick) => ticks.push(tick));
  await until(() => ticks.length > 0);
  const streams = await Promise.all(downloadNames.map((name) => client.services.datasets.download({ name })));
  const firsts = Promise.allSettled(streams.map((stream) => stream.next()));
  await until(() => served === downloadNames.length);
  // Three at once are enough for one machine.
  const fourth = await other.services.setup.repair({ repair: "dataset-cifar10" });
  await expect(fourth.next()).rejects.toMatchObject({ code: "locked" });
  client.close();
  await until(() => served === 0);
  await firsts;
  await until(() => ticks.some(({ changed }) => changed.datasets));
  const again = await other.services.setup.repair({ repair: "dataset-cifar10" });
  expect((await again.next()).value).toMatchObject({ type: "progress" });
  await again.return();
  await until(() => served === 0);
  expect(main.faults).toEqual([]);
});
