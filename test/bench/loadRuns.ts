/** Runs of 64,000 iterations for loads: as a trainer leaves them, without having been trained. */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { RunFolder } from "../../src-main/trainer/runFolder.ts";
import type { Workbench } from "../../src-main/workbench.ts";
import { recipes } from "../../src-shared/recipes.ts";
import type { Family, RunConfig } from "../../src-shared/runConfig.ts";

export const iterations = 64_000;
export const iterationsALine = 10;
const evaluationEvery = 1_000;

export interface LoadRun {
  readonly seed: number;
  /** Not only begun. */
  readonly isWhole: boolean;
  readonly family?: Family;
  readonly depth?: number;
}

function configOf({ seed, family = "residual", depth = 20 }: LoadRun): RunConfig {
  const { network, ...rest } = recipes.course.config({ family, depth });
  return { ...rest, network: { ...network, width: 1 }, dataset: "shapes", seed };
}

const rateAt = (iteration: number): number => (iteration < 32_000 ? 0.1 : iteration < 48_000 ? 0.01 : 0.001);

export const progress = (from: number, count: number): string => {
  const at = Array.from({ length: count }, (_, i) => from + i);
  return JSON.stringify({
    type: "progress",
    timeMs: Date.now(),
    fromIteration: from,
    loss: at.map((i) => Math.fround(2 * Math.exp(-i / 6e3) + 0.3 * (rateAt(i) / 0.1) ** 0.3 + 0.1 * Math.random())),
    accuracy: at.map((i) => Math.round((0.92 - 0.8 * Math.exp(-i / 6e3) + 0.08 * Math.random()) * 128) / 128),
    learningRate: at.map(rateAt),
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

/** A run with everything but checkpoints. @returns its id */
export function addRun(workbench: Workbench, run: LoadRun): string {
  const { seed, isWhole } = run;
  const config = configOf(run);
  const id = `load-${seed}`;
  const folder = RunFolder.create(path.join(workbench.home, "runs", id), {
    ...{ version: 1, config, threads: 1, lanes: 1, queued: true, createdAt: new Date().toISOString() },
  });
  const lines = [started(seed)];
  for (let from = 0; isWhole && from < iterations; from += iterationsALine) {
    lines.push(progress(from, iterationsALine));
    if ((from + iterationsALine) % evaluationEvery === 0) lines.push(evaluated(from + iterationsALine));
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
