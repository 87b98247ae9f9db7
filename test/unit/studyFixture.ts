import { describeArchitecture } from "../../src-shared/architecture.ts";
import type { CellData, RunData, StudyData } from "../../src-shared/figures/studyData.ts";
import type { Lesion } from "../../src-shared/lesion.ts";
import { decimate } from "../../src-shared/series.ts";
import type { Family, Shortcut } from "../../src-shared/runConfig.ts";
import { estimate } from "../../src-shared/study/estimate.ts";

/** Numbers between 0 and 1 that look random and are the same everywhere. */
export function randomNumbers(seed: number): () => number {
  let state = (seed * 2654435761 + 12345) >>> 0;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0;
    return ((state ^ (state >>> 12)) >>> 0) / 2 ** 32;
  };
}

/** What a network of that kind comes to at 1/32 of the schedule, more or less as PyTorch has it. */
export const finalLossOf = (family: Family, depth: number): number =>
  family === "plain" ? 0.75 + 0.027 * (depth - 16) : 0.7 + 0.004 * (depth - 16);

export interface MadeRun {
  readonly family: Family;
  readonly depth: number;
  readonly shortcut?: Shortcut;
  readonly seed?: number;
  readonly iterations?: number;
  readonly done?: number;
  readonly state?: CellData["state"];
  readonly lesions?: boolean;
  readonly testImages?: number;
}

export const classes = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];

export const labelsOf = (testImages: number): Uint8Array => Uint8Array.from({ length: testImages }, (_, i) => i % 10);

/** Losses of each iteration. */
export function madeLosses({ family, depth, seed = 1, iterations = 2000 }: MadeRun): Float32Array {
  const random = randomNumbers(seed * 1000 + depth * 2 + Number(family === "plain"));
  const end = finalLossOf(family, depth) + 0.03 * (random() - 0.5);
  const drops = [iterations / 2, (iterations * 3) / 4];
  return Float32Array.from({ length: iterations }, (_, at) => {
    const passed = drops.filter((drop) => at >= drop).length;
    const high = end * (1 + 0.22 * (2 - passed));
    const slow = iterations * (family === "plain" ? 0.06 + depth / 900 : 0.08);
    return high + Math.max(0, 2.35 - high) * Math.exp(-at / slow) + 0.11 * (random() + random() + random() - 1.5);
  });
}

export function madeCell(made: MadeRun): CellData {
  const { family, depth, shortcut = "none", seed = 1, iterations = 2000, state = "done", testImages = 1000 } = made;
  const cell = { family, depth, shortcut, seed, state };
  const done = made.done ?? (state === "missing" || state === "waiting" ? 0 : iterations);
  if (done === 0) return { ...cell, run: undefined };
  const random = randomNumbers(seed * 77 + depth + (family === "plain" ? 500 : 0));
  const losses = madeLosses(made).map((loss, at) =>
    state === "diverged" && at > 0.95 * done ? loss + (at - 0.95 * done) ** 2 * 10 : loss,
  );
  const errorAt = (loss: number) => Math.min(0.9, 1 - Math.exp(-loss * 0.36) + 0.01);
  const series = (values: Float32Array) => ({ from: 0, values: values.slice(0, done), gaps: [] });
  const dense = (values: Float32Array): RunData["loss"] => {
    const size = Math.min(500, iterations);
    const edge = (index: number) => Math.floor((index * iterations) / size);
    const known = decimate(series(values), size, { from: 0, to: iterations });
    const filled = (column: Float32Array) => Float32Array.from({ length: size }, (_, i) => column[i] ?? NaN);
    return {
      starts: Int32Array.from({ length: size }, (_, i) => edge(i)),
      counts: Int32Array.from({ length: size }, (_, i) => edge(i + 1) - edge(i)),
      ...{ mean: filled(known.mean), minimum: filled(known.minimum), maximum: filled(known.maximum) },
    };
  };
  const accuracies = losses.map((loss) => 1 - errorAt(loss));
  const every = iterations / 10;
  const evaluations = Array.from({ length: Math.floor(done / every) }, (_, i) => {
    const at = (i + 1) * every;
    const loss = losses.slice(Math.max(0, at - 50), at).reduce((sum, value) => sum + value, 0) / Math.min(50, at);
    return { iteration: at, testAccuracy: Number((1 - errorAt(loss) - 0.02 - 0.03 * random()).toFixed(4)) };
  });
  const epoch = Math.min(done, Math.round(iterations / 5));
  const isDone = state === "done";
  const last = evaluations.at(-1);
  const truth = labelsOf(testImages);
  return {
    ...cell,
    run: {
      ...{ id: `${family}-${depth}-s${seed}-made00`, iterations, done },
      schedule: { kind: "steps", base: 0.1, factor: 0.1, dropAtIterations: [iterations / 2, (iterations * 3) / 4] },
      ...{ loss: dense(losses), accuracy: dense(accuracies), evaluations },
      probes: [0, iterations / 2, (iterations * 3) / 4, iterations]
        .filter((at) => at <= done)
        .map((at) => probeOf(made, at / iterations, random)),
      finalLoss: isDone ? estimate(losses.slice(-epoch)) : undefined,
      finalTrainingError: isDone ? estimate(accuracies.slice(-epoch).map((a) => 1 - a)) : undefined,
      testAccuracy: isDone ? last?.testAccuracy : undefined,
      bestTestAccuracy: isDone && last ? Math.max(...evaluations.map(({ testAccuracy }) => testAccuracy)) : undefined,
      predictions:
        isDone && last
          ? truth.map((label) => (random() < last.testAccuracy ? label : confused(label, random())))
          : undefined,
      trainingMs: done * depth * 26,
      imagesPerSecond: 128_000 / (depth * 26),
      machine: "a made-up processor, 1 thread a run",
      comparable: { course: iterations === 64_000, paper: false },
      lesion: made.lesions ? lesionOf(made, last?.testAccuracy ?? 0.5, random) : undefined,
    },
  };
}

const confused = (label: number, random: number): number =>
  label === 3 && random < 0.6 ? 5 : label === 5 && random < 0.6 ? 3 : Math.floor(random * 10);

function probeOf({ family, depth }: MadeRun, share: number, random: () => number): RunData["probes"][number] {
  const architecture = describeArchitecture({ family, depth, width: 16, shortcut: "none" }, 10);
  const layers = ["stem.conv", ...architecture.blocks.flatMap(({ name }) => [`${name}.conv1`, `${name}.conv2`])];
  const size = family === "plain" ? 1 : 0.4 + 4 / depth;
  return {
    iteration: Math.round(share * 2000) * 1,
    responses: layers.map((layer, index) => ({
      layer,
      std: size * (0.5 + 0.4 * random() + (0.3 * index) / layers.length),
    })),
    gradientNorms: [...layers, "head"].map((layer, index) => ({
      tensor: `${layer}.kernel`,
      norm:
        (0.02 + 0.4 * random()) * (1.2 - share) * (family === "plain" ? Math.exp(-(layers.length - index) / 25) : 1),
    })),
  };
}

export function lesionOf(
  { depth, family, shortcut = "none", iterations = 2000, testImages = 1000 }: MadeRun,
  accuracy: number,
  random: () => number,
): Lesion {
  const { blocks } = describeArchitecture({ family, depth, width: 16, shortcut }, 10);
  return {
    ...{ iteration: iterations, timeMs: 0, elapsedMs: 1000, images: testImages, testError: 1 - accuracy },
    blocks: blocks.map(({ name, stride }, index) => ({
      block: name,
      testError:
        stride === 2 && shortcut === "none"
          ? null
          : Math.min(0.95, 1 - accuracy + 0.35 * Math.exp(-index / 2) + 0.03 * random()),
    })),
  };
}

export interface MadeStudy {
  readonly families?: readonly Family[];
  readonly depths?: readonly number[];
  readonly seeds?: number;
  readonly iterations?: number;
  /** Of single cells, what differs. */
  readonly change?: (made: MadeRun) => Partial<MadeRun>;
  readonly shortcuts?: readonly Shortcut[];
}

export function madeStudy(made: MadeStudy = {}): StudyData {
  const {
    families = ["plain", "residual"],
    depths = [20, 32, 44, 56],
    seeds = 1,
    iterations = 2000,
    change = () => ({}),
  } = made;
  const shortcuts = made.shortcuts ?? ["none"];
  const cells = Array.from({ length: Math.max(1, seeds) }, (_, i) => i + 1).flatMap((seed) =>
    families.flatMap((family) =>
      (family === "plain" ? shortcuts.slice(0, 1) : shortcuts).flatMap((shortcut) =>
        depths.map((depth) => {
          const run: MadeRun = {
            family,
            depth,
            shortcut,
            seed,
            iterations,
            ...(seeds === 0 ? { state: "missing" } : {}),
          };
          return madeCell({ ...run, ...change(run) });
        }),
      ),
    ),
  );
  return {
    study: "made up",
    labels: [
      iterations === 64_000 ? "whole schedule" : "1/32 of the schedule",
      "CIFAR-10 (not the original archive)",
      "bfloat16",
      seeds === 1 ? "one seed" : `${seeds} seeds`,
    ],
    cells,
    truth: { labels: labelsOf(1000), classes },
  };
}
