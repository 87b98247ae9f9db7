import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Page } from "playwright-core";
import type { ServedWindow } from "../simulation/servedWindow.ts";
import { rwb } from "../integration/rwb.ts";
import { withNoiseForShapes } from "../integration/server.fixture.ts";
import { serveSeeded } from "./seeded.ts";
import { startService, type Service } from "./service.ts";
import { until } from "./waiting.ts";
import { describeInChromium, openWindow } from "./window.ts";

const trainsWithinMs = 300_000;
const settings = [
  "training.iterations=24",
  "training.batchSize=16",
  "evaluation.everyIterations=12",
  "network.width=4",
];
const grid = ["--families", "plain,residual", "--depths", "8,14"];
const drawsWithinMs = 60_000;
const packsWithinMs = 240_000;

/** What the menu has, the file that comes, and how it begins. */
const exports = [
  ["SVG", "accuracy-table.svg", /^<svg /],
  ["PDF", "accuracy-table.pdf", /^%PDF-/],
  ["PNG, 300 dots an inch", "accuracy-table.png", /^\x89PNG/],
  ["PNG, 600 dots an inch", "accuracy-table.png", /^\x89PNG/],
  ["CSV: its numbers", "accuracy-table.csv", /^family,/],
  ["LaTeX: a table", "accuracy-table.tex", /^%/],
  ["Markdown: a table", "accuracy-table.md", /\| *layers/i],
] as const;

describeInChromium("studies", () => {
  const home = mkdtempSync(path.join(os.tmpdir(), "rwb-studies-"));
  let service: Service;
  beforeAll(async () => {
    await withNoiseForShapes(home);
    const set = settings.flatMap((setting) => ["--set", setting]);
    const added = await rwb(["queue", "add", "--recipe", "quick", ...grid, ...set, "--study", "small"], home);
    expect(added).toMatchObject({ code: 0 });
    expect(await rwb(["queue", "run"], home)).toMatchObject({ code: 0 });
    service = await startService(home);
  }, trainsWithinMs);
  afterAll(async () => {
    await service?.kill();
    rmSync(home, { recursive: true, force: true });
  });

  const pictureOf = async (page: Page): Promise<string> => {
    const picture = page.getByRole("main").getByRole("img", { name: /^Test accuracy/ });
    await picture.waitFor({ timeout: drawsWithinMs });
    return (await picture.getAttribute("src")) ?? "";
  };
  const exported = async (page: Page, item: string, timeout = drawsWithinMs) => {
    const download = page.waitForEvent("download", { timeout });
    await page.getByRole("button", { name: "Export" }).click();
    await page.getByRole("menuitem", { name: item, exact: true }).click();
    const file = await download;
    return { name: file.suggestedFilename(), bytes: readFileSync(await file.path()) };
  };

  it("a study's grid, what it says, its figures in each style, every export", { timeout: 600_000 }, async () => {
    const { page } = await openWindow(service.link, { permissions: ["clipboard-read", "clipboard-write"] });
    await page.keyboard.press("g");
    await page.keyboard.press("t");
    await page.getByRole("link", { name: "small", exact: true }).click();

    const cells = page.getByRole("table", { name: "Cells" }).getByRole("link");
    await cells.first().waitFor();
    expect(await cells.count()).toBe(4);
    for (const text of await cells.allTextContents()) expect(text).toMatch(/done\s*\d+\.\d\d %/);
    await page.getByRole("row", { name: /^Deeper plain nets train worse/ }).waitFor();
    await page.getByRole("row", { name: /^width of the first stage 4 16/ }).waitFor();
    await page.getByRole("link", { name: /Test accuracy, a table/ }).click();

    const screen = await pictureOf(page);
    await page.getByRole("radio", { name: "Paper" }).click();
    await until("it is drawn in another style", async () => (await pictureOf(page)) !== screen);

    for (const [item, name, begins] of exports) {
      const file = await exported(page, item);
      expect(file.name, item).toBe(name);
      expect(file.bytes.toString("latin1"), item).toMatch(begins);
    }

    await page.getByRole("button", { name: "Export" }).click();
    await page.getByRole("menuitem", { name: "Copy the LaTeX" }).click();
    await page.getByText("Copied", { exact: true }).waitFor({ timeout: drawsWithinMs });
    expect(await page.evaluate("navigator.clipboard.readText()")).toContain("\\begin{tabular}");
    await page.getByRole("button", { name: "Export" }).click();
    await page.getByRole("menuitem", { name: "Copy as an image" }).click();
    const types = "navigator.clipboard.read().then((items) => items.flatMap(({ types }) => types))";
    await until("there is a picture to paste", async () =>
      (await page.evaluate<string[]>(types)).includes("image/png"),
    );

    await page.evaluate("navigator.clipboard.write = () => Promise.reject(new Error('refused'))");
    await page.getByRole("button", { name: "Export" }).click();
    await page.getByRole("menuitem", { name: "Copy as an image" }).click();
    await page.getByRole("alert").getByText("Save it as a file instead.").waitFor({ timeout: drawsWithinMs });

    const all = await exported(page, "All figures (.tar.gz)", packsWithinMs);
    expect(all.name).toBe("small-paper.tar.gz");
    expect(all.bytes.subarray(0, 2).toString("hex")).toBe("1f8b");

    await page.keyboard.press("Escape");
    await page.getByRole("heading", { level: 1, name: "small" }).waitFor();
    // A depth more is two cells without runs.
    await page.getByRole("button", { name: "Extend ..." }).click();
    await page.getByRole("textbox", { name: "More depths" }).fill("20");
    await page.getByRole("button", { name: "Extend", exact: true }).click();
    await page.getByRole("button", { name: "Queue 2 missing runs" }).waitFor();
  });
});

describeInChromium("no study yet", () => {
  let served: ServedWindow;
  beforeAll(async () => {
    served = await serveSeeded("empty");
  });
  afterAll(() => served?.close());

  it("one click begins the first, by a template the next", { timeout: 120_000 }, async () => {
    const { page } = await openWindow(served.link());
    await page.goto(new URL("#/studies", page.url()).href);
    await page.getByRole("button", { name: "Begin a small one" }).click();
    await page.getByRole("heading", { level: 1, name: "first look" }).waitFor();
    const cells = page.getByRole("table", { name: "Cells" }).getByRole("link");
    await until("its runs are there", async () => (await cells.count()) === 4);

    await page.goto(new URL("#/studies", page.url()).href);
    await page.getByRole("link", { name: "first look" }).waitFor();
    await page.keyboard.press("a");
    const dialog = page.getByRole("dialog", { name: "New study" });
    await dialog.getByRole("radio", { name: /^Shortcuts/ }).click();
    expect(await dialog.getByRole("textbox", { name: "Name" }).inputValue()).toBe("shortcut-ablation at 1-32");
    await dialog.getByRole("textbox", { name: "Seeds" }).fill("1-2");
    await dialog.getByText("24 runs").waitFor();
    await dialog.getByRole("textbox", { name: "Name" }).fill("first look");
    await dialog.getByText("There is a study of this name.").waitFor();
    await dialog.getByRole("textbox", { name: "Name" }).fill("shortcuts");
    await dialog.getByRole("checkbox", { name: "Queue its runs at once" }).uncheck();
    await dialog.getByRole("button", { name: "Create the study" }).click();
    await page.getByRole("button", { name: "Queue 24 missing runs" }).waitFor();
    expect(await page.getByRole("columnheader").first().textContent()).toBe("Depth");
  });
});
