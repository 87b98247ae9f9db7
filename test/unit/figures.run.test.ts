import { expect, it } from "vitest";
import { RecipeRenderer } from "../../src-main/figures/index.ts";
import { emptyComparison } from "../../src-shared/figures/comparisonRecipe.ts";
import type { FigureFormat } from "../../src-shared/figures/figureChoices.ts";
import type { FigureRecipe, RecipeOf } from "../../src-shared/figures/figureRecipe.ts";
import { useBench } from "./historyFixtures.ts";
import { labelsOf } from "./studyFixture.ts";
import { fillHistory, testImages, writeLabels } from "./studyHistory.ts";

const bench = useBench();
const id = "plain-20-s1-000000";

function renderer(options: Parameters<typeof fillHistory>[2] = {}) {
  const history = bench.open();
  writeLabels(bench.home);
  const predictions = fillHistory(history, bench.home, options);
  const figures = new RecipeRenderer(history, bench.home);
  const text = async (recipe: FigureRecipe, format: FigureFormat) =>
    Buffer.from((await figures.render(recipe, { style: "screen", format })).bytes).toString();
  return { history, predictions, figures, text };
}

const run = (rest: Omit<RecipeOf<"run">, "kind" | "run">): FigureRecipe => ({ kind: "run", run: id, ...rest });
const rowsOf = (csv: string): string[][] => csv.trimEnd().split("\n").slice(1).map((line) => line.split(",")); // prettier-ignore

it.each([
  { what: "the last evaluation", iteration: undefined, at: 200 },
  { what: "the one that is named", iteration: 100, at: 100 },
])("a confusion matrix counts what was stored: $what", async ({ iteration, at }) => {
  const { predictions, text } = renderer();
  const rows = rowsOf(await text(run({ figure: "confusion", iteration }), "csv"));
  expect(rows).toHaveLength(100);
  expect(new Set(rows.map(([name, after]) => `${name} ${after}`))).toEqual(new Set([`${id} ${at}`]));
  const predicted = predictions.get(id)!.get(at)!;
  const right = labelsOf(testImages).filter((label, image) => predicted[image] === label).length;
  const counted = (of: (row: string[]) => boolean): number => rows.filter(of).reduce((sum, row) => sum + Number(row[4]), 0); // prettier-ignore
  expect(counted(() => true)).toBe(testImages);
  expect(counted(([, , trueClass, taken]) => trueClass === taken)).toBe(right);
});

it("curves have every evaluation, and the training as far as it went", async () => {
  const { history, text } = renderer({ change: () => ({ done: 120, state: "failed" }) });
  const csv = await text(run({ figure: "curves" }), "csv");
  const rows = rowsOf(csv);
  const tested = rows.filter(([, part]) => part === "test");
  expect(tested.map(([, , iteration, , , , accuracy]) => [Number(iteration), Number(accuracy)])).toEqual(
    history.evaluations.of(id).map(({ iteration, testAccuracy }) => [iteration, testAccuracy]),
  );
  const trained = rows.filter(([, part]) => part === "training");
  expect(trained.reduce((sum, row) => sum + Number(row[3]), 0)).toBe(120);
  expect(csv).not.toContain("NaN");
  expect(await text(run({ figure: "curves" }), "svg")).toContain("Failed at iteration 120 of 200.");
});

it("files name the run, and what is set otherwise", async () => {
  const { text } = renderer();
  for (const figure of ["curves", "confusion"] as const) {
    const svg = await text(run({ figure }), "svg");
    expect(svg).toContain(`Run: ${id}`);
    expect(svg).toContain("schedule: 1/320, 200 iterations");
  }
  expect(await text(run({ figure: "curves" }), "pgfplots")).toContain("\\begin{tikzpicture}");
});

it.each<{ what: string; recipe: FigureRecipe; code: string; says: string }>([
  { what: "no evaluation there", recipe: run({ figure: "confusion", iteration: 7 }), code: "figure-empty", says: "no predictions" },
  { what: "nothing removed", recipe: { kind: "study", study: "report", figure: "block-removal" }, code: "figure-empty", says: "no block" },
  { what: "no such run", recipe: { kind: "run", run: "gone", figure: "curves" }, code: "run-unknown", says: "gone" },
  { what: "no such study", recipe: { kind: "study", study: "repor", figure: "error" }, code: "study-unknown", says: "repor" },
])("$what", async ({ recipe, code, says }) => {
  const { figures } = renderer();
  const drawn = figures.render(recipe, { style: "paper", format: "svg" });
  await expect(drawn).rejects.toMatchObject({ code, message: expect.stringContaining(says) as string });
}); // prettier-ignore

it("a confusion matrix is a picture, no table", async () => {
  const { figures } = renderer();
  const asked = figures.render(run({ figure: "confusion" }), { style: "paper", format: "tex" });
  await expect(asked).rejects.toMatchObject({ code: "usage", mend: "It has svg, pdf, png, csv." });
});

it("labels of other data are not taken for those of the run's", async () => {
  const { figures } = renderer();
  writeLabels(bench.home, undefined, "1");
  const asked = figures.render(run({ figure: "confusion" }), { style: "paper", format: "csv" });
  await expect(asked).rejects.toMatchObject({ code: "figure-empty" });
});

it("a comparison is drawn from the history as the window shows it, without what is hidden or gone", async () => {
  const { history, text } = renderer();
  const other = history.runs.list().find(({ family, depth }) => family === "residual" && depth === 20)!.id;
  const recipe: FigureRecipe = { ...emptyComparison, runs: [id, other, "gone", "hidden"], hidden: ["hidden"] };
  const loss = rowsOf(await text(recipe, "csv"));
  expect(new Set(loss.map(([, runs]) => runs))).toEqual(new Set([id, other]));
  const tested = rowsOf(await text({ ...recipe, metric: "testAccuracy", axis: "epoch" }, "csv"));
  expect(tested.filter(([, runs]) => runs === id).map(([, , , accuracy]) => Number(accuracy))).toEqual(
    history.evaluations.of(id).map(({ testAccuracy }) => testAccuracy),
  );
  const timed = rowsOf(await text({ ...recipe, axis: "time" }, "csv"));
  expect(timed.every(([, , x]) => Number.isFinite(Number(x)))).toBe(true);
  const svg = await text(recipe, "svg");
  expect(svg).toContain(`Runs: ${id}, ${other}`);
  // Its table is for LaTeX and Markdown alone: drawn, it would lie over the lines.
  expect(svg).toContain(">iteration</text>");
  expect(svg).not.toContain(">max</text>");
  expect(await text(recipe, "tex")).toContain("\\begin{tabular}");
  await expect(text({ ...recipe, runs: ["gone"] }, "svg")).rejects.toMatchObject({ code: "figure-empty" });
});
