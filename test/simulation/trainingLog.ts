import { learningRateAt } from "../../src-shared/schedule.ts";
import type { RunConfig } from "../../src-shared/runConfig.ts";
import { runEventVersion, toWireNumber, type RunEvent } from "../../src-shared/runEvent.ts";

/** What a simulated run is trained on, as its log names it. */
export interface SimulatedData {
  readonly name: string;
  readonly title: string;
  readonly checksum: string;
  readonly trainImages: number;
  /** Of the test part, in its order. */
  readonly labels: Uint8Array;
  readonly classes: number;
}

/** How it went: up to which iteration, and what came then. */
export interface Course {
  readonly until: number;
  readonly end: "finished" | "diverged" | "failed" | undefined;
  readonly startedMs: number;
  readonly message?: string;
}

const stepMs = 100;

/** Uniform in [0, 1): the same for the same number, without a state. */
export function uniform(number: number): number {
  let bits = Math.imul(number ^ 0x9e3779b9, 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return ((bits ^ (bits >>> 16)) >>> 0) / 2 ** 32;
}

/**
 * The loss that a training comes to: of the shape of the course report's figures. Plain networks get worse with depth,
 * residual ones better; each drop of the rate lets it fall.
 */
function lossAt({ network, training, seed }: RunConfig, iteration: number): number {
  const { family, depth } = network;
  const base = family === "plain" ? 0.18 + 0.012 * (depth - 8) : 0.2 - 0.0012 * (depth - 8);
  const rate = learningRateAt(training.learningRate, iteration, training.iterations) / training.learningRate.base;
  const level = base * (0.3 + 1.7 * rate ** 0.6) + 0.8 * Math.exp(-iteration / (0.04 * training.iterations));
  const early = Math.max(0, 2.3 - level) * Math.exp(-iteration / (0.004 * training.iterations));
  const noise = 1 + 0.35 * (uniform(iteration + 7919 * seed) - 0.5) + 0.12 * (uniform(31 * iteration + seed) - 0.5);
  return Math.fround((level + early) * noise);
}

const accuracyOf = (loss: number): number => Math.max(0.1, Math.min(1, 1 - 0.36 * loss));

/** Errors come in pairs of classes that look alike, as cats and dogs do. */
function predictionsAt(data: SimulatedData, accuracy: number, seed: number): Uint8Array {
  return data.labels.map((label, image) => {
    const chance = uniform(image * 17 + seed * 1009);
    if (chance < accuracy) return label;
    const kind = uniform(image * 29 + seed);
    const alike = label ^ 1;
    return kind < 0.6 && alike < data.classes ? alike : Math.floor(kind * 7919) % data.classes;
  });
}

/** The events of a training that never was. */
export function* trainingLog(
  config: RunConfig,
  data: SimulatedData,
  course: Course,
  iterationsALine = 100,
): Generator<RunEvent> {
  const { iterations, batchSize } = config.training;
  const { startedMs, until, end } = course;
  const timeAt = (iteration: number): number => startedMs + stepMs * iteration;
  yield {
    ...{ type: "started", version: runEventVersion, timeMs: startedMs, generation: `simulated-${config.seed}` },
    ...{ iterations, batchSize, trainImages: data.trainImages, testImages: data.labels.length, validationImages: 0 },
    ...{ threads: 2, lanes: 2, trainableParameters: 269_722 },
    dataset: { name: data.name, title: data.title, original: true, checksum: data.checksum },
    engine: { tensorflow: "2.21.0", device: "cpu" },
  };
  let last = { testLoss: NaN, testAccuracy: 0 };
  let best = 0;
  for (let from = 0; from < until; from += iterationsALine) {
    const to = Math.min(from + iterationsALine, until);
    const at = Array.from({ length: to - from }, (_, index) => from + index);
    const losses = at.map((iteration) =>
      end === "diverged" && iteration === until - 1 ? NaN : lossAt(config, iteration),
    );
    yield {
      ...{ type: "progress", timeMs: timeAt(to), fromIteration: from, loss: losses.map(toWireNumber) },
      accuracy: losses.map((loss) => Math.round(accuracyOf(loss) * batchSize) / batchSize || 0),
      learningRate: at.map((iteration) => learningRateAt(config.training.learningRate, iteration, iterations)),
      elapsedMs: stepMs * at.length,
      imagesPerSecond: (1000 * batchSize) / stepMs,
    };
    const { everyIterations } = config.evaluation;
    if (Math.floor(to / everyIterations) === Math.floor(from / everyIterations) && to !== iterations) continue;
    if (end === "diverged" && to === until) continue;
    const testLoss = lossAt({ ...config, seed: 0 }, to) * 1.25 + 0.15;
    const predictions = predictionsAt(data, accuracyOf(testLoss), config.seed + to);
    const right = predictions.reduce((count, label, image) => count + Number(label === data.labels[image]), 0);
    last = { testLoss, testAccuracy: right / data.labels.length };
    yield {
      ...{ type: "evaluated", timeMs: timeAt(to), iteration: to, ...last, elapsedMs: 3_000 },
      predictions: Buffer.from(predictions).toString("base64"),
    };
    const isBest = last.testAccuracy > best;
    best = Math.max(best, last.testAccuracy);
    const file = "checkpoints/last.safetensors";
    yield { type: "checkpointed", timeMs: timeAt(to), iteration: to, file, best: isBest };
  }
  const timeMs = timeAt(until);
  if (end === "finished") {
    const elapsedMs = stepMs * until;
    yield { type: "finished", timeMs, iteration: until, ...last, bestTestAccuracy: best, elapsedMs };
  } else if (end === "failed") {
    yield { type: "failed", timeMs, iteration: until, code: "disk-full", message: course.message ?? "It failed." };
  } else if (end === "diverged") {
    yield { type: "diverged", timeMs, iteration: until, loss: "NaN" };
  }
}
