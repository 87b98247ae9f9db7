import { describe, expect, it } from "vitest";
import { drawSvg } from "../../src-main/figures/drawSvg.ts";
import { measureIn } from "../../src-main/figures/fonts.ts";
import { parseSvg, writeSvg } from "../../src-main/figures/svgElements.ts";
import { toCsv } from "../../src-shared/figures/csv.ts";
import type { Figure } from "../../src-shared/figures/figure.ts";
import { figureNames, type FigureName, type FigureStyleName } from "../../src-shared/figures/figureChoices.ts";
import { figureOption } from "../../src-shared/figures/figureOption.ts";
import { figureStyles } from "../../src-shared/figures/figureStyle.ts";
import { studyFigures } from "../../src-shared/figures/studyFigures.ts";
import { madeStudy, type MadeRun, type MadeStudy } from "./studyFixture.ts";

const draw = (name: FigureName, made: MadeStudy = {}, style: FigureStyleName = "paper"): Figure | undefined =>
  studyFigures[name].draw(madeStudy(made), figureStyles[style]);

function svgOf(name: FigureName, made: MadeStudy, styleName: FigureStyleName = "paper"): string {
  const style = figureStyles[styleName];
  return writeSvg(drawSvg(figureOption(draw(name, made, styleName)!, style, measureIn(style.font)), style));
}

/** Short, so that its pictures can be read. */
const short: MadeStudy = {
  iterations: 80,
  change: ({ family, depth }) => ({ lesions: family === "residual" && depth === 20 }),
};

/** One cell of each kind that is not done. */
const broken: MadeStudy = {
  iterations: 80,
  change: ({ family, depth }: MadeRun) =>
    family === "plain"
      ? ((
          { 44: { state: "failed", done: 44 }, 56: { state: "diverged", done: 60 } } as Record<number, Partial<MadeRun>>
        )[depth] ?? {})
      : (({ 44: { state: "running", done: 36 }, 56: { state: "missing" } } as Record<number, Partial<MadeRun>>)[
          depth
        ] ?? {}),
};

describe("pictures", () => {
  it.each(figureNames)("%s in paper style", async (name) => {
    await expect(svgOf(name, short)).toMatchFileSnapshot(`pictures/study-${name}.svg`);
  });

  it.each<{ name: FigureName; of: string; made: MadeStudy; style: FigureStyleName }>([
    { name: "training-loss-plain", of: "broken", made: broken, style: "screen" },
    { name: "accuracy-table", of: "broken", made: broken, style: "paper" },
    { name: "layer-responses", of: "slide", made: short, style: "slide" },
    { name: "accuracy-table", of: "slide", made: short, style: "slide" },
    { name: "by-depth", of: "three-seeds", made: { ...short, seeds: 3 }, style: "screen" },
    {
      name: "training-loss-residual",
      of: "twenty-seeds",
      made: { ...short, seeds: 20, depths: [20] },
      style: "screen",
    },
    {
      name: "error",
      of: "ablation",
      made: { ...short, families: ["residual"], shortcuts: ["none", "zero-pad", "projection"] },
      style: "paper",
    },
  ])("$name, $of", async ({ name, of, made, style }) => {
    await expect(svgOf(name, made, style)).toMatchFileSnapshot(`pictures/study-${name}-${of}.svg`);
  });

  it("the same picture whatever was drawn before", () => {
    expect(svgOf("error", short)).toBe(svgOf("error", short));
  });

  it.each(figureNames)("%s fits its page in every style", (name) => {
    for (const style of ["screen", "paper", "slide"] as const) {
      for (const made of [
        short,
        broken,
        { ...short, seeds: 3 },
        { ...short, families: ["residual"], shortcuts: ["none", "zero-pad", "projection"] },
      ] as MadeStudy[]) {
        if (!draw(name, made, style)) continue;
        const svg = parseSvg(svgOf(name, made, style));
        const [, , width, height] = svg.attributes.viewBox.split(" ").map(Number);
        const measure = measureIn(figureStyles[style].font);
        for (const { attributes, text } of svg.children.filter((child) => child.name === "text")) {
          const [size, bold] = [Number(attributes["font-size"]), attributes["font-weight"] === "600"];
          const moved = /(?:translate\(|matrix\(0,-1,1,0,)(-?[\d.]+)[ ,](-?[\d.]+)/.exec(attributes.transform ?? "");
          const [x, y] = [Number(moved?.[1] ?? 0), Number(moved?.[2] ?? 0)];
          const share = { start: 0, middle: 0.5, end: 1 }[attributes["text-anchor"] ?? "start"]!;
          const length = measure(text, size, bold);
          const isUpright = attributes.transform?.startsWith("matrix") ?? false;
          const [from, to, room] = isUpright
            ? [y - (1 - share) * length, y + share * length, height]
            : [x - share * length, x + (1 - share) * length, width];
          expect.soft(from, `${style}: ${text}`).toBeGreaterThan(-1);
          expect.soft(to, `${style}: ${text}`).toBeLessThan(room + 1);
        }
      }
    }
  });
});

describe("seeds", () => {
  const linesOf = (seeds: number, name: FigureName) => draw(name, { ...short, seeds, depths: [20] })?.panels[0].lines;

  it("none: nothing is drawn", () => {
    for (const name of figureNames) expect(draw(name, { ...short, seeds: 0 }), name).toBeUndefined();
  });

  it("one: a line, with the raw values behind it", () => {
    const lines = linesOf(1, "training-loss-plain")!;
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({ isThin: false, look: "dashed" });
    expect(lines[0].band).toBeDefined();
  });

  it("three: thin lines and their mean", () => {
    const lines = linesOf(3, "training-loss-residual")!;
    expect(lines.map(({ isThin }) => isThin)).toEqual([true, true, true, false]);
    const mean = (lines[0].ys[40] + lines[1].ys[40] + lines[2].ys[40]) / 3;
    expect(lines[3].ys[40]).toBeCloseTo(mean, 10);
    expect(draw("training-loss-residual", { ...short, seeds: 3 })!.caption.join(" ")).toContain(
      "Thin: each seed; thick: mean of 3 seeds.",
    );
  });

  it("twenty: the mean and one sample standard deviation about it", () => {
    const lines = linesOf(20, "training-loss-residual")!;
    expect(lines).toHaveLength(1);
    const { ys, band } = lines[0];
    expect(band!.high[40] - ys[40]).toBeCloseTo(ys[40] - band!.low[40], 10);
    expect(band!.high[40]).toBeGreaterThan(ys[40]);
  });

  it.each([
    { seeds: 1, cell: /^\d\d\.\d\d$/, said: "Single runs." },
    { seeds: 3, cell: /^\d\d\.\d\d ± \d+\.\d\d$/, said: "n = 3 seeds" },
  ])("accuracy of $seeds", ({ seeds, cell, said }) => {
    const { table, caption } = draw("accuracy-table", { ...short, seeds })!;
    for (const text of table!.groups[1].columns[0].cells) expect(text).toMatch(cell);
    expect(caption.join(" ")).toContain(said);
  });

  it("a cell with fewer seeds than the others says so", () => {
    const made: MadeStudy = {
      ...short,
      seeds: 3,
      change: ({ depth, seed }) => (depth === 32 && seed === 2 ? { state: "failed", done: 9 } : {}),
    };
    const { table } = draw("accuracy-table", made)!;
    expect(table!.groups[1].columns[0].cells[1]).toMatch(/\(2\)$/);
    expect(table!.groups[1].columns[0].cells[0]).not.toContain("(");
  });
});

describe("removed blocks", () => {
  const measured = (depths: readonly number[], made: MadeStudy = {}): MadeStudy => ({
    ...{ iterations: 80, depths, families: ["residual"] as const, ...made },
    change: ({ depth, seed, shortcut }) => ({ lesions: depth === 20 && seed !== 1 && shortcut !== "projection" }),
  });

  it("a bar a block of what was measured, hatched where there is no shortcut; the line is the intact network's", () => {
    const { panels, caption } = draw("block-removal", short)!;
    expect(panels).toHaveLength(1);
    const [{ bars, rules }] = panels;
    expect(bars.map(({ to }) => to !== undefined)).toEqual([true, true, true, false, true, true, false, true, true]);
    const { lesion } = madeStudy(short).cells.find(({ run }) => run?.lesion)!.run!;
    expect(rules.filter(({ axis }) => axis === "y")).toEqual([
      { axis: "y", at: 100 * lesion!.testError, look: "reference" },
    ]);
    expect(rules.flatMap(({ axis, at }) => (axis === "x" ? [at] : []))).toEqual([3.5, 6.5]);
    expect(caption.join(" ")).toContain("Hatched:");
  });

  it("what was not measured is named with the command that does it", () => {
    expect(draw("block-removal", short)!.caption).toContain(
      "Not measured yet (rwb run lesion RUN): residual-32, residual-44 and residual-56.",
    );
    const ablation = measured([20], { shortcuts: ["zero-pad", "projection"], seeds: 2 });
    const { caption, panels, records } = draw("block-removal", ablation)!;
    expect(caption).toContain("Not measured yet (rwb run lesion RUN): projection-20.");
    expect(caption.join(" ")).not.toContain("Hatched");
    expect(panels).toHaveLength(1);
    expect(records.rows).toHaveLength(9);
  });

  it("of several seeds the first is drawn, and all are in the CSV", () => {
    const { caption, panels, records } = draw("block-removal", measured([20], { seeds: 3 }))!;
    expect(panels).toHaveLength(1);
    expect(new Set(records.rows.map((row) => row[3]))).toEqual(new Set([2, 3]));
    expect(caption.join(" ")).toContain("Of several seeds the first that was measured");
  });

  it("without any there is no figure", () => {
    expect(draw("block-removal", { iterations: 80 })).toBeUndefined();
  });
});

describe("cells that are not done", () => {
  it.each(figureNames.filter((name) => !["training-loss-residual", "block-removal"].includes(name)))(
    "%s names them",
    (name) => {
      const caption = draw(name, broken)!.caption.join(" ");
      expect(caption).toContain("Failed: plain-44 at iteration 44.");
      expect(caption).toContain("Diverged: plain-56 at iteration 60.");
      if (name !== "training-loss-plain") {
        expect(caption).toContain("Still training: residual-44 at iteration 36.");
        expect(caption).toContain("Missing: residual-56.");
      }
    },
  );

  it("a loss that has gone astray leaves the others their axis, and is marked", () => {
    const [panel] = draw("training-loss-plain", broken)!.panels;
    expect(panel.y.scale.max).toBeLessThanOrEqual(4);
    expect(panel.crosses).toHaveLength(2);
  });

  it("they have no place in a table's numbers", () => {
    const { table, records } = draw("accuracy-table", broken)!;
    expect(table!.groups[1].columns[0].cells.slice(2)).toEqual(["failed", "diverged"]);
    expect(table!.groups[1].columns[1].cells.slice(2)).toEqual(["training", "–"]);
    expect(records.rows.find(([family, depth]) => family === "plain" && depth === 56)).toEqual([
      "plain",
      56,
      "none",
      0,
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe("what is said", () => {
  it.each(figureNames)("%s has a title, axes with titles, and labels of scale and data", (name) => {
    const { title, caption, panels, legend, table } = draw(name, short)!;
    expect(title).not.toBe("");
    expect(caption.at(-1)).toBe("1/32 of the schedule, CIFAR-10 (not the original archive), bfloat16, one seed.");
    for (const { x, y } of panels) expect([x.title, y.title]).not.toContain("");
    expect(legend.length > 0 || table !== undefined).toBe(true);
  });

  it.each<{ name: FigureName; dash: string; line: string }>([
    { name: "training-loss-plain", dash: "plain", line: "" },
    { name: "error", dash: "training", line: "test" },
    { name: "degradation-gap", dash: "plain", line: "residual" },
    { name: "layer-responses", dash: "plain", line: "residual" },
    { name: "by-depth", dash: "plain", line: "residual" },
  ])("$name: a dash is $dash", ({ name, dash, line }) => {
    const entries = draw(name, short)!.legend.filter(({ label }) => !/^\d/.test(label));
    const looks = Object.fromEntries(
      entries.map(({ label, sample }) => [label, sample.kind === "line" && sample.look]),
    );
    expect(looks).toEqual({ [dash]: "dashed", ...(line === "" ? {} : { [line]: "solid" }) });
  });

  it("depth is told by markers too", () => {
    const shapes = draw("training-loss-residual", short)!.panels[0].lines.map(({ marker }) => marker.shape);
    expect(new Set(shapes).size).toBe(4);
  });

  it("Fig. 2 and Fig. 3 have the same axes", () => {
    const [plain, residual] = (["training-loss-plain", "training-loss-residual"] as const).map(
      (name) => draw(name, short)!.panels[0],
    );
    expect(residual.y.scale).toEqual(plain.y.scale);
    expect(residual.x.scale).toEqual(plain.x.scale);
  });

  it("smoothing does not cross a drop of the learning rate", () => {
    const { xs, ys } = draw("training-loss-plain", { iterations: 2000, depths: [56] })!.panels[0].lines[0];
    const at = Array.from(xs).findIndex((x) => x >= 1000);
    // The made-up loss falls by 22 % of its end there: the step is whole.
    expect(ys[at - 1] - ys[at]).toBeGreaterThan(0.3);
    expect(Math.abs(ys[at - 1] - ys[at - 5])).toBeLessThan(0.05);
    expect(Math.abs(ys[at] - ys[at + 4])).toBeLessThan(0.05);
  });

  it("only where schedule, data and network are the same is there a difference to what was reported", () => {
    const reported = (iterations: number) =>
      draw("accuracy-table", { iterations })!.table!.groups.filter(({ title }) => /report|He/.test(title));
    expect(reported(2000).map(({ isGrey }) => isGrey)).toEqual([true, true]);
    expect(reported(2000)[0].columns[0].cells).toEqual(["84.84", "81.12", "79.57", "74.37"]);
    const [course, paper] = reported(64_000);
    expect([course.isGrey, paper.isGrey]).toEqual([false, true]);
    expect(course.columns[0].cells[0]).toMatch(/^84\.84 \([+−]\d+\.\d\d\)$/);
    expect(paper.columns[0].cells).toEqual(["91.25", "92.49", "92.83", "93.03"]);
  });
});

it("CSV: words for what is not finite, quotes where they are needed", () => {
  const csv = toCsv({
    columns: ["a", "b,c"],
    rows: [
      [1 / 3, NaN],
      ['say "x"', undefined],
    ],
  });
  expect(csv).toBe('a,"b,c"\n0.3333333333,NaN\n"say ""x""",\n');
});
