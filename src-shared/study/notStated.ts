import { counted } from "../figures/lists.ts";
import type { RecipeName } from "../recipes.ts";
import type { RunConfig } from "../runConfig.ts";

/** What a reference leaves open, and what stands in its place here. */
export const openTopics = [
  "split",
  "normalisation",
  "initialisation",
  "batch-norm",
  "batch-norm-images",
  "momentum-form",
  "decay",
  "evaluation",
  "seeds",
  "published-curves",
] as const;
export type OpenTopic = (typeof openTopics)[number];

interface Open {
  readonly topic: OpenTopic;
  /** What is known of it all the same; empty where nothing is. */
  readonly known: string;
  /** What a run does, by its configuration. */
  readonly here: (config: RunConfig, seeds: number) => string;
}

const batchNorm: Open = {
  topic: "batch-norm",
  known: "",
  here: () => "epsilon 1e-5, running averages that take a tenth of each batch",
};

const preprocessingWords: Readonly<Record<RunConfig["preprocessing"], string>> = {
  "per-pixel-mean": "the per-pixel mean is subtracted",
  "per-channel": "mean and standard deviation of each channel",
};
const initializationWords: Readonly<Record<RunConfig["network"]["initialization"], string>> = {
  "he-normal": "He normal",
};
const decayWords: Readonly<Record<RunConfig["training"]["decays"], string>> = {
  all: "every trainable tensor",
  kernels: "kernels alone",
};

/**
 * The course report names PyTorch's CIFAR-10 tutorial as its reference, whose settings are therefore likely; it does not
 * state them. The paper (section 4.2) trained on two GPUs, and Caffe's momentum, v = m v + rate g, differs from PyTorch's just
 * after each change of the rate.
 */
export const notStated: Readonly<Record<RecipeName, readonly Open[]>> = {
  course: [
    {
      topic: "split",
      known: "",
      here: ({ validationImages }) =>
        validationImages === 0
          ? "all training images train, the test images test"
          : `${validationImages} training images are kept for validation`,
    },
    {
      topic: "normalisation",
      known: "PyTorch's tutorial: mean 0.5, standard deviation 0.5",
      here: ({ preprocessing }) => preprocessingWords[preprocessing],
    },
    {
      topic: "initialisation",
      known: "PyTorch's tutorial: PyTorch's default",
      here: ({ network }) => initializationWords[network.initialization],
    },
    batchNorm,
    { topic: "evaluation", known: "", here: () => "inference mode, with the running averages" },
    { topic: "seeds", known: "", here: (_, seeds) => (seeds === 1 ? "one seed" : counted(seeds, "seed")) },
    {
      topic: "published-curves",
      known: "",
      here: () => "linear axes, smoothing that never crosses a change of the learning rate",
    },
  ],
  paper: [
    batchNorm,
    {
      topic: "batch-norm-images",
      known: "two GPUs, so probably 64 images",
      here: ({ training }) => `all ${training.batchSize} images of a batch`,
    },
    { topic: "momentum-form", known: "", here: () => "PyTorch's, v = m v + g" },
    { topic: "decay", known: "", here: ({ training }) => decayWords[training.decays] },
  ],
  quick: [],
};
