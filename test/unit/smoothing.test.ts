import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { reachOf, smooth, type Points } from "../../src-shared/smoothing.ts";

const each = (values: readonly number[], step = 1): Points => ({
  iterations: values.map((_, index) => index * step),
  values,
  weights: values.map(() => step),
});

/** The same, from its definition: every point against every other. */
function plainly(
  { iterations, values, weights }: Points,
  widthIterations: number,
  breaks: readonly number[],
): number[] {
  const segmentOf = (iteration: number): number => breaks.filter((edge) => edge <= iteration).length;
  return Array.from(iterations, (at, point) => {
    if (!Number.isFinite(values[point])) return NaN;
    let [sum, total] = [0, 0];
    for (let other = 0; other < iterations.length; other++) {
      const distance = iterations[other] - at;
      if (!Number.isFinite(values[other]) || Math.abs(distance) >= reachOf(widthIterations)) continue;
      if (segmentOf(iterations[other]) !== segmentOf(at)) continue;
      const weight = weights[other] * (1 - (distance / reachOf(widthIterations)) ** 2);
      sum += weight * values[other];
      total += weight;
    }
    return sum / total;
  });
}

describe("smooth", () => {
  it.each<{ what: string; points: Points; width: number; breaks?: number[]; gives: number[] }>([
    { what: "nothing", points: each([]), width: 5, gives: [] },
    { what: "a width of nothing", points: each([3, 1, 2]), width: 0, gives: [3, 1, 2] },
    { what: "what does not change", points: each([2, 2, 2, 2]), width: 2, gives: [2, 2, 2, 2] },
    {
      what: "a drop of the learning rate is a step in the line, too",
      points: each([1, 1, 1, 0, 0, 0]),
      width: 10,
      breaks: [3],
      gives: [1, 1, 1, 0, 0, 0],
    },
    {
      what: "holes stay holes, and do not pull",
      points: each([1, NaN, 1, Infinity]),
      width: 3,
      gives: [1, NaN, 1, NaN],
    },
  ])("$what", ({ points, width, breaks, gives }) => {
    const smoothed = [...smooth(points, { widthIterations: width, breaks })];
    expect(smoothed.map((value) => Math.round(value * 1e12) / 1e12)).toEqual(gives);
  });

  it("a point counts for as many iterations as it stands for", () => {
    const points = { iterations: [0, 1], values: [0, 1], weights: [1, 3] };
    const near = 1 - 1 / 500;
    expect(smooth(points, { widthIterations: 10 })[0]).toBeCloseTo((3 * near) / (1 + 3 * near), 12);
  });

  it("its width is a standard deviation: of one peak it makes that much", () => {
    const peak = each(Array.from({ length: 401 }, (_, at) => (at === 200 ? 1 : 0)));
    const smoothed = smooth(peak, { widthIterations: 30 });
    const variance = smoothed.reduce((sum, value, at) => sum + value * (at - 200) ** 2, 0);
    expect(Math.sqrt(variance)).toBeCloseTo(30, 0);
  });

  it("is the weighted mean of its definition, in any segments", () => {
    const value = fc.oneof(
      { weight: 9, arbitrary: fc.double({ min: -10, max: 10, noNaN: true }) },
      { weight: 1, arbitrary: fc.constantFrom(NaN, Infinity) },
    );
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 30 }), value, fc.integer({ min: 1, max: 9 })), { maxLength: 60 }),
        fc.integer({ min: 1, max: 40 }),
        fc.array(fc.integer({ min: 0, max: 900 }), { maxLength: 4 }),
        (list, width, breaks) => {
          let at = 0;
          const points = {
            iterations: list.map(([step]) => (at += step)),
            values: list.map(([, one]) => one),
            weights: list.map(([, , weight]) => weight),
          };
          const smoothed = smooth(points, { widthIterations: width, breaks });
          for (const [point, wanted] of plainly(points, width, breaks).entries()) {
            if (Number.isNaN(wanted)) expect(smoothed[point]).toBeNaN();
            else expect(smoothed[point]).toBeCloseTo(wanted, 9);
          }
        },
      ),
    );
  });
});
