/**
 * The main of rpc-load.ts and of test/integration/rpc.stall.test.ts, in a process of its own: a workbench folder with runs
 * of 64,000 iterations, served over WebSocket on 127.0.0.1, and trainers that are played.
 *
 * Told over IPC: { play: trainers }, { usage: true }, { end: true }. Says { url, ids, archive }, then usages.
 */
import { appendFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { WebSocketServer } from "ws";
import { exportArchive } from "../../src-main/archive/index.ts";
import { serveSocket } from "../../src-main/rpc/serveSocket.ts";
import { openWorkbench, type Workbench } from "../../src-main/workbench.ts";
import { addRun, iterationsALine, progress } from "./loadRuns.ts";

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
      const id = addRun(workbench, { seed, isWhole: false });
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
const ids = Array.from({ length: runs }, (_, seed) => addRun(opened, { seed, isWhole: true }));
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
