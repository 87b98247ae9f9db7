import type { Family, RunConfig } from "./runConfig.ts";

/** Named configurations to start from or to compare with. */
export interface Recipe {
  readonly name: RecipeName;
  readonly title: string;
  /** The recipe's configuration for one cell of the grid; residual-20 (quick: residual-8) where none is named. */
  config(cell?: { family?: Family; depth?: number }): RunConfig;
}

export const recipeNames = ["course", "paper", "quick"] as const;
export type RecipeName = (typeof recipeNames)[number];

const iterations = 64_000;
const dropAtIterations = [32_000, 48_000];

/** The course report's settings; what it leaves open (per-pixel mean, He normal) is this project's assumption. */
const course: RunConfig = {
  dataset: "cifar10",
  validationImages: 0,
  network: { family: "residual", depth: 20, width: 16, shortcut: "none", initialization: "he-normal" },
  training: {
    batchSize: 128,
    iterations,
    momentum: 0.9,
    nesterov: false,
    weightDecay: 1e-4,
    decays: "all",
    labelSmoothing: 0,
    learningRate: { kind: "steps", base: 0.1, factor: 0.1, dropAtIterations },
  },
  augmentation: { padPixels: 4, flipProbability: 0.5 },
  preprocessing: "per-pixel-mean",
  evaluation: { everyIterations: 1000 },
  checkpoint: { everyIterations: 1000 },
  // At the start, before each drop and at the end. A probe's iteration is the one before whose update it is taken.
  probe: { atIterations: [0, ...dropAtIterations, iterations] },
  precision: "float32",
  seed: 1,
};

/** Layers from which the paper starts with 0.01 (He et al. 2016, section 4.2: 110 layers, about 400 iterations). */
const warmupFromDepth = 110;

const withCell = (config: RunConfig, { family, depth }: { family?: Family; depth?: number }): RunConfig => ({
  ...config,
  network: {
    ...config.network,
    family: family ?? config.network.family,
    depth: depth ?? config.network.depth,
  },
});

export const recipes: Readonly<Record<RecipeName, Recipe>> = {
  course: {
    name: "course",
    title: "The course report: no shortcut where the size changes",
    config: (cell = {}) => withCell(course, cell),
  },
  paper: {
    name: "paper",
    title: "He et al. 2016, section 4.2: zero-padded shortcuts (option A), a warm-up from 110 layers on",
    config: (cell = {}) => {
      const config = withCell({ ...course, network: { ...course.network, shortcut: "zero-pad" } }, cell);
      if (config.network.depth < warmupFromDepth) return config;
      const learningRate = { ...config.training.learningRate, warmup: { iterations: 400, learningRate: 0.01 } };
      return { ...config, training: { ...config.training, learningRate } };
    },
  },
  quick: {
    name: "quick",
    title: "The built-in shapes, 8 layers, about a minute on two cores",
    config: (cell = {}) =>
      withCell(
        {
          ...course,
          dataset: "shapes",
          network: { ...course.network, depth: 8 },
          training: {
            ...course.training,
            iterations: 600,
            learningRate: { kind: "steps", base: 0.1, factor: 0.1, dropAtIterations: [300, 450] },
          },
          evaluation: { everyIterations: 100 },
          checkpoint: { everyIterations: 100 },
          // It is there to be quick, and nobody asks eight layers how gradients reach the first of them.
          probe: { atIterations: [] },
        },
        cell,
      ),
  },
};
