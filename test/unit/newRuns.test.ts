import { describe, expect, test } from "vitest";
import type { RunDetail } from "../../src-shared/contract/index.ts";
import { gridConfigs, type Grid } from "../../src-shared/grid.ts";
import { recipes } from "../../src-shared/recipes.ts";
import { checkDraft, draftFromRun, newDraft, withRate, type Draft } from "../../src-renderer/views/newRuns/draft.ts";
import { listText, parseList, parseScale } from "../../src-renderer/views/newRuns/gridText.ts";
import { ratePath } from "../../src-renderer/views/newRuns/ratePath.ts";

describe("lists as they are typed", () => {
  test.each([
    ["1", [1]],
    ["1, 2,3", [1, 2, 3]],
    ["3 1-2", [3, 1, 2]],
    ["5–7; 6", [5, 6, 7]],
    [" 20,, 32 ,", [20, 32]],
  ])("%j", (text, values) => expect(parseList(text)).toEqual({ values }));

  test.each([
    ["", "empty"],
    [" , ", "empty"],
    ["x", "form"],
    ["1.5", "form"],
    ["-3", "form"],
    ["7-5", "form"],
    ["1-", "form"],
    ["0-9999999999", "many"],
  ])("%j is refused: %s", (text, error) => expect(parseList(text)).toEqual({ error }));

  test.each([[[1, 2, 3, 7]], [[1, 2]], [[20, 32, 44]], [[4, 3, 2]], [[0, 1, 2, 3, 9, 11, 12, 13]]])(
    "%j there and back",
    (values) => expect(parseList(listText(values))).toEqual({ values }),
  );

  test("three in a row are a range, two are not", () => {
    expect(listText([1, 2, 3, 7, 8])).toBe("1-3, 7, 8");
  });
});

test.each([
  ["1", 1],
  ["1/32", 1 / 32],
  [" 0.5 ", 0.5],
  ["25 %", 0.25],
  ["1 / 3", 1 / 3],
  ["0", undefined],
  ["2", undefined],
  ["1/0", undefined],
  ["a", undefined],
  ["", undefined],
  ["-1", undefined],
])("a scale of %j is %s", (text, scale) => expect(parseScale(text)).toBe(scale));

describe("the form of new runs", () => {
  const draft = (change: Partial<Draft> = {}): Draft => ({ ...newDraft("course"), ...change });

  test("as it stands at first, it queues the recipe's own runs", () => {
    const checked = checkDraft(draft());
    if (checked.kind !== "valid") throw new Error(JSON.stringify(checked));
    expect(checked.grid).toEqual({
      ...{ recipe: "course", families: ["plain", "residual"], depths: [20, 32, 44, 56], seeds: [1] },
    });
    expect(checked.configs).toHaveLength(8);
    expect(checked.configs[1]).toEqual(recipes.course.config({ family: "residual", depth: 20 }));
  });

  test("edits reach every configuration", () => {
    const edits = new Map([["training.momentum", "0.8"]]);
    const checked = checkDraft(draft({ edits, seeds: "1-2", scale: "1/32", shortcuts: ["none", "projection"] }));
    if (checked.kind !== "valid") throw new Error(JSON.stringify(checked));
    // plain once, residual with each shortcut
    expect(checked.configs).toHaveLength(4 * 3 * 2);
    for (const { training } of checked.configs) expect(training).toMatchObject({ momentum: 0.8, iterations: 2000 });
  });

  test.each<[string, Partial<Draft>, object[]]>([
    ["no family", { families: [] }, [{ field: "families", code: "empty" }]],
    ["no depth", { depths: "" }, [{ field: "depths", code: "empty" }]],
    ["a depth that is none", { depths: "20, 21" }, [{ field: "depths", code: "config" }]],
    ["a seed too large", { seeds: "1 4294967296" }, [{ field: "edits", code: "config" }]],
    ["seeds that are none", { seeds: "one" }, [{ field: "seeds", code: "form" }]],
    ["a scale above 1", { scale: "3" }, [{ field: "scale", code: "form" }]],
    ["half a thread", { threads: "0.5" }, [{ field: "threads", code: "form" }]],
    [
      "a momentum of 2",
      { edits: new Map([["training.momentum", "2"]]) },
      [{ field: "edits", key: "training.momentum", code: "config" }],
    ],
    [
      "everything at once",
      { families: [], depths: "", seeds: "x", edits: new Map([["training.batchSize", '"many"']]) },
      [
        { field: "families" },
        { field: "depths" },
        { field: "seeds" },
        { field: "edits", key: "training.batchSize", code: "config" },
      ],
    ],
  ])("%s is said where it belongs", (_, change, problems) => {
    const checked = checkDraft(draft(change));
    if (checked.kind !== "invalid") throw new Error("it passed");
    expect(checked.problems).toHaveLength(problems.length);
    for (const problem of problems) expect(checked.problems).toContainEqual(expect.objectContaining(problem));
  });
});

describe("new runs from an earlier one", () => {
  const cosine = 'training.learningRate={"kind":"cosine","base":0.2,"final":0}';
  test.each<[string, Grid]>([
    ["the recipe's own", { recipe: "course", families: ["plain"], depths: [20], seeds: [3] }],
    ["shortened", { recipe: "course", families: ["residual"], depths: [56], seeds: [1], scale: 1 / 32 }],
    ["of the paper, with its warm-up", { recipe: "paper", families: ["residual"], depths: [110], seeds: [7] }],
    [
      "changed",
      { recipe: "quick", families: ["residual"], depths: [8], seeds: [1], set: ["training.momentum=0.5", cosine] },
    ],
    [
      "with a projection",
      { recipe: "course", families: ["residual"], depths: [8], shortcuts: ["projection"], seeds: [1] },
    ],
    ["without the warm-up", { recipe: "paper", families: ["plain"], depths: [110], seeds: [1], set: [cosine] }],
  ])("%s: the same configuration with the next seed", (_, grid) => {
    const [config] = gridConfigs(grid);
    const run = { config, recipe: grid.recipe, scale: grid.scale ?? 1 } as unknown as RunDetail;
    const checked = checkDraft(draftFromRun(run));
    if (checked.kind !== "valid") throw new Error(JSON.stringify(checked));
    expect(checked.configs).toEqual([{ ...config, seed: config.seed + 1 }]);
  });
});

describe("another learning rate", () => {
  const own = recipes.paper.config({ depth: 20 }).training.learningRate;
  const edited = (wanted: Readonly<Record<string, unknown>>) => {
    const draft = { ...newDraft("paper"), edits: withRate(new Map([["training.momentum", "0.5"]]), own, wanted) };
    return { keys: [...draft.edits.keys()], checked: checkDraft(draft) };
  };

  test("one number leaves the warm-up to those that have one", () => {
    const { keys, checked } = edited({ ...own, base: 0.2 });
    expect(keys).toEqual(["training.momentum", "training.learningRate.base"]);
    if (checked.kind !== "valid") throw new Error(JSON.stringify(checked));
    const warm = checked.configs
      .filter(({ training }) => training.learningRate.warmup)
      .map(({ network }) => network.depth);
    expect(warm).toEqual([110, 110]);
    for (const { training } of checked.configs) expect(training.learningRate.base).toBe(0.2);
  });

  test("the recipe's own is no edit", () => expect(edited({ ...own }).keys).toEqual(["training.momentum"]));

  test("another kind, or a warm-up, is for all", () => {
    const warmup = { iterations: 10, learningRate: 0.01 };
    for (const wanted of [
      { kind: "cosine", base: 0.1, final: 0 },
      { ...own, warmup },
    ]) {
      const { keys, checked } = edited(wanted);
      expect(keys).toEqual(["training.momentum", "training.learningRate"]);
      if (checked.kind !== "valid") throw new Error(JSON.stringify(checked));
      for (const { training } of checked.configs) expect(training.learningRate).toEqual(wanted);
    }
  });

  test("what is no number is said at its key", () => {
    const { checked } = edited({ ...own, factor: "a tenth" });
    expect(checked).toMatchObject({ problems: [{ key: "training.learningRate.factor", code: "config" }] });
  });
});

describe("the picture of a schedule", () => {
  const steps = recipes.course.config().training.learningRate;

  test("it drops where the rate does", () => {
    const path = ratePath(steps, 64_000, 640, 100)!;
    expect(path.drops).toEqual([
      { iteration: 32_000, x: 320 },
      { iteration: 48_000, x: 480 },
    ]);
    expect(path.ticks.map(({ rate, y }) => [rate.toPrecision(1), Math.round(y)])).toEqual([
      ["0.001", 100],
      ["0.01", 50],
      ["0.1", 0],
    ]);
    expect(path.points.startsWith("0.0,0.0 ")).toBe(true);
    expect(path.points.endsWith("640.0,100.0")).toBe(true);
  });

  test.each([
    ["a cosine to 0", { kind: "cosine", base: 0.1, final: 0 }],
    ["a constant rate", { kind: "steps", base: 0.1, factor: 0.1, dropAtIterations: [] }],
    ["a rise", { kind: "steps", base: 0.01, factor: 10, dropAtIterations: [5] }],
  ] as const)("%s stays inside", (_, schedule) => {
    const path = ratePath(structuredClone(schedule) as never, 10, 100, 50)!;
    for (const point of path.points.split(" ")) {
      const [x, y] = point.split(",").map(Number);
      expect(x >= 0 && x <= 100 && y >= 0 && y <= 50).toBe(true);
    }
  });

  test("a rate of nothing has no picture", () => {
    expect(ratePath({ kind: "steps", base: 0, factor: 1, dropAtIterations: [] }, 10, 100, 50)).toBeUndefined();
  });
});
