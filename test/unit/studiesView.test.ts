import { describe, expect, it, test } from "vitest";
import { endOf, planOf, studyGrid } from "../../src-renderer/views/studies/studyGrid.ts";
import { checkStudy, moreOf, suggestedName, type StudyDraft } from "../../src-renderer/views/studies/studyDraft.ts";
import type { Plan, Run, StudyCell } from "../../src-shared/contract/index.ts";

const cell = (rest: Partial<StudyCell> = {}, run: Partial<Run> | null = null): StudyCell => ({
  ...{ family: "plain", depth: 20, shortcut: "none", seed: 1, state: run ? "done" : "missing" },
  run: run && ({ status: "finished", testAccuracy: 0.5, ...run } as Run),
  ...rest,
});

describe("the grid of a study", () => {
  it("has depths down, networks across, seeds in their order", () => {
    const { columns, rows, seeds } = studyGrid(
      [cell({ depth: 56 }), cell({ family: "residual", seed: 10 }), cell({ family: "residual", seed: 9 })],
      new Map(),
    );
    expect(columns.map(({ key }) => key)).toEqual(["plain", "residual"]);
    expect(rows.map(({ depth }) => depth)).toEqual([20, 56]);
    expect(rows.map(({ places }) => places.map(({ cells }) => cells.map(({ seed }) => seed)))).toEqual([
      [[], [9, 10]],
      [[1], []],
    ]);
    expect(seeds).toBe(3);
  });

  it("has a column a shortcut where there are several, and one for plain networks all the same", () => {
    const cells = (["none", "zero-pad"] as const).flatMap((shortcut) => [cell({ family: "residual", shortcut }), cell({ shortcut })]); // prettier-ignore
    const keys = studyGrid(cells, new Map()).columns.map(({ key }) => key);
    expect(keys).toEqual(["residual none", "plain", "residual zero-pad"]);
    const one = studyGrid([cell({ family: "residual", shortcut: "projection" })], new Map());
    expect(one.columns).toEqual([{ key: "residual", family: "residual", shortcut: undefined }]);
  });

  it("takes the mean of what is done, from two on", () => {
    const seeds = [0.5, 0.7, 0.9].map((testAccuracy, at) => cell({ seed: at }, { id: `r${at}`, testAccuracy }));
    const mean = (cells: StudyCell[]) => studyGrid(cells, new Map()).rows[0].places[0].accuracy;
    expect(mean(seeds)?.mean).toBeCloseTo(0.7);
    expect(mean(seeds)?.std).toBeCloseTo(0.2);
    expect(mean([...seeds, cell({ seed: 9 }, { status: "running", testAccuracy: 0.1 })])?.mean).toBeCloseTo(0.7);
    expect(mean(seeds.slice(0, 1))).toBeUndefined();
  });

  it("shows a run as it is by now", () => {
    const now = new Map([["a", { id: "a", status: "finished" } as Run]]);
    const { rows } = studyGrid([cell({}, { id: "a", status: "running" })], now);
    expect(rows[0].places[0].cells[0].run?.status).toBe("finished");
  });
});

test.each([
  { ends: [], end: undefined },
  { ends: [5, 9, 7], end: 9 },
  { ends: [5, null], end: null },
])("a study ends with the last of its runs: $ends", ({ ends, end }) => {
  const runs = ends.map((endMs, at) => ({ id: `r${at}`, endMs }));
  const plan = { runs: [...runs, { id: "other", endMs: 100 }] } as Plan;
  expect(endOf(planOf(plan, (id) => id !== "other"))).toBe(end);
});

describe("a new study", () => {
  const draft: StudyDraft = { name: "mine", template: "course", scale: "1/32", seeds: "1-3" };
  it("is the template's grid", () => {
    const { grid, runs, problems } = checkStudy(draft, []);
    expect(grid).toMatchObject({ recipe: "course", depths: [20, 32, 44, 56], seeds: [1, 2, 3], scale: 1 / 32 });
    expect({ runs, problems }).toEqual({ runs: 24, problems: { name: undefined } });
    expect(checkStudy({ ...draft, scale: "1" }, []).grid).not.toHaveProperty("scale");
    expect(checkStudy({ ...draft, template: "shortcut-ablation" }, []).runs).toBe(36);
  });

  test.each<readonly [Partial<StudyDraft>, string]>([
    [{ name: " " }, "name"],
    [{ name: "taken" }, "name"],
    [{ name: "a/b" }, "name"],
    [{ scale: "2" }, "scale"],
    [{ seeds: "one" }, "seeds"],
  ])("%j is not taken", (change, field) => {
    const { grid, problems } = checkStudy({ ...draft, ...change }, ["taken"]);
    expect(grid).toBeUndefined();
    expect(Object.entries(problems).filter(([, text]) => text !== undefined).map(([name]) => name)).toEqual([field]); // prettier-ignore
  });

  test.each([
    [["course", "1/32"], [], "course at 1-32"],
    [["course", "1/32"], ["course at 1-32"], "course at 1-32 2"],
    [["paper", "1"], [], "paper"],
    [["paper", "25 %"], [], "paper at 25"],
    [["paper", "nonsense"], [], "paper"],
  ] as const)("%j with %j is called %s", ([template, scale], taken, name) => {
    expect(suggestedName(template, scale, taken)).toBe(name);
    expect(checkStudy({ ...draft, name }, []).problems.name).toBeUndefined();
  });

  test.each([
    ["", []],
    ["20, 26", [20, 26]],
    ["x", undefined],
  ])("more: %j is %j", (text, values) => expect(moreOf(text)).toEqual(values));
});
