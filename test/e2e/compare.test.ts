import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { rwb } from "../integration/rwb.ts";
import { withNoiseForShapes } from "../integration/server.fixture.ts";
import { startService, type Service } from "./service.ts";
import { until } from "./waiting.ts";
import { describeInChromium, openWindow } from "./window.ts";

const trainsWithinMs = 240_000;
const settings = [
  "training.iterations=24",
  "training.batchSize=16",
  "evaluation.everyIterations=12",
  "network.width=4",
];
/** Two seeds of each. */
const grid = ["--families", "plain,residual", "--depths", "8,14", "--seeds", "1,2"];

describeInChromium("a comparison", () => {
  const home = mkdtempSync(path.join(os.tmpdir(), "rwb-compare-"));
  let service: Service;
  beforeAll(async () => {
    await withNoiseForShapes(home);
    const set = [...settings, "training.learningRate.dropAtIterations=[12]"].flatMap((setting) => ["--set", setting]);
    const added = await rwb(["queue", "add", "--recipe", "quick", ...grid, ...set, "--study", "small"], home);
    expect(added).toMatchObject({ code: 0 });
    expect(await rwb(["queue", "run"], home)).toMatchObject({ code: 0 });
    service = await startService(home);
  }, trainsWithinMs);
  afterAll(async () => {
    await service?.kill();
    rmSync(home, { recursive: true, force: true });
  });

  it("of real runs: curves, what differs, the images, an address, a name", { timeout: 120_000 }, async () => {
    const { page } = await openWindow(service.link);
    await page.keyboard.press("g");
    await page.keyboard.press("c");
    await page.getByRole("heading", { name: "Nothing is compared yet" }).waitFor();
    await page.getByRole("main").getByRole("button", { name: "Add runs" }).click();
    const dialog = page.getByRole("dialog", { name: "Add runs to the comparison" });
    await dialog.getByRole("button", { name: "small 8" }).click();
    await page.keyboard.press("Escape");

    // Seeds are one line each, with thin ones behind it; the plot says where the lines have come to.
    const plot = page.getByRole("img", { name: /^Training loss\. plain-8/ });
    await plot.waitFor();
    const numbers = page.getByRole("region", { name: /^What they reached/ });
    expect(await numbers.getByRole("row").count()).toBe(5);
    expect(await numbers.getByRole("row").nth(1).textContent()).toMatch(/plain-8\s*2\s*\d\.\d{3} ± \d\.\d{3}/);

    // A seed less is another mean.
    const before = await plot.getAttribute("aria-label");
    await page.getByRole("button", { name: "plain-8 s2" }).click();
    await until("another line is drawn", async () => (await plot.getAttribute("aria-label")) !== before);
    await page.getByRole("button", { name: "plain-8 s2" }).click();

    await page.getByRole("radio", { name: "Test accuracy" }).click();
    await numbers.getByRole("columnheader", { name: "Best on the test set" }).waitFor();
    await numbers.getByRole("button", { name: "Make plain-8 the baseline" }).click();
    await until("differences are told", async () => /[+−]\d+\.\d\d pp/.test((await numbers.textContent()) ?? ""));

    const differs = page.getByRole("region", { name: "What differs" });
    expect(await differs.getByRole("rowheader").allTextContents()).toEqual(["Family", "Depth", "Seed"]);

    // One point in each cell: what one gained the other has lost.
    const images = page.getByRole("region", { name: "Images on which they disagree" });
    const matrix = page.getByRole("grid", { name: /^B minus A/ });
    await matrix.waitFor();
    const cells = await matrix.getByRole("button").allTextContents();
    const sum = cells.reduce((total, text) => total + Number(text.trim().replace("−", "-")), 0);
    expect(cells).toHaveLength(100);
    expect(sum).toBe(0);
    await page.getByText(/on b = \d+ images, B alone on c = \d+/).waitFor();
    await images.getByRole("radio", { name: "Both wrong, differently" }).click();
    const first = images.getByRole("button", { name: /^Test image \d+: A says/ }).first();
    await first.click();
    await images.getByRole("link", { name: "Show it in the data set" }).waitFor();

    // Another tab sees the same.
    const other = await page.context().newPage();
    await other.goto(page.url());
    await other.getByRole("radio", { name: "Test accuracy", checked: true }).waitFor();
    await until("the same numbers", async () => {
      const region = other.getByRole("region", { name: /^What they reached/ });
      return (await region.textContent()) === (await numbers.textContent());
    });
    await other.close();

    await page.getByRole("button", { name: "Save", exact: true }).click();
    const naming = page.getByRole("dialog", { name: "Save comparison" });
    await naming.getByRole("textbox", { name: "Name" }).fill("my four");
    await naming.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByRole("heading", { level: 1, name: "my four" }).waitFor();
    await page.reload();
    await page.getByRole("radio", { name: "Test accuracy", checked: true }).waitFor();
    await page.getByRole("button", { name: "Saved comparisons" }).click();
    await page.getByRole("menuitem", { name: "Remove" }).click();
    await page.getByRole("heading", { name: "Nothing is compared yet" }).waitFor();
  });
});
