import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decimate, nonFiniteBits, type Buckets, type Series } from "../../src-shared/series.ts";

const series = (values: readonly number[], from = 0, gaps: Series["gaps"] = []): Series => ({
  from,
  values: Float32Array.from(values),
  gaps,
});

/** A bucket as a line: start, count, minimum@where, maximum@where, mean, bits. */
const lines = (buckets: Buckets): string[] =>
  Array.from(buckets.starts, (start, i) =>
    [
      `${start}+${buckets.counts[i]}`,
      `${buckets.minimum[i]}@${buckets.minimumAt[i]}`,
      `${buckets.maximum[i]}@${buckets.maximumAt[i]}`,
      `mean ${buckets.mean[i]}`,
      ...(buckets.nonFinite[i] ? [`bits ${buckets.nonFinite[i]}`] : []),
    ].join(" "),
  );

/** Half of it is lost when a mean becomes a float32. */
const smallestFloat = 2 ** -149;

const { nan, positiveInfinity, negativeInfinity } = nonFiniteBits;

describe("decimate", () => {
  test.each<{ what: string; from: Series; most: number; range?: { from: number; to: number }; gives: string[] }>([
    { what: "nothing", from: series([]), most: 10, gives: [] },
    {
      what: "fewer values than buckets: one each",
      from: series([3, 1], 7),
      most: 10,
      gives: ["7+1 3@7 3@7 mean 3", "8+1 1@8 1@8 mean 1"],
    },
    {
      what: "extremes and where they stand",
      from: series([1, 9, 2, 2, -5, 0]),
      most: 2,
      gives: ["0+3 1@0 9@1 mean 4", "3+3 -5@4 2@3 mean -1"],
    },
    { what: "the first of equals", from: series([2, 2, 2]), most: 1, gives: ["0+3 2@0 2@0 mean 2"] },
    {
      what: "what is not finite is said, and does not hide the rest",
      from: series([1, NaN, Infinity, -Infinity, NaN, NaN]),
      most: 3,
      gives: [
        `0+2 1@0 1@0 mean 1 bits ${nan}`,
        `2+2 NaN@2 NaN@2 mean NaN bits ${positiveInfinity | negativeInfinity}`,
        `4+2 NaN@4 NaN@4 mean NaN bits ${nan}`,
      ],
    },
    {
      what: "a gap is not a value",
      from: series([1, NaN, NaN, NaN, NaN, 5], 10, [{ from: 11, to: 15 }]),
      most: 3,
      gives: ["10+1 1@10 1@10 mean 1", "14+1 5@15 5@15 mean 5"],
    },
    {
      what: "a range beyond the data: the same grid for every run, buckets without values left out",
      from: series([1, 2, 3, 4], 4),
      most: 5,
      range: { from: 0, to: 10 },
      gives: ["4+2 1@4 2@5 mean 1.5", "6+2 3@6 4@7 mean 3.5"],
    },
    {
      what: "a range within the data",
      from: series([1, 2, 3, 4, 5, 6]),
      most: 2,
      range: { from: 1, to: 5 },
      gives: ["1+2 2@1 3@2 mean 2.5", "3+2 4@3 5@4 mean 4.5"],
    },
    { what: "an empty range", from: series([1]), most: 2, range: { from: 5, to: 3 }, gives: [] },
  ])("$what", ({ from, most, range, gives }) => {
    expect(lines(decimate(from, most, range))).toEqual(gives);
  });

  test("no value is lost: buckets cover every value once, and hold its extremes", () => {
    const finite = fc.float({ noNaN: true, noDefaultInfinity: true });
    const value = fc
      .oneof({ weight: 9, arbitrary: finite }, { weight: 1, arbitrary: fc.constantFrom(NaN, Infinity, -Infinity) })
      // Without -0, which equals 0 and is not the same.
      .map((number) => number + 0);
    fc.assert(
      fc.property(
        fc.array(value, { maxLength: 300 }),
        fc.integer({ min: 0, max: 50 }),
        fc.integer({ min: 1, max: 40 }),
        (values, from, most) => {
          const buckets = decimate(series(values, from), most);
          expect(buckets.starts.length).toBe(Math.min(most, values.length));
          for (let i = 0, at = from; i < buckets.starts.length; at += buckets.counts[i], i++) {
            expect(buckets.starts[i]).toBe(at);
            const all = values.slice(at - from, at - from + buckets.counts[i]);
            const known = all.filter(Number.isFinite);
            expect(buckets.minimum[i]).toBe(known.length > 0 ? Math.min(...known) : NaN);
            expect(buckets.maximum[i]).toBe(known.length > 0 ? Math.max(...known) : NaN);
            if (known.length > 0) {
              expect(values[buckets.minimumAt[i] - from]).toBe(buckets.minimum[i]);
              expect(values[buckets.maximumAt[i] - from]).toBe(buckets.maximum[i]);
            }
            // The mean by another way: of the values' differences from the first.
            const mean = known.reduce((sum, one) => sum + (one - known[0]) / known.length, known[0]);
            const scale = Math.max(...known.map(Math.abs));
            if (known.length === 0) expect(buckets.mean[i]).toBeNaN();
            else expect(Math.abs(buckets.mean[i] - mean)).toBeLessThanOrEqual(1e-6 * scale + smallestFloat);
            expect(buckets.nonFinite[i]).toBe(
              (all.some(Number.isNaN) ? nan : 0) |
                (all.includes(Infinity) ? positiveInfinity : 0) |
                (all.includes(-Infinity) ? negativeInfinity : 0),
            );
          }
          expect(buckets.counts.reduce((sum, count) => sum + count, 0)).toBe(values.length);
        },
      ),
    );
  });
});
