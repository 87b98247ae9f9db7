import { describe, expect, test } from "vitest";
import { deviationsInWords } from "../../src-shared/deviations.ts";
import { gridConfigs, trainingKey, type Grid } from "../../src-shared/grid.ts";
import { recipes } from "../../src-shared/recipes.ts";
import type { RunConfig } from "../../src-shared/runConfig.ts";
import { scaleRun } from "../../src-shared/schedule.ts";

const cell = ({ network, seed }: ReturnType<typeof gridConfigs>[number]) =>
  `${network.family}-${network.depth}-${network.shortcut}-s${seed}`;

describe("a grid's cells, in the order in which they train", () => {
  const cases: [name: string, Grid, string[]][] = [
    [
      "families x depths x seeds",
      { recipe: "quick", families: ["plain", "residual"], depths: [8, 14], seeds: [1, 2] },
      [1, 2].flatMap((seed) =>
        [8, 14].flatMap((depth) => ["plain", "residual"].map((family) => `${family}-${depth}-none-s${seed}`)),
      ),
    ],
    [
      "shortcuts are not repeated for plain networks",
      { recipe: "paper", families: ["plain", "residual"], depths: [20], seeds: [1], shortcuts: ["none", "projection"] },
      ["plain-20-zero-pad-s1", "residual-20-none-s1", "residual-20-projection-s1"],
    ],
    [
      "the recipe's own shortcut",
      { recipe: "paper", families: ["residual"], depths: [20], seeds: [7] },
      ["residual-20-zero-pad-s7"],
    ],
  ];
  test.for(cases)("%s", ([, grid, cells]) => {
    expect(gridConfigs(grid).map(cell)).toEqual(cells);
  });

  test("scale, then --set", () => {
    const [config] = gridConfigs({
      ...{ recipe: "course", families: ["plain"], depths: [20], seeds: [1], scale: 1 / 32 },
      set: ["training.momentum=0.8"],
    });
    expect(config.training).toMatchObject({ iterations: 2000, momentum: 0.8 });
  });
  test("the paper's warm-up from 110 layers on", () => {
    const grid: Grid = { recipe: "paper", families: ["residual"], depths: [56, 110], seeds: [1] };
    expect(gridConfigs(grid).map(({ training }) => training.learningRate.warmup?.iterations)).toEqual([undefined, 400]);
  });
});

describe("runs that train to the same bits have one key", () => {
  const base = recipes.course.config({ family: "plain", depth: 20 });
  const same: RunConfig[] = [
    { ...base, evaluation: { everyIterations: 7 } },
    { ...base, checkpoint: { everyIterations: 7 } },
    { ...base, probe: { atIterations: [0] } },
    { ...base, network: { ...base.network, shortcut: "projection" } },
  ];
  test.for(same.map((config, index) => [index, config] as const))("same %d", ([, config]) => {
    expect(trainingKey(config)).toBe(trainingKey(base));
  });
  const other: RunConfig[] = [
    { ...base, seed: 2 },
    { ...base, precision: "bfloat16" },
    { ...base, network: { ...base.network, family: "residual" } },
    { ...base, training: { ...base.training, iterations: 63_999 } },
  ];
  test.for(other.map((config, index) => [index, config] as const))("another %d", ([, config]) => {
    expect(trainingKey(config)).not.toBe(trainingKey(base));
  });
});

describe("deviations from a recipe, in words", () => {
  const course = recipes.course.config({ family: "residual", depth: 56 });
  test.for([
    ["none", course, 1, []],
    ["seed and intervals are none", { ...course, seed: 9, checkpoint: { everyIterations: 10 } }, 1, []],
    ["another momentum", { ...course, training: { ...course.training, momentum: 0.8 } }, 1, ["training.momentum is 0.8 (course: 0.9)"]],
    ["a shortened schedule", scaleRun(course, 1 / 32), 1 / 32, ["the schedule is shortened to 1/32 of the recipe's"]],
    [
      "a schedule of another kind",
      { ...course, training: { ...course.training, learningRate: { kind: "cosine", base: 0.1, final: 0 } } },
      1,
      [
        'training.learningRate.kind is "cosine" (course: "steps")',
        "training.learningRate.factor is absent (course: 0.1)",
        "training.learningRate.dropAtIterations is absent (course: [32000,48000])",
        "training.learningRate.final is 0 (course: absent)",
      ],
    ],
  ] as const)("%s", ([, config, scale, words]) => {
    expect(deviationsInWords("course", config as typeof course, scale)).toEqual(words);
  }); // prettier-ignore
});
