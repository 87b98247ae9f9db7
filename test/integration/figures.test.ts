import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { chromium } from "playwright-core";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openHistory } from "../../src-main/history/index.ts";
import { figureFormats, figureNames, figureStyleNames } from "../../src-shared/figures/figureChoices.ts";
import { studyFigures } from "../../src-shared/figures/studyFigures.ts";
import { fillHistory, madeGrid, writeLabels } from "../unit/studyHistory.ts";
import { linesOf } from "./queue.cli.fixture.ts";
import { rwb, startRwb, type Ended } from "./rwb.ts";
import { temporaryFolder } from "./trainFixture.ts";

const folder = temporaryFolder();
afterAll(() => folder.remove());
const home = path.join(folder.path, "home");
const drawn = figureNames.filter((name) => name !== "block-removal");
const outOf = (style: string): string => path.join(folder.path, style);
const fileOf = (style: string, name: string): string => path.join(outOf(style), name);

const exportAll = (style: string, ...more: string[]): Promise<Ended> =>
  rwb(["export", "--study", "report", "--all", "--style", style, "--out", outOf(style), ...more], home);

let exported: Ended[] = [];
beforeAll(async () => {
  mkdirSync(home, { recursive: true });
  writeLabels(home);
  const history = openHistory({ home });
  fillHistory(history, home, { grid: { ...madeGrid, seeds: [1, 2, 3] } });
  history.figures.save("mine", { kind: "run", run: "plain-20-s1-000000", figure: "curves" });
  history.figures.save("lesions", { kind: "study", study: "report", figure: "block-removal" });
  history.close();
  exported = [];
  for (const style of figureStyleNames) exported.push(await exportAll(style, "--json"));
});

describe("rwb export --study", () => {
  it("writes every figure in each of its formats, and says what it skips", () => {
    for (const [index, style] of figureStyleNames.entries()) {
      const ended = exported[index];
      expect(ended).toMatchObject({ code: 0 });
      expect(ended.err).toContain("block-removal: no data yet, skipped");
      const wanted = drawn.flatMap((name) =>
        studyFigures[name].formats.map((format) =>
          format === "pgfplots" ? `${name}.pgfplots.tex` : `${name}.${format}`,
        ),
      );
      expect(readdirSync(outOf(style)).sort()).toEqual(wanted.sort());
      const lines = linesOf<{ figure: string; format: string; file: string }>(ended);
      expect(lines.map(({ file }) => path.basename(file)).sort()).toEqual(wanted.sort());
      for (const { file } of lines) expect(existsSync(file)).toBe(true);
    }
  });

  it("a saved figure, in so many dots an inch", async () => {
    const out = path.join(folder.path, "saved");
    const ended = await rwb(["export", "--saved", "mine", "--style", "paper", "--dpi", "72", "--out", out], home);
    expect(ended).toMatchObject({ code: 0, err: "" });
    expect(readdirSync(out).sort()).toEqual(["mine.csv", "mine.pdf", "mine.pgfplots.tex", "mine.png", "mine.svg"]);
    // 3.3 in.
    expect(await sharp(path.join(out, "mine.png")).metadata()).toMatchObject({ width: 238, density: 72 });
    // Paper is drawn on nothing, so that it can lie on a page; as a picture it is on white.
    expect((await sharp(path.join(out, "mine.png")).stats()).isOpaque).toBe(true);
  });

  it("one format of all", async () => {
    const out = path.join(folder.path, "markdown");
    const {
      code,
      err,
      out: said,
    } = await rwb(["export", "--study", "report", "--all", "--format", "md", "--out", out], home);
    expect([code, readdirSync(out)]).toEqual([0, ["accuracy-table.md"]]);
    expect(said).toBe(`${path.join(out, "accuracy-table.md")}\n`);
    expect(err).toContain("error: no format md, skipped");
  });

  it.each([
    { args: ["--study", "report", "--figure", "block-removal"], code: 1, says: "no data yet" },
    { args: ["--study", "report", "--figure", "error", "--format", "md"], code: 2, says: "error has no format md" },
    { args: ["--study", "report", "--figure", "eror"], code: 2, says: "training-loss-plain" },
    { args: ["--study", "report", "--all", "--format", "archive"], code: 2, says: "has no figures" },
    { args: ["--study", "report", "--all", "--dpi", "12"], code: 2, says: "36 to 1200" },
    { args: ["--saved", "mine", "--all"], code: 2, says: "cannot be used with" },
    { args: ["--saved", "min"], code: 2, says: "Did you mean 'mine'" },
    { args: ["--saved", "lesions"], code: 1, says: "no block of a finished network was removed" },
    { args: ["--saved", "mine", "--format", "tex"], code: 2, says: "It has svg, pdf, png, csv, pgfplots" },
    { args: ["--study", "report"], code: 2, says: "Which figures" },
    { args: ["--study", "repor", "--all"], code: 2, says: "Did you mean 'report'" },
    { args: ["--study", "report", "--run", "x", "--all"], code: 2, says: "cannot be used with" },
    { args: ["--run", "plain-20", "--format", "svg"], code: 2, says: "archive, csv" },
    { args: [], code: 2, says: "None of --run, --study" },
  ])("$args", async ({ args, code, says }) => {
    const ended = await rwb(["export", ...args, "--out", path.join(folder.path, "none")], home);
    expect([ended.code, ended.err]).toEqual([code, expect.stringContaining(says)]);
  });

  it("beside a main that is alive", async () => {
    const main = startRwb(["serve", "--no-open", "--json"], home);
    try {
      await new Promise((resolve) => main.stdout!.once("data", resolve));
      const out = path.join(folder.path, "beside");
      const ended = await rwb(
        ["export", "--study", "report", "--figure", "accuracy-table", "--format", "csv", "--out", out],
        home,
      );
      expect(ended).toMatchObject({ code: 0, err: "" });
      expect(readFileSync(path.join(out, "accuracy-table.csv"))).toEqual(
        readFileSync(fileOf("paper", "accuracy-table.csv")),
      );
    } finally {
      main.kill("SIGTERM");
      await main.ended;
    }
  });
});

/** Whether a picture shows anything: neither empty nor all of one colour. */
async function hasContent(picture: Buffer): Promise<boolean> {
  const { channels } = await sharp(picture).flatten({ background: "#ffffff" }).stats();
  return channels.some(({ stdev }) => stdev > 5);
}

describe.each(figureStyleNames)("SVG, %s", (style) => {
  it.each(drawn)("%s: texts are texts, and librsvg draws it", async (name) => {
    const svg = readFileSync(fileOf(style, `${name}.svg`));
    const text = svg.toString();
    expect(text.match(/<text /g)!.length).toBeGreaterThan(8);
    expect(text).toContain("1/320");
    const picture = await sharp(svg, { density: 144 }).png().toBuffer();
    expect(await hasContent(picture)).toBe(true);
  });
});

const browser = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((file) =>
  existsSync(file),
);

describe.skipIf(browser === undefined)("SVG in Chromium (skipped where there is none)", () => {
  it("opens, with the fonts that it brings", async () => {
    const opened = await chromium.launch({ executablePath: browser! });
    try {
      const page = await opened.newPage();
      for (const name of drawn) {
        await page.goto(`file://${fileOf("paper", `${name}.svg`)}`);
        expect(await page.evaluate<string>("document.documentElement.nodeName"), name).toBe("svg");
        const loaded = await page.evaluate<string[]>(
          "document.fonts.ready.then(() => [...document.fonts].map((font) => font.family + ' ' + font.status))",
        );
        expect(loaded.length).toBeGreaterThan(0);
        for (const font of loaded) expect(font, name).toMatch(/^"?STIX Two Text"? loaded$/);
        expect(await hasContent(await page.screenshot()), name).toBe(true);
      }
    } finally {
      await opened.close();
    }
  });
});

const has = (program: string, flag: string): boolean => spawnSync(program, [flag]).error === undefined;

describe.skipIf(!has("pdffonts", "-v"))("PDF by poppler (skipped where it is not installed)", () => {
  it.each(drawn)("%s: every font is embedded", (name) => {
    const { stdout } = spawnSync("pdffonts", [fileOf("paper", `${name}.pdf`)], { encoding: "utf8" });
    const fonts = stdout.trimEnd().split("\n").slice(2);
    expect(fonts.length).toBeGreaterThan(0);
    for (const font of fonts) expect(font).toMatch(/yes yes yes +\d+ +0$/);
  });
});

describe.skipIf(!has("pdflatex", "--version"))("LaTeX (skipped where texlive is not installed)", () => {
  it("the table and every curve compile", { timeout: 180_000 }, () => {
    const files = readdirSync(outOf("paper")).filter((file) => file.endsWith(".tex"));
    expect(files).toHaveLength(1 + drawn.filter((name) => studyFigures[name].formats.includes("pgfplots")).length);
    const document = [
      "\\documentclass{article}",
      "\\usepackage{booktabs,xcolor,pgfplots}",
      "\\pgfplotsset{compat=1.16}",
      "\\usepgfplotslibrary{groupplots}",
      "\\begin{document}",
      ...files.map((file) => `\\input{${file}}\\par`),
      "\\end{document}",
    ];
    writeFileSync(fileOf("paper", "all.tex"), document.join("\n"));
    const run = spawnSync("pdflatex", ["-interaction=nonstopmode", "-halt-on-error", "all.tex"], {
      cwd: outOf("paper"),
      encoding: "utf8",
    });
    expect(run.status, run.stdout.slice(-2000)).toBe(0);
    expect(run.stdout).not.toContain("LaTeX Warning: Command");
  });
});

it("every format is written by some figure", () => {
  expect(new Set(figureNames.flatMap((name) => studyFigures[name].formats))).toEqual(new Set(figureFormats));
});
