import { describe, expect, it } from "vitest";
import { nearest, readOut, summaries } from "../../src-shared/figures/plot.ts";
import { drawnCurves, svgOf, type Drawn } from "./figures.fixture.ts";
import type { CurveName } from "../../src-shared/figures/curves.ts";

describe("pictures", () => {
  it.each<{ name: string; drawn?: Drawn; curve: CurveName }>([
    { name: "loss", curve: "loss" },
    {
      name: "loss-plain-dark-log",
      drawn: { family: "plain", depth: 56, theme: "dark", lossScale: "log" },
      curve: "loss",
    },
    { name: "loss-half-done-over-time", drawn: { done: 170, axis: "time" }, curve: "loss" },
    { name: "loss-zoomed", drawn: { range: { from: 190, to: 230 } }, curve: "loss" },
    { name: "loss-diverged", drawn: { done: 150, loss: (at) => (at >= 120 ? NaN : 2 + at / 50) }, curve: "loss" },
    { name: "loss-with-a-hole", drawn: { gaps: [{ from: 60, to: 120 }] }, curve: "loss" },
    { name: "accuracy-by-epoch", drawn: { axis: "epoch" }, curve: "accuracy" },
    { name: "learning-rate", curve: "learningRate" },
    { name: "speed", curve: "speed" },
    { name: "nothing-yet", drawn: { done: 0 }, curve: "loss" },
  ])("$name", async ({ name, drawn = {}, curve }) => {
    await expect(svgOf(drawnCurves(drawn)[curve], drawn.theme)).toMatchFileSnapshot(`pictures/curves-${name}.svg`);
  });
});

describe("curves", () => {
  it("a spike of one iteration is in the band, however few buckets there are", () => {
    const { loss } = drawnCurves({ buckets: 10, loss: (at) => (at === 123 ? 50 : 1) });
    expect(Math.max(...Array.from(loss.lines[0].band!.high))).toBe(50);
    expect(loss.y.scale.max).toBe(50);
  });

  it("the smoothed line does not cross a drop of the learning rate", () => {
    const { loss } = drawnCurves({ loss: (at) => (at < 200 ? 2 : 1) });
    const { xs, ys } = loss.lines[0];
    for (let index = 0; index < xs.length; index++) expect(ys[index]).toBeCloseTo(xs[index] < 200 ? 2 : 1, 6);
    expect(loss.hairlines).toEqual([200, 300]);
  });

  it("the line breaks where nothing is known, and where nothing is finite", () => {
    const { loss } = drawnCurves({ gaps: [{ from: 60, to: 120 }] });
    const broken = Array.from(loss.lines[0].ys).flatMap((y, index) =>
      Number.isNaN(y) ? [loss.lines[0].xs[index]] : [],
    );
    expect(broken).toHaveLength(1);
    const diverged = drawnCurves({ done: 150, loss: (at) => (at >= 120 ? NaN : 2) }).loss;
    expect(diverged.marks).toEqual([{ x: 120, text: "not a number" }]);
    expect(diverged.lines[0].ys[35]).toBeNaN();
  });

  it("the axis of a run under way is that of the whole run", () => {
    expect(drawnCurves({ done: 10 }).loss.x.scale).toMatchObject({ min: 0, max: 400 });
    expect(drawnCurves({ done: 10, axis: "epoch" }).loss.x.scale).toMatchObject({ min: 0, max: 10 });
    // 20 s for 100 iterations, then 10 s a hundred.
    expect(drawnCurves({ axis: "time" }).loss.x.scale).toMatchObject({ min: 0, max: 50 });
  });

  it("the learning rate is told to the iteration", () => {
    const plot = drawnCurves({ buckets: 7 }).learningRate;
    const rate = (x: number): string => readOut(plot, x)[0].text;
    expect([rate(0), rate(199), rate(200), rate(299), rate(300), rate(399)]).toEqual(
      ["0.1", "0.1", "0.01", "0.01", "0.001", "0.001"], // prettier-ignore
    );
  });
});

describe("readOut", () => {
  const { loss, accuracy } = drawnCurves({ done: 250 });

  it("says every line's value, its raw values, and where it stands", () => {
    const said = readOut(loss, 101);
    expect(said.map(({ name }) => name)).toEqual(["training", "test"]);
    expect(said[0]).toMatchObject({ look: "solid", range: expect.stringMatching(/^1\.\d{3} – 1\.\d{3}$/) as string });
    expect(said[1].range).toBeUndefined();
    expect(said[0].at.x).toBeCloseTo(101.5 / 400, 2);
    expect(readOut(accuracy, 200)[1].text).toBe("69.9 %");
  });

  it("says nothing where a line has not come yet", () => {
    expect(readOut(loss, 399).map(({ name }) => name)).toEqual([]);
    expect(readOut(loss, 280).map(({ name }) => name)).toEqual(["test"]);
    expect(readOut(drawnCurves({ done: 0 }).loss, 5)).toEqual([]);
  });

  it.each([
    [[5], 100, 0],
    [[1, 2, 4], 0, 0],
    [[1, 2, 4], 2.9, 1],
    [[1, 2, 4], 3.1, 2],
    [[1, 2, 4], 9, 2],
  ])("nearest in %j to %d is number %d", (xs, x, index) => {
    expect(nearest(xs, x)).toBe(index);
  });
});

it("a plot in words", () => {
  expect(summaries(drawnCurves().accuracy)[1]).toEqual({
    name: "test",
    first: "50.2 % (iteration 100)",
    lowest: "50.2 % (iteration 100)",
    highest: "82.1 % (iteration 400)",
    last: "82.1 % (iteration 400)",
  });
  expect(summaries(drawnCurves({ done: 0 }).loss)).toEqual([]);
});
