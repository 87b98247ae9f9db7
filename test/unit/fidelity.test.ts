import { describe, expect, it } from "vitest";
import { gridConfigs, type Grid } from "../../src-shared/grid.ts";
import { recipeNames, recipes } from "../../src-shared/recipes.ts";
import { runConfigSchema } from "../../src-shared/runConfig.ts";
import { dataLabel, type DataFacts } from "../../src-shared/study/dataCopy.ts";
import { deviationTopics, fidelityOf, settingDeviations } from "../../src-shared/study/fidelity.ts";
import { fidelityInWords, fidelityLabels } from "../../src-shared/study/fidelityInWords.ts";
import { studyTemplates } from "../../src-shared/contract/studyTemplates.ts";

const original: DataFacts = { title: "CIFAR-10", original: true, checksum: "a" };
const jpeg: DataFacts = {
  title: "CIFAR-10 (not the original archive)",
  original: false,
  checksum: "040354b9a9504311cc1c026e5b98928b6b852e0f3a26ee4849f1d6c5e7b39f53",
};
const copy: DataFacts = { ...jpeg, checksum: "b" };

const course: Grid = { ...studyTemplates.course.grid, seeds: [1, 2, 3] };
const paper: Grid = { ...studyTemplates.paper.grid, seeds: [1, 2, 3, 4, 5] };

/** @param data of each cell, by its place */
function sheet(grid: Grid, data: (place: number) => DataFacts | undefined = () => original): string[] {
  const cells = gridConfigs(grid).map((config, place) => ({ config, data: data(place) }));
  return fidelityOf(grid, cells).map((line) => fidelityInWords(grid.recipe, line));
}

/** What neither differs nor is stated is no deviation: these come after. */
const deviations = (...asked: Parameters<typeof sheet>): string[] =>
  sheet(...asked).filter((line) => !line.includes("does not state it"));

describe("fidelity sheet", () => {
  it("the course report's own study differs in nothing, and says what the report does not state", () => {
    expect(sheet(course)).toEqual([
      "split: all training images train, the test images test; the course report does not state it",
      "normalisation: the per-pixel mean is subtracted; the course report does not state it (PyTorch's tutorial: mean 0.5, standard deviation 0.5)",
      "initialisation: He normal; the course report does not state it (PyTorch's tutorial: PyTorch's default)",
      "batch norm: epsilon 1e-5, running averages that take a tenth of each batch; the course report does not state it",
      "evaluation: inference mode, with the running averages; the course report does not state it",
      "seeds and number of runs: 3 seeds; the course report does not state it",
      "axes and smoothing of its figures: linear axes, smoothing that never crosses a change of the learning rate; the course report does not state it",
    ]);
  });

  it("the paper's own study: its warm-up's condition, and what it does not state", () => {
    expect(sheet(paper)).toEqual([
      "warm-up: 400 iterations in some of the runs (paper: until the training error is below 80 %, about 400 iterations)",
      "batch norm: epsilon 1e-5, running averages that take a tenth of each batch; the paper does not state it",
      "images that batch norm sees at once: all 128 images of a batch; the paper does not state it (two GPUs, so probably 64 images)",
      "form of the momentum: PyTorch's, v = m v + g; the paper does not state it",
      "tensors that decay: every trainable tensor; the paper does not state it",
    ]);
  });

  it.each<{ what: string; grid: Grid; data?: (place: number) => DataFacts | undefined; says: string[] }>([
    {
      what: "the scaled study of the report",
      grid: { ...course, seeds: [1], scale: 1 / 32, set: ["precision=bfloat16", "probe.atIterations=[0,1000]"] },
      data: () => jpeg,
      says: [
        "schedule: 1/32, 2,000 iterations, the rate drops at 1,000 and 1,500 (course: 64,000 iterations, the rate drops at 32,000 and 48,000)",
        "data set: a JPEG copy of quality 75, whose pixels differ slightly (course: the original archive)",
        "precision: bfloat16 (course: float32)",
      ],
    },
    {
      what: "a copy that nobody has described, of some runs; the others have another one",
      grid: course,
      data: (place) => (place < 4 ? copy : original),
      says: [
        "data set: a copy by its checksum: pixels, order and labels may differ in some of the runs (course: the original archive)",
        "data set: runs of one data set's name were trained on different data (course: one data set)",
      ],
    },
    {
      what: "no run, and no data set",
      grid: course,
      data: () => undefined,
      says: ["data set: no run has begun, and the data set is not here (course: the original archive)"],
    },
    {
      what: "other data",
      grid: { ...course, set: ["dataset=fashion-mnist"] },
      data: () => ({ title: "Fashion-MNIST", original: true, checksum: "f" }),
      says: ["data set: fashion-mnist (course: CIFAR-10)"],
    },
    {
      what: "one family, fewer depths",
      grid: { ...course, families: ["residual"], depths: [20, 56] },
      says: ["families: residual (course: plain and residual)", "depths: 20 and 56 (course: 20, 32, 44 and 56)"],
    },
    { what: "more depths", grid: { ...course, depths: [20, 32, 44, 56, 110] }, says: [] },
    {
      what: "the shortcuts of the ablation; plain networks have none",
      grid: { ...course, shortcuts: ["none", "projection"] },
      says: ["shortcut where the size changes: projection in some of the runs (course: none)"],
    },
    {
      what: "fewer runs of 110 layers than the paper's",
      grid: { ...paper, seeds: [1] },
      says: [
        "runs of 110 layers: 1 (paper: 5)",
        "warm-up: 400 iterations in some of the runs (paper: until the training error is below 80 %, about 400 iterations)",
      ],
    },
    {
      what: "settings",
      grid: {
        ...course,
        set: [
          ...["training.momentum=0.8", "training.nesterov=true", "training.batchSize=1024", "network.width=8"],
          ...["training.learningRate.base=0.05", "training.decays=kernels", "augmentation.flipProbability=0"],
          ...["validationImages=5000", "preprocessing=per-channel", "training.iterations=1000"],
        ],
      },
      says: [
        "images for validation: 5,000 (course: 0)",
        "normalisation: per-channel (course: per-pixel-mean)",
        "probability of a flip: 0 (course: 0.5)",
        "width of the first stage: 8 (course: 16)",
        "batch size: 1,024 (course: 128)",
        "iterations: 1,000 (course: 64,000)",
        "learning rate: 0.05, times 0.1 at 32,000 and 48,000 (course: 0.1, times 0.1 at 32,000 and 48,000)",
        "momentum: 0.8 (course: 0.9)",
        "Nesterov's momentum: yes (course: no)",
        "tensors that decay: kernels (course: all)",
      ],
    },
    {
      what: "a quick look is after nothing",
      grid: { recipe: "quick", families: ["plain"], depths: [8], seeds: [1] },
      data: () => undefined,
      says: [],
    },
  ])("$what", ({ grid, data, says }) => {
    expect(deviations(grid, data)).toEqual(says);
  });

  it("what is not stated is told as it was done", () => {
    const changed = sheet({ ...course, seeds: [1], set: ["validationImages=5000", "preprocessing=per-channel"] });
    expect(changed).toEqual(
      expect.arrayContaining([
        "split: 5000 training images are kept for validation; the course report does not state it",
        expect.stringMatching(/^normalisation: mean and standard deviation of each channel; /),
        "seeds and number of runs: one seed; the course report does not state it",
      ]),
    );
  });
});

describe("a caption", () => {
  it("names settings that are told nowhere else in the figure", () => {
    const grid: Grid = { ...course, depths: [20], scale: 1 / 32, set: ["precision=bfloat16", "training.momentum=0.8"] };
    const cells = gridConfigs(grid).map((config) => ({ config, data: jpeg }));
    expect(fidelityLabels(fidelityOf(grid, cells))).toEqual(["momentum 0.8"]);
  });

  it.each([
    [original, "CIFAR-10"],
    [jpeg, "CIFAR-10 (JPEG copy)"],
    [copy, "CIFAR-10 (not the original archive)"],
    [{ ...jpeg, original: true }, jpeg.title],
  ])("calls data by what it is", (facts, label) => {
    expect(dataLabel(facts)).toBe(label);
  });
});

it("every setting of a configuration has a line", () => {
  const leaves = (value: object, prefix = ""): string[] =>
    Object.entries(value).flatMap(([key, child]: [string, unknown]) =>
      typeof child === "object" && child !== null && !Array.isArray(child)
        ? leaves(child, `${prefix}${key}.`)
        : [prefix + key],
    );
  const apart = /^(dataset|seed|network\.(family|depth)|(evaluation|checkpoint|probe)\..*|training\.learningRate\..*)$/;
  const keys = leaves(runConfigSchema.parse(recipes.course.config())).filter((key) => !apart.test(key));
  expect(keys.filter((key) => !deviationTopics.some((topic) => topic === key))).toEqual([]);
});

it.each(recipeNames)(
  "a run of the recipe %s, on a whole or a shortened schedule, is set as the recipe has it",
  (recipe) => {
    const config = recipes[recipe].config();
    expect(settingDeviations(recipe, [config])).toEqual([]);
    expect(settingDeviations(recipe, [config], 1 / 2)).toMatchObject([{ topic: "schedule" }, { topic: "training.iterations" }, { topic: "training.learningRate" }]); // prettier-ignore
  },
);
