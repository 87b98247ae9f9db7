import { describe, expect, test } from "vitest";
import type { Run } from "../../src-shared/contract/index.ts";
import { allOrNone, extended, toggled } from "../../src-renderer/views/runs/selection.ts";
import { editedTags, tagsOf, typedTags } from "../../src-renderer/views/runs/tagEdit.ts";
import {
  columnPixels,
  columns,
  columnsText,
  firstColumns,
  fittingColumns,
  parseColumns,
  type Column,
} from "../../src-renderer/views/runs/runColumns.ts";
import { facetValues, filteredRuns, withFacet, type RunFilter } from "../../src-renderer/views/runs/runFilter.ts";
import { runsCsv } from "../../src-renderer/views/runs/runsCsv.ts";
import {
  firstOrder,
  orderAfter,
  shownRuns,
  sortedRuns,
  trainedMs,
  withLive,
  type StateFilter,
} from "../../src-renderer/views/runs/runTable.ts";

const run = (id: string, changes: Partial<Run>): Run => ({
  ...{ id, status: "finished", reason: null, dataset: "cifar10", family: "plain", depth: 20, shortcut: "none", seed: 1 },
  ...{ recipe: "course", scale: null, deviations: [], study: null, studies: [], iteration: 10, iterations: 10, loss: 1 },
  ...{ imagesPerSecond: null, testAccuracy: null, bestTestAccuracy: null, checkpointIteration: null, threads: null },
  ...{ lanes: null, tags: [], pinned: false, forkedFrom: null, createdMs: 0, startedMs: null, endedMs: null },
  ...{ trashedMs: null, ...changes },
}); // prettier-ignore

const runs = [
  run("plain-20-s1-a", { createdMs: 1, testAccuracy: 0.9, bestTestAccuracy: 0.91, loss: 0.1, tags: ["Night"], startedMs: 0, endedMs: 50 }),
  run("residual-8-s2-b", { createdMs: 2, family: "residual", depth: 8, status: "running", iteration: 5, loss: 2, startedMs: 900 }),
  run("plain-8-s1-c", { createdMs: 3, depth: 8, status: "diverged", loss: "NaN", studies: ["Depth"], testAccuracy: 0.1 }),
  run("plain-110-s1-d", { createdMs: 4, depth: 110, status: "queued", iteration: 0, loss: null, dataset: "shapes", recipe: null }),
  run("plain-20-s3-e", { createdMs: 5, seed: 3, status: "paused", iteration: 2, tags: ["a", "b"], testAccuracy: 0.5, startedMs: 1, endedMs: 2 }),
]; // prettier-ignore
const letters = (found: readonly Run[]) => found.map(({ id }) => id.at(-1)).join("");
const wordOf = (status: string) => (status === "finished" ? "done" : status);

describe("which runs are shown", () => {
  test.each<[StateFilter, string, string]>([
    ["all", "", "abcde"],
    ["active", "", "b"],
    ["waiting", "", "de"],
    ["finished", "", "a"],
    ["failed", "", "c"],
    ["all", "plain 20", "ae"],
    ["all", "  PLAIN   8 ", "c"],
    ["all", "done", "a"],
    ["all", "finished", "a"],
    ["all", "shapes", "d"],
    ["all", "depth", "c"],
    ["all", "night", "a"],
    ["waiting", "night", ""],
  ])("%s, %j: %s", (state, search, expected) => {
    expect(letters(shownRuns(runs, { state, search, wordOf }))).toBe(expected);
  });
});

describe("a filter", () => {
  test.each<[RunFilter, string]>([
    [{}, "abcde"],
    [{ family: "residual" }, "b"],
    [{ depth: "8" }, "bc"],
    [{ depth: "8", family: "plain" }, "c"],
    [{ dataset: "shapes" }, "d"],
    [{ study: "Depth" }, "c"],
    [{ tag: "b" }, "e"],
    [{ tag: "b", study: "Depth" }, ""],
  ])("%j: %s", (filter, expected) => {
    expect(letters(filteredRuns(runs, filter))).toBe(expected);
  });

  test("is chosen among what there is, numbers in their order", () => {
    expect(facetValues(runs)).toEqual({
      ...{ family: ["plain", "residual"], depth: ["8", "20", "110"], dataset: ["cifar10", "shapes"] },
      ...{ study: ["Depth"], tag: ["a", "b", "Night"] },
    });
    expect(withFacet({ tag: "a" }, "depth", "8")).toEqual({ tag: "a", depth: "8" });
    expect(withFacet({ tag: "a", depth: "8" }, "tag", undefined)).toEqual({ depth: "8" });
  });
});

describe("columns", () => {
  const sum = (list: readonly Column[]) => list.reduce((all, column) => all + columnPixels(column), 0);
  test.each([
    [4_000, firstColumns],
    [sum(firstColumns), firstColumns],
    [sum(firstColumns) - 1, firstColumns.filter((column) => column !== "tags")],
    [560, ["state", "name", "last", "best"]],
    [0, ["state", "name", "last"]],
  ])("in %d pixels are as many as fit", (pixels, expected) => {
    expect(fittingColumns(pixels)).toEqual(expected);
  });

  test.each([
    [null, undefined],
    ["", undefined],
    ["nonsense", undefined],
    ["state name", ["state", "name"]],
    ["speed name best nonsense", ["state", "name", "best", "speed"]],
    [columnsText(columns), columns],
  ])("that were kept as %j are %j", (text, expected) => {
    expect(parseColumns(text)).toEqual(expected);
  });
});

test("a table to keep has every number in full, and no formula", () => {
  const odd = run("=1+1", { tags: ['a "b"', "c"], testAccuracy: 0.1234567, startedMs: 0, endedMs: 1500, loss: "NaN" });
  const [head, first, second, ...rest] = runsCsv([runs[3], odd], 0).split("\n");
  expect(head).toMatch(/^id,status,family,depth,.*,lastTestAccuracy,.*,trainedSeconds,tags,created$/);
  expect(first).toBe("plain-110-s1-d,queued,plain,110,none,1,shapes,,,,0,10,,,,,,,1970-01-01T00:00:00.004Z");
  expect(second).toMatch(/^'=1\+1,finished,.*,NaN,0\.1234567,,,1\.5,"a ""b""; c",/);
  expect(rest).toEqual([""]);
});

describe("their order", () => {
  test.each<[Column, string, string]>([
    ["state", "bdeac", "caedb"],
    ["name", "caedb", "bdeac"],
    ["data", "abced", "dabce"],
    // What has none stands at the end, whichever way.
    ["last", "ceabd", "aecbd"],
    ["best", "abcde", "abcde"],
    ["loss", "aebcd", "cbead"],
    ["iterations", "debac", "acbed"],
    ["time", "eabcd", "baecd"],
    ["tags", "eabcd", "aebcd"],
    ["created", "abcde", "edcba"],
    ["shortcut", "bacde", "bacde"],
    ["study", "cabde", "cabde"],
    ["speed", "abcde", "abcde"],
  ])("by %s: %s, and %s", (by, ascending, descending) => {
    expect(letters(sortedRuns(runs, { by, isDescending: false }, 1000))).toBe(ascending);
    expect(letters(sortedRuns(runs, { by, isDescending: true }, 1000))).toBe(descending);
  });

  test("a second click turns it round; numbers begin with the largest", () => {
    expect(orderAfter(firstOrder, "best")).toEqual({ by: "best", isDescending: true });
    expect(orderAfter({ by: "best", isDescending: true }, "best")).toEqual({ by: "best", isDescending: false });
    expect(orderAfter(firstOrder, "name")).toEqual({ by: "name", isDescending: false });
    for (const column of columns) expect(sortedRuns(runs, { by: column, isDescending: true }, 0)).toHaveLength(5);
  });

  test("ten thousand are sorted in no time", () => {
    const many = Array.from({ length: 10_000 }, (_, i) => run(`r-${i}`, { createdMs: (i * 7919) % 10_007, depth: 8 + 6 * (i % 30) })); // prettier-ignore
    const startMs = performance.now();
    sortedRuns(shownRuns(many, { state: "all", search: "r-1 cifar", wordOf }), { by: "name", isDescending: true }, 0);
    expect(performance.now() - startMs).toBeLessThan(500);
  });
});

test("a run trains for as long as it runs", () => {
  expect(runs.map((one) => trainedMs(one, 1000))).toEqual([50, 100, null, null, 1]);
});

test("what a trainer says at this moment counts", () => {
  const live = { id: "b", iteration: 7, loss: null, accuracy: null, imagesPerSecond: 1, msLeft: 1 };
  expect(withLive(runs[1], live)).toMatchObject({ iteration: 7, loss: 2 });
  expect(withLive(runs[1], { ...live, loss: 1.5 }).loss).toBe(1.5);
  expect(withLive(runs[1], undefined)).toBe(runs[1]);
});

test("a selection is toggled, extended, and all or none", () => {
  expect([...toggled(new Set(["a"]), "b")]).toEqual(["a", "b"]);
  expect([...toggled(new Set(["a", "b"]), "a")]).toEqual(["b"]);
  expect([...extended(new Set(["x"]), ["a", "b", "c", "d"], 2, 1)]).toEqual(["x", "b", "c"]);
  expect([...allOrNone(new Set(["a", "x"]), ["a", "b"])]).toEqual(["a", "x", "b"]);
  expect([...allOrNone(new Set(["a", "b", "x"]), ["a", "b"])]).toEqual(["x"]);
});

test("tags of several runs at once", () => {
  expect(tagsOf([{ tags: ["b", "a"] }, { tags: ["b"] }])).toEqual([{ tag: "a", runs: 1 }, { tag: "b", runs: 2 }]); // prettier-ignore
  expect(typedTags(" one, two words ,, one ")).toEqual(["one", "two words"]);
  const edit = { added: ["new"], removed: new Set(["old"]) };
  expect(editedTags(["old", "kept"], edit)).toEqual(["kept", "new"]);
  expect(editedTags(["new"], edit)).toBeUndefined();
});
