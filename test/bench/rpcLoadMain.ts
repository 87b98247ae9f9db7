/**
 * The main of rpc-load.ts and of test/integration/rpc.stall.test.ts, in a process of its own: a workbench folder with runs
 * of 64,000 iterations, served over WebSocket on 127.0.0.1, and trainers that are played.
 *
 * Told over IPC: { play: trainers }, { usage: true }, { end: true }. Says { url, ids, archive }, then usages.
 */
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { WebSocketServer } from "ws";
import { exportArchive } from "../../src-main/archive/index.ts";
import { serveSocket } from "../../src-main/rpc/serveSocket.ts";
import { RunFolder } from "../../src-main/trainer/runFolder.ts";
import { openWorkbench, type Workbench } from "../../src-main/workbench.ts";
import { recipes } from "../../src-shared/recipes.ts";
import type { RunConfig } from "../../src-shared/runConfig.ts";

export interface MainReady {
  readonly url: string;
  readonly ids: readonly string[];
  /** Of the first run. */
  readonly archive: string;
}

export interface MainUsage {
  /** Of this process since its start, in milliseconds. */
  readonly cpuMs: number;
  readonly residentBytes: number;
  readonly heapBytes: number;
  /** The longest that the event loop stood still since the last question, by the clock: others' work counts. */
  readonly longestStallMs: number;
  /** The longest that this program computed without a turn for others, by its thread's own time. */
  readonly longestHoldMs: number;
}

export interface ToMain {
  readonly play?: number;
  readonly usage?: true;
  readonly end?: true;
}

const iterations = 64_000;
const iterationsALine = 10;

function configOf(seed: number): RunConfig {
  const { network, ...rest } = recipes.course.config({ family: "residual", depth: 20 });
  return { ...rest, network: { ...network, width: 1 }, dataset: "shapes", seed };
}

const progress = (from: number, count: number): string => {
  const at = Array.from({ length: count }, (_, i) => from + i);
  return JSON.stringify({
    type: "progress",
    timeMs: Date.now(),
    fromIteration: from,
    loss: at.map((i) => Math.fround(2.3 * Math.exp(-i / 2e4) + 0.1 * Math.random())),
    accuracy: at.map(() => Math.round(Math.random() * 128) / 128),
    learningRate: at.map(() => 0.1),
    elapsedMs: 100 * count,
    imagesPerSecond: 1280,
  });
};

const started = (seed: number): string =>
  JSON.stringify({
    ...{ type: "started", version: 1, timeMs: 0, generation: `g-${seed}`, iterations, batchSize: 128 },
    ...{ trainImages: 50_000, testImages: 10_000, validationImages: 0, threads: 1, lanes: 1 },
    trainableParameters: 269_722,
    dataset: { name: "shapes", title: "Shapes", original: true, checksum: "0".repeat(64) },
    engine: { tensorflow: "2.21.0", device: "cpu" },
  });

const predictions = Buffer.alloc(10_000, 3).toString("base64");
const evaluated = (iteration: number): string =>
  JSON.stringify({
    ...{ type: "evaluated", timeMs: 0, iteration, testLoss: 0.4, testAccuracy: 0.9, predictions, elapsedMs: 3000 },
  });
const finished = JSON.stringify({
  ...{ type: "finished", timeMs: 0, iteration: iterations, testLoss: 0.4, testAccuracy: 0.9, bestTestAccuracy: 0.9 },
  elapsedMs: 6_400_000,
});

/** A finished run with everything but checkpoints, as a trainer leaves it. */
function addRun(workbench: Workbench, seed: number, isWhole: boolean): string {
  const config = configOf(seed);
  const id = `load-${seed}`;
  const folder = RunFolder.create(path.join(workbench.home, "runs", id), {
    ...{ version: 1, config, threads: 1, lanes: 1, queued: true, createdAt: new Date().toISOString() },
  });
  const lines = [started(seed)];
  for (let from = 0; isWhole && from < iterations; from += iterationsALine) {
    lines.push(progress(from, iterationsALine));
    if ((from + iterationsALine) % 1000 === 0) lines.push(evaluated(from + iterationsALine));
  }
  if (isWhole) lines.push(finished);
  writeFileSync(folder.events, `${lines.join("\n")}\n`);
  const { history } = workbench;
  history.runs.add({ id, config, deviations: [], codeVersion: "0.1.0", createdMs: seed, threads: 1, lanes: 1 });
  history.runs.act(id, "start");
  history.runs.act(id, "started");
  while (history.ingest(id, folder.events).more);
  if (isWhole) history.runs.act(id, "finished");
  return id;
}

/** The workbench with trainers that write ten iterations four times a second, each. */
function withPlayedTrainers(workbench: Workbench): { workbench: Workbench; play: (trainers: number) => void } {
  const listeners = new Set<() => void>();
  const active = new Map<string, { live: { iteration: number; loss: number; accuracy: number } }>();
  const played = {
    ...workbench,
    queue: { active, paused: false, changed: () => {} },
    subscribe: (listener: () => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  } as unknown as Workbench;
  const play = (trainers: number) => {
    for (let seed = 1000; seed < 1000 + trainers; seed++) {
      const id = addRun(workbench, seed, false);
      const events = path.join(workbench.home, "runs", id, "events.ndjson");
      const live = { iteration: 0, loss: NaN, accuracy: NaN };
      active.set(id, { live });
      setInterval(() => {
        appendFileSync(events, `${progress(live.iteration, iterationsALine)}\n`);
        Object.assign(live, { iteration: live.iteration + iterationsALine, loss: Math.random(), accuracy: 0.5 });
        workbench.history.ingest(id, events);
        for (const listener of listeners) listener();
      }, 250);
    }
  };
  return { workbench: played, play };
}

function threadMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

const runs = Number(process.argv[2] ?? 8);
const home = mkdtempSync(path.join(os.tmpdir(), "rwb-rpc-load-"));
process.on("exit", () => rmSync(home, { recursive: true, force: true }));
process.on("disconnect", () => process.exit());

mkdirSync(path.join(home, "runs"));
const opened = await openWorkbench({ home });
const ids = Array.from({ length: runs }, (_, seed) => addRun(opened, seed, true));
const archive = path.join(home, "run.tar.gz");
await exportArchive(opened.history, home, ids[0], archive);
const { workbench, play } = withPlayedTrainers(opened);
const server = new WebSocketServer({ host: "127.0.0.1", port: 0, perMessageDeflate: false });
server.on("connection", (socket) => serveSocket(socket, { workbench, purpose: "serve" }, console.error));
const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
let longestHoldMs = 0;
let usedMs = threadMs();
setInterval(() => {
  const nowMs = threadMs();
  longestHoldMs = Math.max(longestHoldMs, nowMs - usedMs);
  usedMs = nowMs;
}, 1);
process.on("message", ({ play: trainers, usage, end }: ToMain) => {
  if (trainers !== undefined) play(trainers);
  if (usage) {
    const { user, system } = process.cpuUsage();
    const { rss, heapUsed } = process.memoryUsage();
    const said: MainUsage = {
      ...{ cpuMs: (user + system) / 1000, residentBytes: rss, heapBytes: heapUsed, longestStallMs: delay.max / 1e6 },
      longestHoldMs,
    };
    delay.reset();
    longestHoldMs = 0;
    process.send!(said);
  }
  if (end) process.exit();
});
server.once("listening", () => {
  const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/rpc`;
  process.send!({ url, ids, archive } satisfies MainReady);
});
