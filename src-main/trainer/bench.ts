import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { describeArchitecture, networkTensors } from "../../src-shared/architecture.ts";
import type { NetworkConfig, Precision, RunConfig } from "../../src-shared/runConfig.ts";
import { flatLayout } from "../compiler/flatLayout.ts";
import { buildProgram, type ImageSource } from "../compiler/program.ts";
import { createPlanner } from "../dataset/batchPlan.ts";
import { imageBytes, imageSide } from "../dataset/preparedDataset.ts";
import { nextTurn } from "./evaluation.ts";
import { EventLog } from "./eventLog.ts";
import { initialState } from "./initialize.ts";
import { ProgressBatch } from "./progressBatch.ts";
import { openSession } from "./session.ts";
import { trainStep, type StepParts } from "./step.ts";

export interface BenchOptions {
  readonly network: NetworkConfig;
  readonly training: RunConfig["training"];
  readonly augmentation: RunConfig["augmentation"];
  readonly precision: Precision;
  readonly lanes: number;
  readonly steps: number;
}

export interface BenchResult {
  /** Images a second of the step alone, on one fixed batch; from the median step. */
  readonly imagesPerSecond: number;
  /** Of the run's whole loop: plans, augmentation, accuracy, events; evaluation and checkpoints apart. */
  readonly wholeRunImagesPerSecond: number;
  readonly numTensors: number;
}

const warmupSteps = 3;
const classes = 10;
/** Images of the made-up data set: as many as CIFAR-10 has. */
const poolImages = 50_000;
const learningRate = Float32Array.of(0.01);

/** Times the training step on made-up images, in this process; bare step and whole loop alternate in short rounds. */
export async function bench(options: BenchOptions): Promise<BenchResult> {
  const folder = mkdtempSync(path.join(os.tmpdir(), "rwb-bench-"));
  try {
    const bare = await bareStep(options);
    const whole = await wholeLoop(options, folder);
    const times = { bare: [] as number[], whole: [] as number[] };
    for (let i = 0; i < warmupSteps; i++) {
      bare.step();
      await whole.step();
    }
    const roundSteps = Math.max(1, Math.min(10, Math.ceil(options.steps / 2)));
    for (let done = 0; done < options.steps; done += roundSteps) {
      for (let i = 0; i < roundSteps; i++) times.bare.push(timed(() => bare.step()));
      for (let i = 0; i < roundSteps; i++) {
        const startMs = performance.now();
        await whole.step();
        times.whole.push(performance.now() - startMs);
      }
    }
    const { batchSize } = options.training;
    const rate = (stepsMs: number[]) => (1000 * batchSize) / median(stepsMs);
    const numTensors = bare.numTensors();
    bare.close();
    whole.close();
    return { imagesPerSecond: rate(times.bare), wholeRunImagesPerSecond: rate(times.whole), numTensors };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

function timed(work: () => void): number {
  const startMs = performance.now();
  work();
  return performance.now() - startMs;
}

async function open(options: BenchOptions, images: ImageSource) {
  const { network, training, precision, lanes } = options;
  const program = buildProgram({ network, classes, precision, training, lanes, images, probe: false });
  const session = await openSession(program, { lanes, precision });
  const layout = flatLayout(networkTensors(describeArchitecture(network, classes)));
  session.run("restore", { ...initialState(layout, 1) });
  return session;
}

async function bareStep(options: BenchOptions) {
  const session = await open(options, { kind: "fixed-batch" });
  const { batchSize } = options.training;
  session.run("loadData", {
    images: Float32Array.from({ length: batchSize * imageBytes }, (_, i) => noise(i) / 128 - 1),
    labels: Int32Array.from({ length: batchSize }, (_, i) => i % classes),
  });
  return {
    step: () => void session.run("train", { learningRate }),
    numTensors: () => session.numTensors(),
    close: () => session.close(),
  };
}

/** Cheap, and no two images alike. */
const noise = (index: number): number => (Math.imul(index, 0x9e3779b1) >>> 24) & 0xff;

async function wholeLoop(options: BenchOptions, folder: string) {
  const files = { images: path.join(folder, "images.u8"), labels: path.join(folder, "labels.u8") };
  writeFileSync(
    files.images,
    Uint8Array.from({ length: poolImages * imageBytes }, (_, i) => noise(i)),
  );
  const labels = Uint8Array.from({ length: poolImages }, (_, i) => i % classes);
  writeFileSync(files.labels, labels);
  const session = await open(options, { kind: "pool", files: [{ ...files, count: poolImages }] });
  session.run("loadData", {
    mean: new Float32Array(imageSide * imageSide * 3).fill(128),
    divisor: new Float32Array(3).fill(255),
  });
  const { batchSize } = options.training;
  const planner = createPlanner({ seed: 1, trainImages: poolImages, batchSize, ...options.augmentation });
  const log = new EventLog(path.join(folder, "events.ndjson"), () => {});
  const progress = new ProgressBatch(batchSize, (event) => log.append(event));
  const training = Int32Array.from({ length: poolImages }, (_, index) => index);
  const parts: StepParts = {
    session,
    planner,
    data: { training, labelOf: (index) => labels[index] },
    training: options.training,
    classes,
    progress,
  };
  let iteration = 0;
  return {
    async step() {
      trainStep(parts, iteration++);
      await nextTurn();
    },
    close() {
      log.close();
      session.close();
    },
  };
}
