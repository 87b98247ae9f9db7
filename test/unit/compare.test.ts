import { describe, expect, it, test } from "vitest";
import { chosenPair } from "../../src-shared/compare/chosenPair.ts";
import { configDiff } from "../../src-shared/compare/configDiff.ts";
import {
  confusionDifference,
  disagreements,
  standingCounts,
  type DisagreementKind,
} from "../../src-shared/compare/disagreements.ts";
import { mcnemar } from "../../src-shared/compare/mcnemar.ts";
import { queryOfRecipe, recipeOfQuery } from "../../src-shared/compare/recipeQuery.ts";
import { looksOfGroups, runGroups } from "../../src-shared/compare/runGroups.ts";
import { withSettings } from "../../src-shared/configSettings.ts";
import { baselineOf, emptyComparison, type ComparisonRecipe } from "../../src-shared/figures/comparisonRecipe.ts";
import { depthColour, palettes } from "../../src-shared/figures/palette.ts";
import { confusionOf } from "../../src-shared/metrics.ts";
import { recipes } from "../../src-shared/recipes.ts";
import type { Family, RunConfig } from "../../src-shared/runConfig.ts";
import { probabilityText } from "../../src-renderer/views/compare/probabilityText.ts";

describe("McNemar's exact test", () => {
  // By whole numbers, in Python: 2 * sum(comb(n, k) for k in range(min(b, c) + 1)) / 2**n, 1 at most.
  test.each([
    [1, 4, 0.375],
    [0, 10, 0.001953125],
    [10, 0, 0.001953125],
    [3, 3, 1],
    [0, 0, 1],
    [0, 1, 1],
    [2, 3, 1],
    [5, 12, 0.143463134765625],
    [59, 6, 4.964650327128617e-12],
    [1454, 1954, 1.1005502120341886e-17],
    [4900, 5100, 0.04658552770494739],
  ])("b = %i, c = %i", (b, c, p) => {
    const found = mcnemar(b, c);
    expect(found.p / p).toBeCloseTo(1, 4);
    expect(found.log10P).toBeCloseTo(Math.log10(p), 4);
  });

  it("agrees with the sum of whole numbers over all splits of 60 images", () => {
    const n = 60;
    const choose = (k: number): bigint => {
      let value = 1n;
      for (let i = 1n; i <= BigInt(k); i++) value = (value * (BigInt(n) - i + 1n)) / i;
      return value;
    };
    for (let b = 0; b <= n; b++) {
      let tail = 0n;
      for (let k = 0; k <= Math.min(b, n - b); k++) tail += choose(k);
      const exact = Math.min(1, (2 * Number(tail)) / 2 ** n);
      expect(mcnemar(b, n - b).p / exact).toBeCloseTo(1, 11);
    }
  });

  it("is right where no double is small enough", () => {
    expect(mcnemar(0, 10_000)).toMatchObject({ p: 0 });
    expect(mcnemar(0, 10_000).log10P).toBeCloseTo(-9_999 * Math.log10(2), 6);
  });

  test.each([
    [{ p: 1, log10P: 0 }, "1"],
    [{ p: 0.0344, log10P: -1.46 }, "0.034"],
    [{ p: 1.0893e-17, log10P: Math.log10(1.0893e-17) }, "1.1 × 10⁻¹⁷"],
    [{ p: 0, log10P: -3009.7 }, "2.0 × 10⁻³⁰¹⁰"],
    [{ p: 9.97e-5, log10P: Math.log10(9.97e-5) }, "1.0 × 10⁻⁴"],
  ])("is written as %o", (found, text) => expect(probabilityText(found)).toBe(text));
});

describe("images on which two disagree", () => {
  const labels = Uint8Array.from([0, 0, 1, 1, 2, 2]);
  const a = Uint8Array.from([0, 1, 1, 0, 0, 2]);
  const b = Uint8Array.from([0, 0, 0, 0, 1, 2]);
  const pair = { labels, a, b };

  it("are counted by how", () =>
    expect(standingCounts(pair)).toEqual({
      ...{ "both-right": 2, "only-a": 1, "only-b": 1, "both-wrong-same": 1, "both-wrong-apart": 1 },
    }));

  test.each<[DisagreementKind, number[]]>([
    ["all", [1, 2, 4]],
    ["only-a", [2]],
    ["only-b", [1]],
    ["both-wrong-apart", [4]],
  ])("%s", (kind, images) => expect(disagreements(pair, kind)).toEqual(images));

  it("of a cell: of that class, taken for it by exactly one", () => {
    expect(disagreements(pair, "all", { label: 2, predicted: 1 })).toEqual([4]);
    expect(disagreements(pair, "all", { label: 1, predicted: 0 })).toEqual([2]);
  });

  it("the difference of two matrices is the second minus the first, whichever knows more classes", () => {
    const { classes, counts } = confusionDifference(confusionOf(labels, a, 3), confusionOf(labels, b, 4));
    expect(classes).toBe(4);
    expect([...counts]).toEqual([1, -1, 0, 0, 1, -1, 0, 0, -1, 1, 0, 0, 0, 0, 0, 0]);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(0);
  });
});

const run = (
  id: string,
  family: Family,
  depth: number,
  seed: number,
  set: readonly (readonly [string, unknown])[] = [],
) => {
  const config: RunConfig = { ...recipes.course.config({ family, depth }), dataset: "shapes", seed };
  const settings = set.map(([key, value]) => ({ path: key.split("."), value: value as number }));
  return { id, config: withSettings(config, settings) };
};

describe("groups", () => {
  const p20 = run("p20", "plain", 20, 1);
  const r20 = run("r20", "residual", 20, 1);
  const r20b = run("r20b", "residual", 20, 2);
  const r8 = run("r8", "residual", 8, 1);

  it("seeds of one cell are one, plain before residual, shallow before deep", () => {
    const groups = runGroups([r20b, r20, r8, p20], true);
    expect(groups.map(({ label, runs }) => [label, runs.map(({ id }) => id)])).toEqual([
      ["plain-20", ["p20"]],
      ["residual-8", ["r8"]],
      ["residual-20", ["r20", "r20b"]],
    ]);
  });

  it("each by itself is called by its seed, and by its id where that is not enough", () => {
    const twin = run("residual-20-s1-abcdef", "residual", 20, 1);
    const labels = runGroups([r20, twin, r20b], false).map(({ label }) => label);
    expect(labels).toEqual(["residual-20 s1 r20", "residual-20 s1 abcdef", "residual-20 s2"]);
  });

  it("no mean is taken over other schedules, data sets or shortcuts; how often is evaluated makes no difference", () => {
    const slow = run("slow", "residual", 20, 3, [["training.learningRate.base", 0.01]]);
    const long = run("long", "residual", 20, 3, [["training.iterations", 90_000]]);
    const other = run("other", "residual", 20, 3, [["dataset", "cifar10"]]);
    const wide = run("wide", "residual", 20, 3, [["network.shortcut", "projection"]]);
    const seldom = run("seldom", "residual", 20, 3, [["evaluation.everyIterations", 7], ["checkpoint.everyIterations", 9]]); // prettier-ignore
    const groups = runGroups([r20, slow, long, other, wide, seldom], true);
    expect(groups.map(({ runs }) => runs.map(({ id }) => id))).toEqual([["r20", "seldom"], ["slow"], ["long"], ["other"], ["wide"]]); // prettier-ignore
    const labels = groups.map(({ label }) => label);
    expect(new Set(labels).size).toBe(labels.length);
    expect(labels[1]).toContain("rate 0.01");
    expect(labels[4]).toContain("projection");
  });

  it("a plain network has no shortcut that could differ", () => {
    const other = run("other", "plain", 20, 2, [["network.shortcut", "projection"]]);
    expect(runGroups([p20, other], true)).toHaveLength(1);
  });

  it("colour is depth and dash is family, unless two cells would look the same", () => {
    const { light } = palettes;
    const looks = looksOfGroups(runGroups([p20, r20, r20b, r8], true), light);
    expect(looks).toEqual([
      { colour: depthColour(light, 20), look: "dashed" },
      { colour: depthColour(light, 8), look: "solid" },
      { colour: depthColour(light, 20), look: "solid" },
    ]);
    const slow = run("slow", "residual", 20, 1, [["training.learningRate.base", 0.01]]);
    const unrelated = looksOfGroups(runGroups([r20, slow], true), light);
    expect(unrelated.map(({ colour }) => colour)).toEqual(light.categories.slice(0, 2));
  });

  it("nine unrelated cells are told apart", () => {
    const many = Array.from({ length: 9 }, (_, index) => run(`r${index}`, "residual", 20, 1, [["training.batchSize", 10 + index]])); // prettier-ignore
    const looks = looksOfGroups(runGroups(many, true), palettes.light);
    expect(new Set(looks.map(({ colour, look }) => `${colour} ${look}`)).size).toBe(9);
  });
});

describe("what differs", () => {
  it("is the keys that are not the same everywhere, absent ones included", () => {
    const a = run("a", "plain", 20, 1).config;
    const b = run("b", "residual", 20, 2, [["training.learningRate", { kind: "cosine", base: 0.1, final: 0 }]]).config;
    const differences = new Map(configDiff([a, b]).map(({ key, values }) => [key, values]));
    expect(differences.get("network.family")).toEqual(["plain", "residual"]);
    expect(differences.get("seed")).toEqual([1, 2]);
    expect(differences.get("training.learningRate.final")).toEqual([undefined, 0]);
    expect(differences.get("training.learningRate.kind")).toEqual(["steps", "cosine"]);
    expect(differences.has("network.depth")).toBe(false);
    expect(differences.has("training.learningRate.base")).toBe(false);
  });

  it("is nothing of one, and of two that are the same", () => {
    const { config } = run("a", "plain", 20, 1);
    expect(configDiff([config])).toEqual([]);
    expect(configDiff([config, structuredClone(config)])).toEqual([]);
  });
});

describe("the two that are compared image by image", () => {
  const one = (id: string, family: Family, depth: number, done = true, checksum = "x") => ({
    ...{ id, family, depth, seed: 1, checksum, iterations: 100, iteration: done ? 100 : 40 },
  });
  const [p20, r20, p56, r56] = [one("p20", "plain", 20), one("r20", "residual", 20), one("p56", "plain", 56), one("r56", "residual", 56)]; // prettier-ignore

  test.each([
    { name: "as asked for", runs: [p20, r20, p56], asked: ["p56", "p20"] as const, found: ["p56", "p20"] },
    { name: "not with itself", runs: [p20, r20], asked: ["p20", "p20"] as const, found: ["p20", "r20"] },
    { name: "one that is gone", runs: [p20, r20], asked: ["p20", "gone"] as const, found: ["p20", "r20"] },
    { name: "plain and residual of the deepest", runs: [p20, r20, p56, r56], asked: null, found: ["p56", "r56"] },
    { name: "done before under way", runs: [p20, r20, one("p56", "plain", 56, false), r56], asked: null, found: ["p20", "r20"] }, // prettier-ignore
    { name: "else first and last", runs: [r20, r56], asked: null, found: ["r20", "r56"] },
    { name: "never over two data sets", runs: [r20, one("r56", "residual", 56, true, "y")], asked: null, found: undefined }, // prettier-ignore
    { name: "nothing of one", runs: [r20], asked: null, found: undefined },
  ])("$name", ({ runs, asked, found }) => expect(chosenPair(runs, asked)).toEqual(found));
});

describe("the address of a comparison", () => {
  const whole: ComparisonRecipe = {
    ...{ kind: "comparison", runs: ["a", "b"], hidden: ["b"], metric: "testError", axis: "time", scale: "log" },
    ...{ smoothing: "none", grouped: false, baseline: "a", pair: ["b", "a"] },
  };

  it("has everything that is seen, and nothing that goes without saying", () => {
    expect(recipeOfQuery(queryOfRecipe(whole))).toEqual(whole);
    expect(queryOfRecipe(whole)).toBe(
      "runs=a,b&hidden=b&metric=testError&axis=time&scale=log&smoothing=none&grouped=no&baseline=a&pair=b,a",
    );
    expect(queryOfRecipe({ ...emptyComparison, runs: ["a"] })).toBe("runs=a");
    expect(recipeOfQuery(queryOfRecipe(emptyComparison))).toEqual(emptyComparison);
  });

  it("that somebody typed is made the best of", () => {
    const read = recipeOfQuery("runs=a,,a,b&hidden=c,b&metric=beauty&axis=&scale=LOG&pair=a&baseline=");
    expect(read).toEqual({ ...emptyComparison, runs: ["a", "b"], hidden: ["b"] });
    const ids = Array.from({ length: 100 }, (_, index) => `r${index}`);
    expect(recipeOfQuery(`runs=${ids.join(",")}`).runs).toHaveLength(64);
  });

  it("the baseline is the one that was chosen, the pinned one, or none", () => {
    const runs = [{ id: "a", pinned: false }, { id: "b", pinned: true }]; // prettier-ignore
    expect(baselineOf({ baseline: null }, runs)).toBe("b");
    expect(baselineOf({ baseline: "a" }, runs)).toBe("a");
    expect(baselineOf({ baseline: "none" }, runs)).toBeUndefined();
  });
});
