import { describe, expect, it } from "vitest";
import { looksOfGroups, runGroups } from "../../src-shared/compare/runGroups.ts";
import type { ComparedRun } from "../../src-shared/contract/index.ts";
import { clockOf } from "../../src-shared/figures/clock.ts";
import { comparisonFigure } from "../../src-shared/figures/comparison.ts";
import { comparisonX } from "../../src-shared/figures/comparisonAxis.ts";
import type { ComparisonData } from "../../src-shared/figures/comparisonData.ts";
import { comparisonPlot } from "../../src-shared/figures/comparisonPlot.ts";
import { emptyComparison, type ComparisonRecipe } from "../../src-shared/figures/comparisonRecipe.ts";
import { comparisonRows } from "../../src-shared/figures/comparisonTable.ts";
import { figureStyles } from "../../src-shared/figures/figureStyle.ts";
import { palettes } from "../../src-shared/figures/palette.ts";
import { readOut } from "../../src-shared/figures/plot.ts";
import { recipes } from "../../src-shared/recipes.ts";
import type { Family, LearningRateSchedule } from "../../src-shared/runConfig.ts";
import { decimate } from "../../src-shared/series.ts";

const iterations = 400;
const titles = {
  ...{ trainingLoss: "loss", testAccuracy: "accuracy", testError: "error", trainingAccuracy: "training" },
  ...{ learningRate: "rate", speed: "images/s" },
};
const texts = { iteration: "iteration", epoch: "epoch", seconds: "s", minutes: "min", hours: "h" };

interface Made {
  readonly family?: Family;
  readonly seed?: number;
  readonly done?: number;
  readonly status?: ComparedRun["status"];
  readonly epochIterations?: number;
  readonly testAccuracy?: number;
  readonly pinned?: boolean;
}

function made({
  family = "residual",
  seed = 1,
  done = iterations,
  status = "finished",
  epochIterations = 40,
  testAccuracy = 0.8,
  pinned = false,
}: Made): ComparedRun {
  const whole = recipes.course.config({ family, depth: 20 });
  const learningRate: LearningRateSchedule = { kind: "steps", base: 0.1, factor: 0.1, dropAtIterations: [200] };
  const config = { ...whole, seed, training: { ...whole.training, iterations, learningRate } };
  const evaluation = {
    timeMs: 0,
    elapsedMs: 0,
    testLoss: 1,
    validationLoss: null,
    validationAccuracy: null,
    images: 10,
  };
  return {
    ...{
      id: `${family}-s${seed}`,
      status,
      reason: null,
      dataset: "cifar10",
      family,
      depth: 20,
      shortcut: "none",
      seed,
    },
    ...{ recipe: null, scale: null, deviations: [], study: null, studies: [], iteration: done, iterations, loss: 1 },
    ...{ imagesPerSecond: 100, testAccuracy, bestTestAccuracy: testAccuracy, checkpointIteration: null, threads: null },
    ...{
      lanes: null,
      tags: [],
      pinned,
      forkedFrom: null,
      createdMs: 0,
      startedMs: null,
      endedMs: null,
      trashedMs: null,
    },
    ...{ config, checksum: "x", epochIterations, finalLoss: seed, finalTrainingAccuracy: 0.9 },
    evaluations: [200, 400]
      .filter((at) => at <= done)
      .map((at) => ({ ...evaluation, iteration: at, testAccuracy: at === 200 ? testAccuracy + 0.05 : testAccuracy })),
  };
}

type Values = (run: ComparedRun, iteration: number) => number;

function dataOf(runs: readonly ComparedRun[], value: Values, stepMs: Values = () => 10): ComparisonData {
  const range = { from: 0, to: iterations };
  const read = (run: ComparedRun, of: Values) =>
    decimate(
      { from: 0, values: Float32Array.from({ length: run.iteration }, (_, at) => of(run, at)), gaps: [] },
      100,
      range,
    );
  const last = (run: ComparedRun) => ({ last: value(run, run.iteration - 1), lastAt: run.iteration - 1 });
  const whole = (run: ComparedRun) => ({
    ...{ values: run.iteration, minimum: 1, minimumAt: 0, maximum: 3, maximumAt: 1, nonFinite: 0, ...last(run) },
  });
  return {
    ...{ runs, range },
    series: new Map(runs.map((run) => [run.id, { buckets: read(run, value), whole: whole(run) }])),
    clocks: new Map(runs.map((run) => [run.id, clockOf(read(run, stepMs))])),
  };
}

function plotOf(data: ComparisonData, changes: Partial<ComparisonRecipe> = {}, mostNamed = 20) {
  const recipe = { ...emptyComparison, runs: data.runs.map(({ id }) => id), ...changes };
  const groups = runGroups(data.runs, recipe.grouped);
  const x = comparisonX({ axis: recipe.axis, runs: data.runs, clocks: data.clocks, shown: undefined, texts });
  const view = { recipe, x, isWhole: true, titles, mostNamed };
  return comparisonPlot(data, groups, looksOfGroups(groups, palettes.light), view);
}

const seeds = (count: number, more: Made = {}): ComparedRun[] =>
  Array.from({ length: count }, (_, index) => made({ seed: index + 1, ...more }));
const bySeed: Values = ({ seed }) => seed;

describe("the plot of a comparison", () => {
  it("few seeds are thin lines and their mean; the mean alone speaks under the cursor", () => {
    const plot = plotOf(dataOf(seeds(3), bySeed));
    expect(plot.lines.map(({ name, isThin, isNamed }) => [name, isThin, isNamed])).toEqual([
      ["residual-20 s1", true, false],
      ["residual-20 s2", true, false],
      ["residual-20 s3", true, false],
      ["residual-20", false, true],
    ]);
    expect(readOut(plot, 100).map(({ name, text }) => [name, text])).toEqual([["residual-20", "2.000"]]);
  });

  it("many seeds are the mean and one sample standard deviation on each side", () => {
    const [line, ...others] = plotOf(dataOf(seeds(7), bySeed)).lines;
    expect(others).toEqual([]);
    expect(line.isArea).toBe(true);
    const deviation = Math.sqrt(28 / 6);
    expect([line.ys[50], line.band!.low[50], line.band!.high[50]].map((y) => Number(y.toFixed(6)))).toEqual(
      [4, 4 - deviation, 4 + deviation].map((y) => Number(y.toFixed(6))),
    );
  });

  it("a seed under way is no part of the mean, and where none is done each is a line", () => {
    const half = made({ seed: 9, done: 150, status: "running" });
    const plot = plotOf(dataOf([...seeds(2), half], bySeed));
    expect(plot.lines.map(({ name, isThin }) => [name, isThin])).toEqual([
      ["residual-20 s9", true],
      ["residual-20 s1", true],
      ["residual-20 s2", true],
      ["residual-20", false],
    ]);
    expect(plot.lines.at(-1)!.ys[10]).toBeCloseTo(1.5, 6);
    const underWay = plotOf(dataOf([half, made({ seed: 8, done: 100, status: "running" })], bySeed));
    expect(underWay.lines.map(({ name, isThin }) => [name, isThin])).toEqual([
      ["residual-20 s8", false],
      ["residual-20 s9", false],
    ]);
  });

  it("what is smoothed never crosses a change of the learning rate", () => {
    const { lines, hairlines } = plotOf(
      dataOf([made({})], (_, at) => (at < 200 ? 2 : 1)),
      { smoothing: "strong" },
    );
    const { xs, ys } = lines[0];
    for (let index = 0; index < xs.length; index++) expect(ys[index]).toBeCloseTo(xs[index] < 200 ? 2 : 1, 6);
    expect(hairlines).toEqual([200]);
  });

  it("each run has its own epochs and its own clock", () => {
    const runs = [made({}), made({ family: "plain", epochIterations: 80 })];
    const data = dataOf(runs, () => 1, ({ family }) => (family === "plain" ? 100 : 10)); // prettier-ignore
    expect(plotOf(data, { axis: "epoch" }).x.scale).toMatchObject({ min: 0, max: 10 });
    const { x, lines } = plotOf(data, { axis: "time" });
    expect(x.scale).toMatchObject({ min: 0, max: 40 });
    const ends = lines.map(({ name, xs }) => [name, Math.round(xs[xs.length - 1])]);
    expect(ends).toEqual([["plain-20", 40], ["residual-20", 4]]); // prettier-ignore
  });

  it("one that diverged does not press the others flat", () => {
    const astray = made({ family: "plain", status: "diverged", done: 300 });
    const data = dataOf([made({}), astray], ({ family }, at) => (family === "plain" && at > 290 ? 1e6 : 2));
    expect(plotOf(data).y.scale.max).toBeLessThan(10);
  });

  it("hidden runs are not drawn, and a group without any is gone", () => {
    const data = dataOf([...seeds(2), made({ family: "plain" })], bySeed);
    expect(plotOf(data, { hidden: ["plain-s1", "residual-s2"] }).lines.map(({ name }) => name)).toEqual([
      "residual-20",
    ]);
  });

  it("ends are named where there is room for all of them", () => {
    const data = dataOf([made({}), made({ family: "plain" })], bySeed);
    expect(plotOf(data, {}, 2).lines.map(({ isNamed }) => isNamed)).toEqual([true, true]);
    expect(plotOf(data, {}, 1).lines.map(({ isNamed }) => isNamed)).toEqual([false, false]);
  });
});

describe("what runs reached", () => {
  const runs = [
    made({ family: "plain", testAccuracy: 0.7, pinned: true }),
    made({ seed: 1, testAccuracy: 0.8 }),
    made({ seed: 2, testAccuracy: 0.84 }),
    made({ seed: 3, done: 150, status: "running" }),
  ];
  const data = dataOf(runs, bySeed);
  const rows = (metric: ComparisonRecipe["metric"], baseline = "plain-s1") =>
    comparisonRows(data, runGroups(runs, true), metric, baseline);

  it("is of those that are done, with the best of each test set and the difference to the baseline", () => {
    const [plain, residual] = rows("testAccuracy");
    expect(plain).toMatchObject({ isBaseline: true, delta: undefined, final: { n: 1, mean: 0.7, std: undefined } });
    expect(residual.counted.map(({ seed }) => seed)).toEqual([1, 2]);
    expect(residual.final!.mean).toBeCloseTo(0.82, 12);
    expect(residual.final!.std).toBeCloseTo(0.04 / Math.SQRT2, 12);
    expect(residual.best!.mean).toBeCloseTo(0.87, 12);
    expect(residual.delta).toBeCloseTo(0.12, 12);
    expect(rows("testError")[1].best!.mean).toBeCloseTo(0.13, 12);
  });

  it("has no best where nothing was measured on the test set, and no difference without a baseline", () => {
    const [, residual] = rows("trainingLoss", "gone");
    expect(residual).toMatchObject({ best: undefined, delta: undefined, final: { mean: 1.5 }, min: { mean: 1 } });
  });
});

describe("the figure of a comparison", () => {
  const data = dataOf([made({ pinned: true }), made({ family: "plain" })], bySeed);

  it("has the window's lines, a row a group, and steps as corners", () => {
    const figure = comparisonFigure(data, { ...emptyComparison, metric: "testAccuracy" }, figureStyles.screen)!;
    expect(figure.title).toBe("Test accuracy of 2 runs");
    expect(figure.legend.map(({ label }) => label)).toEqual(["plain-20", "residual-20"]);
    expect(figure.table!.groups[0].columns[0].cells).toEqual(["plain-20", "residual-20"]);
    expect(figure.table!.groups[2].columns.map(({ title }) => title)).toEqual(["final", "best on the test set", "min", "max", "to the baseline"]); // prettier-ignore
    const rates = dataOf([made({})], (_, at) => (at < 200 ? 0.1 : 0.01));
    const [line] = comparisonFigure(rates, { ...emptyComparison, metric: "learningRate" }, figureStyles.screen)!.panels[0].lines; // prettier-ignore
    expect(Array.from(line.xs)).toEqual([0, 200, 200, 399, 399]);
  });

  it("is none where nothing has been trained", () => {
    expect(comparisonFigure(dataOf([made({ done: 0, status: "queued" })], bySeed), emptyComparison, figureStyles.screen)).toBeUndefined(); // prettier-ignore
  });
});
