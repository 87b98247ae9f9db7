import { inflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { openStudyFigures, studySource } from "../../src-main/figures/index.ts";
import {
  figureFormats,
  figureNames,
  type FigureFormat,
  type FigureName,
} from "../../src-shared/figures/figureChoices.ts";
import { useBench } from "./historyFixtures.ts";
import { labelsOf } from "./studyFixture.ts";
import { fillHistory, madeGrid, testImages, writeLabels } from "./studyHistory.ts";

const bench = useBench();

async function study(options: Parameters<typeof fillHistory>[2] = {}, names?: readonly string[]) {
  const history = bench.open();
  writeLabels(bench.home, names);
  const predictions = fillHistory(history, bench.home, options);
  const figures = await openStudyFigures(await studySource(history, bench.home, "report"));
  const bytes = async (figure: FigureName, format: FigureFormat, dpi?: number) =>
    Buffer.from((await figures.render({ figure, style: "paper", format, dpi }))!);
  return {
    history,
    figures,
    predictions,
    bytes,
    text: async (figure: FigureName, format: FigureFormat) => (await bytes(figure, format)).toString(),
  };
}

const rowsOf = (csv: string): Record<string, string>[] => {
  const [head, ...lines] = csv
    .trimEnd()
    .split("\n")
    .map((line) => line.split(","));
  return lines.map((line) => Object.fromEntries(head.map((name, index) => [name, line[index]])));
};

/** Share of the test images that were taken for what they are. */
function accuracyOf(predicted: Uint8Array): number {
  const labels = labelsOf(testImages);
  return predicted.filter((prediction, image) => prediction === labels[image]).length / testImages;
}

describe("the accuracy table", () => {
  it("says what the stored predictions say", async () => {
    const { history, text } = await study();
    const rows = rowsOf(await text("accuracy-table", "csv"));
    expect(rows).toHaveLength(4);
    for (const { family, depth, n, lastTestAccuracy, std, bestOnTestSet } of rows) {
      const runs = history.runs
        .list({ study: "report" })
        .filter((run) => run.family === family && run.depth === Number(depth));
      const all = runs.map(({ id }) =>
        history.evaluations.of(id).map(({ iteration }) => accuracyOf(history.evaluations.predictions(id, iteration)!)),
      );
      const last = all.map((one) => one.at(-1)!);
      const mean = (last[0] + last[1]) / 2;
      expect(Number(n)).toBe(2);
      expect(Number(lastTestAccuracy)).toBeCloseTo(mean, 9);
      expect(Number(std)).toBeCloseTo(Math.abs(last[0] - last[1]) / Math.SQRT2, 9);
      expect(Number(bestOnTestSet)).toBeCloseTo((Math.max(...all[0]) + Math.max(...all[1])) / 2, 9);
      const shown = `${(100 * mean).toFixed(2)} ± ${((100 * Math.abs(last[0] - last[1])) / Math.SQRT2).toFixed(2)}`;
      expect(await text("accuracy-table", "md")).toContain(shown);
      expect(await text("accuracy-table", "tex")).toContain(shown.replace("±", "$\\pm$"));
      expect(await text("accuracy-table", "svg")).toContain(shown);
    }
  });

  it("one seed has no deviation", async () => {
    const { text } = await study({ grid: { ...madeGrid, seeds: [1] } });
    for (const { n, std } of rowsOf(await text("accuracy-table", "csv"))) expect([n, std]).toEqual(["1", ""]);
  });
});

it("the confusion matrix is that of the last predictions", async () => {
  const { text, predictions } = await study({ grid: { ...madeGrid, seeds: [1] } });
  const labels = labelsOf(testImages);
  const last = [...predictions.get("plain-32-s1-000000")!.values()].at(-1)!;
  const rows = rowsOf(await text("confusion", "csv")).filter(({ network }) => network === "plain-32");
  const ofCats = labels.map((label, image) => (label === 3 ? last[image] : 255)).filter((one) => one !== 255);
  const share = (predicted: number) => (100 * ofCats.filter((one) => one === predicted).length) / ofCats.length;
  const cats = rows.filter(({ trueClass }) => trueClass === "cat").map((row) => Number(row.percentOfTrueClass));
  cats.forEach((value, predicted) => expect(value).toBeCloseTo(share(predicted), 7));
});

it("final losses are means of the last epoch's raw values", async () => {
  const { history, text } = await study({ grid: { ...madeGrid, seeds: [1] } });
  const [row] = rowsOf(await text("by-depth", "csv"));
  // 1,280 images in batches of 128.
  const values = history.series.read("plain-20-s1-000000", "loss").values.slice(-10);
  expect(Number(row.finalLoss)).toBeCloseTo(values.reduce((sum, value) => sum + value, 0) / 10, 6);
});

it("time and speed are the series' own", async () => {
  const { text } = await study({ grid: { ...madeGrid, seeds: [1] } });
  const [row] = rowsOf(await text("cost", "csv"));
  expect(Number(row.trainingMinutes)).toBeCloseTo((200 * 100) / 60_000, 5);
  expect(Number(row.imagesPerSecond)).toBeCloseTo(1280, 3);
});

it("removed blocks are those of the history", async () => {
  const { history } = await study({ grid: { ...madeGrid, seeds: [1] } });
  const blocks = [
    { block: "stage1.block1", testError: 0.5 },
    { block: "stage2.block1", testError: null },
  ];
  const lesion = { iteration: 200, timeMs: 1, elapsedMs: 2, images: testImages, testError: 0.25, blocks };
  history.lesions.put("residual-20-s1-000000", lesion);
  const figures = await openStudyFigures(await studySource(history, bench.home, "report"));
  const csv = Buffer.from((await figures.render({ figure: "block-removal", style: "paper", format: "csv" }))!);
  const of = { family: "residual", depth: "20", shortcut: "none", seed: "1", run: "residual-20-s1-000000" };
  expect(rowsOf(csv.toString())).toEqual([
    { ...of, block: "stage1.block1", testErrorWithoutIt: "0.5", testError: "0.25" },
    { ...of, block: "stage2.block1", testErrorWithoutIt: "", testError: "0.25" },
  ]);
});

it("cells that are missing, waiting, failed and diverged are told apart", async () => {
  const { text, figures } = await study({
    grid: { ...madeGrid, seeds: [1], depths: [20, 32, 44] },
    change: ({ family, depth }) => {
      if (depth === 32) return family === "plain" ? { state: "diverged", done: 80 } : { state: "failed", done: 60 };
      return depth === 44 ? { state: family === "plain" ? "missing" : "waiting" } : {};
    },
  });
  const markdown = await text("accuracy-table", "md");
  for (const said of [
    "Diverged: plain-32 at iteration 80.",
    "Failed: residual-32 at iteration 60.",
    "Missing: plain-44.",
    "Not done yet: residual-44.",
  ]) {
    expect(markdown).toContain(said);
  }
  expect(
    figures
      .list()
      .filter(({ hasData }) => !hasData)
      .map(({ name }) => name),
  ).toEqual(["block-removal"]);
});

it("a study without a run has no figures", async () => {
  const { figures } = await study({ change: () => ({ state: "missing" }) });
  expect(figures.list().some(({ hasData }) => hasData)).toBe(false);
  expect(await figures.render({ figure: "error", style: "paper", format: "svg" })).toBeUndefined();
});

it("without the data set there is no confusion matrix, and all the rest", async () => {
  const history = bench.open();
  fillHistory(history, bench.home);
  const figures = await openStudyFigures(await studySource(history, bench.home, "report"));
  expect(
    figures
      .list()
      .filter(({ hasData }) => !hasData)
      .map(({ name }) => name),
  ).toEqual(["block-removal", "confusion"]);
});

describe("files", () => {
  it("each figure in each of its formats, and in no other", async () => {
    const { figures } = await study();
    for (const { name, formats, hasData } of figures.list()) {
      for (const format of figureFormats) {
        const bytes = await figures.render({ figure: name, style: "screen", format });
        expect((bytes?.length ?? 0) > 0, `${name}.${format}`).toBe(hasData && formats.includes(format));
      }
    }
    expect(figures.list().map(({ name }) => name)).toEqual(figureNames);
  });

  it.each<FigureFormat>(["svg", "pdf", "png", "tex", "md"])(
    "%s names runs, deviations and the program",
    async (format) => {
      const { bytes } = await study();
      const file = await bytes("accuracy-table", format);
      const text = format === "pdf" ? pdfInfo(file) : file.toString("utf8");
      for (const said of ["plain-20-s1-000000", "schedule: 1/320", "ResNet Workbench 0.1.0"])
        expect(text).toContain(said);
    },
  );

  it("PNG: so many dots an inch", async () => {
    const { bytes } = await study();
    for (const [dpi, width] of [
      [96, 317],
      [300, 990],
      [600, 1980],
    ] as const) {
      // prettier-ignore
      const png = await bytes("error", "png", dpi);
      expect(png.readUInt32BE(16)).toBe(width);
      const at = png.indexOf("pHYs") + 4;
      expect(png.readUInt32BE(at)).toBe(Math.round((dpi * 1000) / 25.4));
    }
  });

  it("PDF: every font is embedded as a subset, Japanese too", async () => {
    const names = ["飛行機", "自動車", "鳥", "猫", "鹿", "犬", "蛙", "馬", "船", "トラック"];
    const { bytes, text } = await study({}, names);
    const fonts = pdfFonts(await bytes("confusion", "pdf"));
    expect(fonts.map(({ name }) => name.replace(/^[A-Z]{6}\+/, "")).sort()).toEqual([
      "NotoSerifJP-Regular",
      "STIXTwoText-Regular",
      "STIXTwoText-SemiBold",
    ]);
    for (const { name, isEmbedded } of fonts) {
      expect(name).toMatch(/^[A-Z]{6}\+/);
      expect(isEmbedded, name).toBe(true);
    }
    expect((await bytes("confusion", "pdf")).length).toBeLessThan(150_000);
    const svg = await text("confusion", "svg");
    expect(svg).toContain(">トラック</text>");
    expect(svg).toContain("font-family:'Noto Serif JP'");
  });
});

/** Everything that is in a PDF, its compressed streams unpacked. */
function pdfText(pdf: Buffer): string {
  const raw = pdf.toString("latin1");
  const streams = [...raw.matchAll(/stream\r?\n([\s\S]*?)\r?\nendstream/g)].map(([, data]) => {
    try {
      return inflateSync(Buffer.from(data, "latin1")).toString("latin1");
    } catch {
      return "";
    }
  });
  return raw + streams.join("\n");
}

/** Its information, where texts may be UTF-16. */
const pdfInfo = (pdf: Buffer): string =>
  pdfText(pdf).replaceAll("\0", "").replaceAll("\\(", "(").replaceAll("\\)", ")");

function pdfFonts(pdf: Buffer): { name: string; isEmbedded: boolean }[] {
  return [...pdfText(pdf).matchAll(/<<[^>]*?\/Type \/FontDescriptor[\s\S]*?>>/g)].map(([descriptor]) => ({
    name: /\/FontName \/(\S+)/.exec(descriptor)![1],
    isEmbedded: /\/FontFile[23]? \d+ 0 R/.test(descriptor),
  }));
}
