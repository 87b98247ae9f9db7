import fc from "fast-check";
import { expect, it } from "vitest";
import { ChangeJournal } from "../../src-main/rpc/live/changeJournal.ts";
import { readForPlot } from "../../src-main/rpc/plotReader.ts";
import type { History } from "../../src-main/history/index.ts";
import { decimate, type IterationRange, type Series } from "../../src-shared/series.ts";

/** A history of one series that reads as the real one does. */
function historyOf({ from, values, gaps }: Series): History {
  const end = from + values.length;
  const read = (_: string, __: string, range: Partial<IterationRange> = {}): Series => {
    const first = Math.max(from, range.from ?? 0);
    const last = Math.max(first, Math.min(end, range.to ?? end));
    const within = gaps.filter((gap) => gap.from < last && gap.to > first);
    const clipped = within.map((gap) => ({ from: Math.max(gap.from, first), to: Math.min(gap.to, last) }));
    return { from: first, values: values.slice(first - from, last - from), gaps: clipped };
  };
  const run = { id: "r", iteration: end, iterations: Math.max(end, 300_000) };
  return { runs: { get: () => run }, series: { read } } as unknown as History;
}

it("buckets of a very long run, read in slices, are those of the whole at once", async () => {
  const slice = 1 << 18;
  const values = Float32Array.from({ length: 2 * slice + 1_000 }, (_, i) => Math.sin(i * i));
  // Extremes and what is not finite, on both sides of the slices' edges.
  for (const [at, value] of [[slice - 101, NaN], [slice - 100, 9], [slice - 99, -9], [2 * slice - 100, Infinity], [77, -Infinity]])
    values[at] = value; // prettier-ignore
  const gap = { from: slice + 600, to: slice + 1_150 };
  values.fill(NaN, gap.from - 100, gap.to - 100);
  const series: Series = { from: 100, values, gaps: [gap] };
  for (const [buckets, from, to] of [
    [1, undefined, undefined],
    [7, 0, 2 * slice + 5_000],
    [2_000, 100, 2 * slice + 1_100],
    [3_000, slice - 1_000, slice + 1_000],
  ]) {
    const reading = { runs: ["r"], series: ["loss" as const], from, to, buckets: buckets! };
    const answer = await readForPlot(historyOf(series), reading);
    expect(answer.series[0].buckets).toEqual(decimate(series, buckets!, answer.range));
    expect(answer.series[0].whole).toMatchObject({
      ...{ values: values.length - 550, minimum: -9, minimumAt: slice + 1, maximum: 9, maximumAt: slice },
      ...{ lastAt: 2 * slice + 1_099, last: values.at(-1), nonFinite: 7 },
    });
  }
});

it("a run without a value has a summary that says so", async () => {
  const nothing = historyOf({ from: 0, values: new Float32Array(0), gaps: [] });
  const { range, series } = await readForPlot(nothing, { runs: ["r"], series: ["loss"], buckets: 10 });
  expect(range).toEqual({ from: 0, to: 0 });
  expect(series[0].buckets.starts).toHaveLength(0);
  expect(series[0].whole).toMatchObject({ values: 0, minimum: null, last: null, nonFinite: 0 });
});

it("the journal tells each change after a cursor once, or that it does not know", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 12 })), fc.nat(60), (changes, cursor) => {
      const journal = new ChangeJournal(8);
      for (const thing of changes) journal.note(`${thing}`);
      const told = journal.since(cursor);
      const wanted = new Set(changes.slice(cursor).map(String));
      if (cursor > changes.length) expect(told).toBeUndefined();
      else if (told) expect(told.toSorted()).toEqual([...wanted].toSorted());
      else expect(new Set(changes).size).toBeGreaterThan(8);
      expect(journal.since(journal.sequence)).toEqual([]);
      expect(journal.since(-1)).toBeUndefined();
    }),
  );
});
