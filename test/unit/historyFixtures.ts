import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach } from "vitest";
import { openHistory, type History, type HistoryOptions } from "../../src-main/history/index.ts";
import type { NewRun } from "../../src-main/history/types.ts";
import { recipes } from "../../src-shared/recipes.ts";
import type { RunConfig } from "../../src-shared/runConfig.ts";
import type { RunEvent } from "../../src-shared/runEvent.ts";

/** A workbench folder for each test, and the histories that it opens. */
export interface Bench {
  home: string;
  open(options?: Partial<HistoryOptions>): History;
  /** Called at the end of the test, when its histories are closed and its folder is still there. */
  atEnd(clean: () => void): void;
  /** A run's log. */
  log(id: string): string;
  /** Adds events to it, as a trainer does. */
  append(id: string, ...events: RunEvent[]): void;
}

/** The clock of tests: 2026-01-01, a second later at each look. */
export const startMs = Date.UTC(2026, 0, 1);

export function useBench(): Bench {
  let opened: History[] = [];
  let cleaners: (() => void)[] = [];
  let looks = 0;
  const now = () => startMs + 1000 * looks++;
  const bench: Bench = {
    home: "",
    open: (options = {}) => {
      const history = openHistory({ home: bench.home, now, ...options });
      opened.push(history);
      return history;
    },
    atEnd: (clean) => cleaners.push(clean),
    log: (id) => path.join(bench.home, "runs", id, "events.ndjson"),
    append: (id, ...events) => {
      mkdirSync(path.dirname(bench.log(id)), { recursive: true });
      appendFileSync(bench.log(id), toLines(events));
    },
  };
  beforeEach(() => {
    bench.home = mkdtempSync(path.join(os.tmpdir(), "rwb-history-"));
    looks = 0;
  });
  afterEach(() => {
    for (const history of opened) history.close();
    opened = [];
    for (const clean of cleaners) clean();
    cleaners = [];
    rmSync(bench.home, { recursive: true, force: true });
  });
  return bench;
}

export const toLines = (events: readonly RunEvent[]): string =>
  events.map((event) => `${JSON.stringify(event)}\n`).join("");

export const writeLog = (file: string, content: string | Uint8Array): void => {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content);
};

/** A configuration of `iterations`; everything else is the recipe's. */
export const config = (change: { iterations?: number; seed?: number; depth?: number } = {}): RunConfig => {
  const { iterations = 5_000, seed = 1, depth = 20 } = change;
  const base = recipes.course.config({ family: "residual", depth });
  return { ...base, seed, training: { ...base.training, iterations } };
};

export const newRun = (id: string, change: Partial<NewRun> = {}): NewRun => ({
  id,
  config: config(),
  deviations: [],
  codeVersion: "0.1.0",
  createdMs: startMs,
  ...change,
});

/** Reads all that a log has. @returns lines that were counted */
export function ingestAll(history: History, id: string, file: string, maxBytes?: number): number {
  let lines = 0;
  for (let more = true; more;) {
    const reading = history.ingest(id, file, maxBytes === undefined ? {} : { maxBytes });
    lines += reading.lines;
    more = reading.more;
  }
  return lines;
}

type Of<Type extends RunEvent["type"]> = Extract<RunEvent, { type: Type }>;

/** Events with everything that a test does not care for. */
export const event = {
  started: (change: Partial<Of<"started">> = {}): RunEvent => ({
    type: "started",
    version: 1,
    timeMs: startMs,
    generation: "first",
    iterations: 5_000,
    batchSize: 128,
    trainImages: 50_000,
    testImages: 4,
    validationImages: 0,
    threads: 2,
    lanes: 2,
    trainableParameters: 269_722,
    dataset: { name: "cifar10", title: "CIFAR-10", original: true, checksum: "abc" },
    engine: { tensorflow: "2.21.0", device: "cpu" },
    ...change,
  }),
  /** Iterations [from, to) with losses that are not the same twice. */
  progress: (from: number, to: number, change: Partial<Of<"progress">> = {}): RunEvent => {
    const at = Array.from({ length: to - from }, (_, i) => from + i);
    return {
      type: "progress",
      timeMs: startMs + to,
      fromIteration: from,
      loss: at.map((iteration) => 2 + iteration / 1024),
      accuracy: at.map((iteration) => (iteration % 128) / 128),
      learningRate: at.map(() => 0.125),
      elapsedMs: 100 * at.length,
      imagesPerSecond: 1280,
      ...change,
    };
  },
  evaluated: (iteration: number, change: Partial<Of<"evaluated">> = {}): RunEvent => ({
    type: "evaluated",
    timeMs: startMs + iteration,
    iteration,
    testLoss: 0.5,
    testAccuracy: 0.875,
    predictions: Buffer.from([1, 2, 3, 4]).toString("base64"),
    elapsedMs: 300,
    ...change,
  }),
  probed: (iteration: number): RunEvent => ({
    type: "probed",
    timeMs: startMs + iteration,
    iteration,
    responses: [{ layer: "stem", std: 0.5 }],
    gradientNorms: [
      { tensor: "stem.conv.kernel", norm: iteration },
      { tensor: "head.bias", norm: "NaN" },
    ],
  }),
  checkpointed: (iteration: number, best = false): RunEvent => ({
    type: "checkpointed",
    timeMs: startMs + iteration,
    iteration,
    file: "checkpoints/last.safetensors",
    best,
  }),
  resumed: (fromIteration: number): RunEvent => ({
    type: "resumed",
    timeMs: startMs + fromIteration,
    fromIteration,
    checkpoint: "checkpoints/last.safetensors",
  }),
  log: (message: string, level: "info" | "warning" = "info"): RunEvent => ({
    type: "log",
    timeMs: startMs,
    level,
    message,
  }),
  finished: (iteration: number): RunEvent => ({
    type: "finished",
    timeMs: startMs + iteration,
    iteration,
    testLoss: 0.5,
    testAccuracy: 0.875,
    bestTestAccuracy: 0.9,
    elapsedMs: 1000,
  }),
  failed: (iteration: number): RunEvent => ({
    type: "failed",
    timeMs: startMs + iteration,
    iteration,
    code: "internal",
    message: "out of the blue",
  }),
  diverged: (iteration: number): RunEvent => ({
    type: "diverged",
    timeMs: startMs + iteration,
    iteration,
    loss: "NaN",
    lastGoodCheckpoint: { iteration: 0, file: "checkpoints/last.safetensors" },
  }),
};
