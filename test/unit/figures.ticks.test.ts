import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clockOf } from "../../src-shared/figures/clock.ts";
import { linearScale, logScale, roundScale, shareOf, shortNumber, valueAt } from "../../src-shared/figures/ticks.ts";
import { decimate } from "../../src-shared/series.ts";

describe("scales", () => {
  it.each([
    {
      scale: linearScale(0, 64_000, 8),
      min: 0,
      max: 64_000,
      ticks: [0, 10_000, 20_000, 30_000, 40_000, 50_000, 60_000],
    },
    { scale: linearScale(0.07, 0.31, 5), min: 0.07, max: 0.31, ticks: [0.1, 0.15, 0.2, 0.25, 0.3] },
    { scale: linearScale(3, 3), min: 3, max: 4, ticks: [3, 3.2, 3.4, 3.6, 3.8, 4] },
    { scale: roundScale(0, 2.31), min: 0, max: 2.5, ticks: [0, 0.5, 1, 1.5, 2, 2.5] },
    { scale: roundScale(0, 0), min: 0, max: 1, ticks: [0, 0.2, 0.4, 0.6, 0.8, 1] },
    { scale: roundScale(2, 2), min: 1, max: 3, ticks: [1, 1.5, 2, 2.5, 3] },
    { scale: logScale(0.03, 2.5), min: 0.02, max: 5, ticks: [0.1, 1] },
    { scale: logScale(2.2, 4.8), min: 2, max: 5, ticks: [2, 3, 4, 5] },
    { scale: logScale(0.3, 2.5), min: 0.2, max: 5, ticks: [0.2, 0.5, 1, 2, 5] },
  ])("$scale", ({ scale, min, max, ticks }) => {
    expect(scale).toMatchObject({ min, max });
    expect(scale.ticks).toEqual(ticks);
  });

  it("values and places are two ways of one map", () => {
    const ends = fc.tuple(
      fc.double({ min: 1e-4, max: 1e4, noNaN: true }),
      fc.double({ min: 1.01, max: 1e4, noNaN: true }),
    );
    fc.assert(
      fc.property(ends, fc.double({ min: 0, max: 1, noNaN: true }), ([from, factor], share) => {
        for (const scale of [linearScale(from, from * factor), logScale(from, from * factor)]) {
          expect(scale.ticks.length).toBeGreaterThan(0);
          expect(shareOf(scale, valueAt(scale, share))).toBeCloseTo(share, 6);
          for (const tick of scale.ticks) {
            expect(shareOf(scale, tick)).toBeGreaterThan(-1e-6);
            expect(shareOf(scale, tick)).toBeLessThan(1 + 1e-6);
          }
        }
      }),
    );
    expect(shareOf(logScale(1, 10), 0)).toBeNaN();
  });

  it.each([
    [0, "0"],
    [0.25, "0.25"],
    [1000, "1k"],
    [1250, "1250"],
    [16_000, "16k"],
    [12_500, "12.5k"],
    [2e6, "2M"],
  ])("%d along an axis is %s", (value, text) => {
    expect(shortNumber(value)).toBe(text);
  });
});

describe("clockOf", () => {
  const steps = Float32Array.from({ length: 100 }, (_, at) => (at < 50 ? 10 : 30));
  const clock = clockOf(decimate({ from: 0, values: steps, gaps: [] }, 10));

  it.each([
    [0, 0],
    [25, 250],
    [50, 500],
    [75, 1250],
    [100, 2000],
    [200, 4000],
  ])("iteration %d is at %d ms", (iteration, ms) => {
    expect(clock.msAt(iteration)).toBeCloseTo(ms, 6);
  });

  it("is the sum of the steps, there and back", () => {
    expect(clock.totalMs).toBe(2000);
    for (let ms = 0; ms <= 2000; ms += 125) expect(clock.msAt(clock.iterationAt(ms))).toBeCloseTo(ms, 6);
    expect(clockOf(decimate({ from: 0, values: new Float32Array(), gaps: [] }, 10)).msAt(7)).toBe(0);
  });

  it("what is not known takes no time", () => {
    const gaps = [{ from: 20, to: 40 }];
    const holed = clockOf(decimate({ from: 10, values: new Float32Array(50).fill(1), gaps }, 6, { from: 0, to: 60 }));
    expect([10, 20, 40, 60].map((at) => holed.msAt(at))).toEqual([0, 10, 10, 30]);
  });
});
