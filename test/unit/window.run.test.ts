import { describe, expect, it } from "vitest";
import { withSettings, parseSetting } from "../../src-shared/configSettings.ts";
import { confusionOf } from "../../src-shared/metrics.ts";
import { recipes } from "../../src-shared/recipes.ts";
import { learningRateAt } from "../../src-shared/schedule.ts";
import { confusionCells } from "../../src-renderer/views/confusion/confusionCells.ts";
import {
  between,
  fitsTable,
  isWhole,
  moved,
  whole,
  zoomed,
} from "../../src-renderer/views/confusion/confusionWindow.ts";
import { epochIterationsOf } from "../../src-renderer/views/run/epochs.ts";
import { forkProposals } from "../../src-shared/forkProposals.ts";
import { onAxesOf } from "../../src-renderer/views/run/steadyAxes.ts";
import { drawnCurves } from "./figures.fixture.ts";

describe("forkProposals", () => {
  const { config } = { config: recipes.course.config() };

  it.each([
    { status: "diverged", at: 1000, changes: ["lower-rate", "warm-up", "none"] },
    { status: "diverged", at: 63_900, changes: ["lower-rate", "none"] },
    { status: "finished", at: 64_000, changes: ["longer", "lower-rate", "none"] },
    { status: "paused", at: 1000, changes: ["none", "lower-rate", "warm-up", "longer"] },
  ] as const)("of a run that is $status at $at: $changes", ({ status, at, changes }) => {
    expect(forkProposals(config, status, at).map(({ change }) => change)).toEqual(changes);
  });

  it("each is a valid configuration that does what it says", () => {
    const proposed = new Map(
      forkProposals(config, "paused", 1000).map(({ change, set }) => [
        change,
        withSettings(config, set.map(parseSetting)),
      ]),
    );
    const rateAt = (change: "lower-rate" | "warm-up", at: number): number =>
      learningRateAt(proposed.get(change)!.training.learningRate, at, 64_000);
    expect(rateAt("lower-rate", 1000)).toBeCloseTo(0.01, 12);
    expect([1000, 1399, 1400].map((at) => rateAt("warm-up", at))).toEqual([0.01, 0.01, 0.1]);
    expect(proposed.get("longer")!.training.iterations).toBe(96_000);
    expect(proposed.get("none")).toEqual(config);
  });
});

describe("a window on a confusion matrix", () => {
  it("is drawn out between two cells, in any direction, and is never too small", () => {
    const square = { rows: [10, 31], columns: [40, 51] };
    expect(between({ label: 10, predicted: 50 }, { label: 30, predicted: 40 }, 100)).toEqual(square);
    expect(between({ label: 99, predicted: 0 }, { label: 99, predicted: 0 }, 100)).toEqual({
      rows: [96, 100],
      columns: [0, 4],
    });
    expect(between({ label: 0, predicted: 1 }, { label: 0, predicted: 1 }, 3)).toEqual(whole(3));
  });

  it("zooms around a cell and back, and stays among the classes", () => {
    const near = zoomed(whole(100), { label: 99, predicted: 50 }, 2, 100);
    expect(near).toEqual({ rows: [50, 100], columns: [26, 76] });
    expect(isWhole(zoomed(near, { label: 99, predicted: 50 }, 0.5, 100), 100)).toBe(true);
    expect([fitsTable(whole(20)), fitsTable(whole(21))]).toEqual([true, false]);
  });

  it.each([
    ["ArrowUp", { label: 10, predicted: 45 }],
    ["ArrowDown", { label: 11, predicted: 45 }],
    ["ArrowRight", { label: 10, predicted: 46 }],
    ["Home", { label: 10, predicted: 40 }],
    ["End", { label: 10, predicted: 50 }],
    ["a", undefined],
  ])("%s leads to %j", (key, to) => {
    expect(moved({ label: 10, predicted: 45 }, key, { rows: [10, 31], columns: [40, 51] })).toEqual(to);
  });
});

it("cells are as dark as the worst mistake, the diagonal apart", () => {
  const labels = Uint8Array.of(0, 0, 0, 0, 1);
  const confusion = confusionOf(labels, Uint8Array.of(0, 0, 1, 1, 0), 3);
  const counts = confusionCells(confusion, "counts");
  expect([counts.share(0, 1), counts.share(1, 0), counts.text(0, 0)]).toEqual([1, 0.5, "2"]);
  const rows = confusionCells(confusion, "rows");
  expect([rows.share(0, 1), rows.share(1, 0), rows.text(0, 1), rows.text(2, 0)]).toEqual([0.5, 1, "50.0", "0.0"]);
  expect(confusionCells(confusionOf(labels, labels, 3), "counts").share(0, 1)).toBe(0);
});

it("an epoch is the training part without the validation part; without the data set nobody knows", () => {
  const config = { ...recipes.course.config(), validationImages: 5000 };
  const ready = { status: "ready", name: "cifar10", trainImages: 50_000 } as Parameters<
    typeof epochIterationsOf
  >[1][number];
  expect(epochIterationsOf(config, [ready])).toBe(45_000 / 128);
  expect(epochIterationsOf(config, [{ status: "downloadable", name: "cifar10", title: "" }])).toBeUndefined();
  expect(epochIterationsOf(config, [])).toBeUndefined();
});

it("plots that are being read keep their axes, and show the new numbers", () => {
  const before = drawnCurves({ done: 100, loss: () => 1 });
  const after = onAxesOf(drawnCurves({ done: 200, loss: () => 3 }), before);
  expect(after.loss.y.scale).toEqual(before.loss.y.scale);
  expect(after.loss.lines[0].ys).toHaveLength(50);
});
