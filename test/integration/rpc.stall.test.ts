import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { connectRpc, webSocketTransport, type RpcClient } from "../../src-renderer/state/rpcClient.ts";
import { unpackSeries } from "../../src-shared/contract/index.ts";
import { startLoadedMain, type LoadedMain } from "../bench/rpcLoadClient.ts";
import { writeFiles } from "../unit/datasetFixtures.ts";

const mostRounds = 4;

let main: LoadedMain;
let reader: RpcClient;
let pinger: RpcClient;
const folder = mkdtempSync(path.join(os.tmpdir(), "rwb-rpc-stall-"));
beforeAll(async () => {
  main = await startLoadedMain(8);
  [reader, pinger] = [0, 1].map(() => connectRpc(webSocketTransport(main.url), { program: "test" }));
});
afterAll(async () => {
  reader.close();
  pinger.close();
  await main.close();
  rmSync(folder, { recursive: true, force: true });
});

function idx(dimensions: readonly number[]): Buffer {
  const header = Buffer.alloc(4 + 4 * dimensions.length);
  header.writeUInt32BE(0x0800 + dimensions.length, 0);
  dimensions.forEach((size, i) => header.writeUInt32BE(size, 4 + 4 * i));
  return Buffer.concat([header, Buffer.alloc(dimensions.reduce((a, b) => a * b))]);
}

async function importImages(name: string): Promise<void> {
  for await (const step of await reader.services.datasets.add({ name, from: folder, replace: true })) void step;
}

async function compareAll(): Promise<void> {
  const series = ["loss", "accuracy"] as ["loss", "accuracy"];
  const request = { runs: [...main.ids], series, from: 0, to: 64_000, buckets: 2_000 };
  const answers = Array.from({ length: 8 }, async () => unpackSeries(await reader.services.series.read(request)));
  for (const answer of await Promise.all(answers)) expect(answer.series).toHaveLength(16);
}

/** @returns how long pings took until the work was done, ascending */
async function pingsDuring(work: Promise<unknown>): Promise<number[]> {
  const taken: number[] = [];
  let done = false;
  void work.then(() => (done = true), () => (done = true)); // prettier-ignore
  while (!done) {
    const startMs = performance.now();
    await pinger.services.settings.get();
    taken.push(performance.now() - startMs);
    await sleep(1);
  }
  await work;
  return taken.toSorted((a, b) => a - b);
}

/**
 * Others compute on this machine: of some rounds the best counts. Work that blocks does so in each of them.
 * @param holdMs main's own time in one piece; a ping may take 50 ms
 */
async function staysBelow(holdMs: number, work: () => Promise<unknown>): Promise<void> {
  const rounds: { longestHoldMs: number; pingMs: number }[] = [];
  const isGood = () => rounds.some(({ longestHoldMs, pingMs }) => longestHoldMs < holdMs && pingMs < 50);
  while (rounds.length < mostRounds && !isGood()) {
    await main.usage();
    const pings = await pingsDuring(work());
    const { longestHoldMs } = await main.usage();
    rounds.push({ longestHoldMs, pingMs: pings[Math.floor(0.9 * pings.length)] });
  }
  expect(isGood(), JSON.stringify(rounds)).toBe(true);
}

it("a ping stays under 50 ms while 8 x 64,000 points are read again and again and a data set is imported", async () => {
  await writeFiles(folder, new Map([
    ["train-images-idx3-ubyte", idx([5_000, 28, 28])],
    ["train-labels-idx1-ubyte", idx([5_000])],
    ["t10k-images-idx3-ubyte", idx([1_000, 28, 28])],
    ["t10k-labels-idx1-ubyte", idx([1_000])],
  ])); // prettier-ignore
  await compareAll();
  await staysBelow(50, () => Promise.all([compareAll().then(compareAll), importImages("images")]));
});

it("a ping stays under 50 ms while a run of 64,000 iterations is imported, main's own slices under 25", async () => {
  await staysBelow(25, () => reader.services.archive.import({ file: main.archive }));
});
