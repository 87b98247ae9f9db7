import { createHash } from "node:crypto";
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { buffer } from "node:stream/consumers";
import { gunzipSync, gzipSync } from "node:zlib";
import tar, { type Header } from "tar-stream";
import { describeArchitecture, networkTensors } from "../../src-shared/architecture.ts";
import { recipes } from "../../src-shared/recipes.ts";
import type { RunConfig } from "../../src-shared/runConfig.ts";
import type { RunEvent } from "../../src-shared/runEvent.ts";
import type { RunStatus } from "../../src-shared/runState.ts";
import { flatLayout } from "../../src-main/compiler/flatLayout.ts";
import { openHistory, type History } from "../../src-main/history/index.ts";
import { CheckpointFolder } from "../../src-main/trainer/checkpoint.ts";
import { RunFolder } from "../../src-main/trainer/runFolder.ts";
import { emptyState } from "../../src-main/trainer/state.ts";

/** A workbench folder with one small run that no trainer has made: its folder, and the history of it. */
export interface Bench {
  readonly home: string;
  readonly history: History;
  readonly id: string;
  readonly folder: RunFolder;
  readonly archive: string;
  close(): void;
}

const quick = recipes.quick.config();
export const smallConfig: RunConfig = {
  ...quick,
  network: { ...quick.network, width: 1 },
  training: { ...quick.training, batchSize: 4, iterations: 6 },
};

const timeMs = 1_700_000_000_000;
const testImages = 5;

const progress = (fromIteration: number, loss: (number | "NaN")[]): RunEvent => ({
  ...{ type: "progress", timeMs, fromIteration, loss },
  accuracy: loss.map(() => 0.25),
  learningRate: loss.map(() => 0.1),
  elapsedMs: 7.5 * loss.length,
  imagesPerSecond: 533,
});
const evaluated = (iteration: number): RunEvent => ({
  ...{ type: "evaluated", timeMs, iteration, testLoss: 1.5, testAccuracy: 0.4 },
  predictions: Buffer.from([3, 1, 4, 1, 5]).toString("base64"),
  elapsedMs: 12,
});
const checkpointed = (iteration: number, best: boolean): RunEvent => ({
  ...{ type: "checkpointed", timeMs, iteration, file: "checkpoints/last.safetensors", best },
});

export const smallLog: readonly RunEvent[] = [
  {
    ...{ type: "started", version: 1, timeMs, generation: "g-1", iterations: 6, batchSize: 4 },
    ...{ trainImages: 100, testImages, validationImages: 0, threads: 1, lanes: 1, trainableParameters: 1_234 },
    dataset: { name: "shapes", title: "Shapes", original: true, checksum: "abc" },
    engine: { tensorflow: "2.21.0", device: "cpu" },
  },
  progress(0, [2.302585, 2.25, 2.125]),
  evaluated(3),
  checkpointed(3, true),
  progress(3, [2.0625]),
  { type: "resumed", timeMs, fromIteration: 3, checkpoint: "checkpoints/last.safetensors" },
  { type: "log", timeMs, level: "warning", message: "two\u2028lines, of which\nneither is one" },
  progress(3, [2.0625, "NaN"]),
  {
    ...{ type: "probed", timeMs, iteration: 5 },
    responses: [{ layer: "stem", std: 0.5 }],
    gradientNorms: [{ tensor: "stem.conv.kernel", norm: "Infinity" }],
  },
  progress(5, [1.875]),
  evaluated(6),
  checkpointed(6, false),
  { type: "finished", timeMs, iteration: 6, testLoss: 1.5, testAccuracy: 0.4, bestTestAccuracy: 0.4, elapsedMs: 90 },
];

const append = (file: string, events: readonly RunEvent[]): void =>
  appendFileSync(file, events.map((event) => `${JSON.stringify(event)}\n`).join(""));

/**
 * @param status of the run in the history; `log` must end accordingly
 * @param checksum of the data set that its checkpoints say they were trained on
 */
export function openBench(options: { status?: RunStatus; log?: readonly RunEvent[]; checksum?: string } = {}): Bench {
  const { status = "finished", log = smallLog, checksum = "abc" } = options;
  const home = mkdtempSync(path.join(os.tmpdir(), "rwb-archive-"));
  const history = openHistory({ home });
  const id = "residual-8-s1-abc123";
  const createdMs = timeMs - 1_000;
  const folder = RunFolder.create(path.join(home, "runs", id), {
    ...{ version: 1, config: smallConfig, threads: 1, lanes: 1, recipe: "quick", queued: true },
    createdAt: new Date(createdMs).toISOString(),
  });
  history.runs.add({
    ...{ id, config: smallConfig, recipe: "quick", deviations: ["width 1 instead of 16"], threads: 1, lanes: 1 },
    ...{ codeVersion: "0.1.0+abcdef0", tags: ["mine"], notes: "A small one.", status: "queued", createdMs },
  });
  history.runs.act(id, "start");
  history.runs.act(id, "started");
  append(folder.events, log);
  saveCheckpoints(folder, checksum);
  while (history.ingest(id, folder.events).more);
  if (status === "paused" || status === "pausing") history.runs.act(id, "pause");
  if (status === "paused") history.runs.act(id, "stopped");
  if (status === "finished" || status === "diverged" || status === "failed")
    history.runs.act(id, status, { reason: "so" });
  return {
    ...{ home, history, id, folder, archive: path.join(home, "run.tar.gz") },
    close: () => {
      history.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** `last`, `previous` and `best`, of iterations 6, 3 and 3. */
function saveCheckpoints(folder: RunFolder, datasetChecksum: string): void {
  const layout = flatLayout(networkTensors(describeArchitecture(smallConfig.network, 10)));
  const checkpoints = new CheckpointFolder(folder.checkpoints, { config: smallConfig, datasetChecksum, layout });
  for (const iteration of [3, 6]) {
    const state = emptyState(layout);
    state.weights.fill(iteration);
    checkpoints.save({ state, progress: { iteration, elapsedMs: 15 * iteration } }, { best: iteration === 3 });
  }
}

export interface Entry {
  readonly header: Partial<Header> & { name: string };
  readonly content: Buffer;
}

export async function entriesOf(archive: Buffer): Promise<Entry[]> {
  const extract = tar.extract();
  extract.end(gunzipSync(archive));
  const entries: Entry[] = [];
  for await (const entry of extract) entries.push({ header: entry.header, content: await buffer(entry) });
  return entries;
}

/** Headers as they are, lies included. */
export async function tarOf(entries: readonly Entry[]): Promise<Buffer> {
  const pack = tar.pack();
  const whole = buffer(pack);
  for (const { header, content } of entries) {
    if (header.type === "file" || header.type === undefined) pack.entry({ ...header, size: content.length }, content);
    else pack.entry({ ...header, size: 0 });
  }
  pack.finalize();
  return whole;
}

export const archiveOf = async (entries: readonly Entry[]): Promise<Buffer> =>
  gzipSync(await tarOf(entries), { level: 1 });

/** The same archive with other contents, and an `archive.json` that vouches for them. */
export function withContents(entries: readonly Entry[], contents: Readonly<Record<string, Buffer>>): Entry[] {
  const changed = entries.map(({ header, content }) => ({ header, content: contents[header.name] ?? content }));
  const [manifest, ...members] = changed;
  const json = JSON.parse(manifest.content.toString("utf8")) as { files: unknown };
  json.files = members.map(({ header, content }) => ({
    name: header.name,
    bytes: content.length,
    sha256: createHash("sha256").update(content).digest("hex"),
  }));
  return [{ header: manifest.header, content: Buffer.from(JSON.stringify(json)) }, ...members];
}

/** What an import that was refused may not leave behind: anything but the run that was there. */
export function leftBehind({ home, history, id }: Bench): string[] {
  const folders = readdirSync(path.join(home, "runs")).filter((name) => name !== id);
  return [...folders, ...history.runs.list().flatMap((run) => (run.id === id ? [] : [`${run.id} in the history`]))];
}

export const readRunFile = (folder: string, name: string): Buffer => readFileSync(path.join(folder, name));
