import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Locator, Page } from "playwright-core";
import { writeCifar10 } from "./cifar10Folder.ts";
import { startService, type Service } from "./service.ts";
import { describeInChromium, openWindow } from "./window.ts";

const runs = ["plain-8", "plain-14", "residual-8", "residual-14"];
const settings = {
  Depths: "8, 14",
  Length: "60",
  Batch: "32",
  "Evaluate every": "30",
  "Checkpoint every": "10",
  "Width of the first stage": "4",
};
const trainsWithinMs = 90_000;

/** The row of a run in the queue, by its name: "plain-8". */
const rowOf = (page: Page, run: string): Locator =>
  page.getByRole("table").getByRole("row").filter({ has: page.getByRole("link", { name: run }) });

async function choose(page: Page, row: Locator, action: string): Promise<void> {
  await row.getByRole("button", { name: /^Actions for / }).click();
  await page.getByRole("menuitem", { name: action }).click();
}

const shareOf = async (row: Locator): Promise<number> =>
  Number(await row.getByRole("progressbar").getAttribute("aria-valuenow"));

async function until(holds: () => Promise<boolean>, withinMs: number): Promise<void> {
  for (const deadlineMs = performance.now() + withinMs; !(await holds()); ) {
    if (performance.now() > deadlineMs) throw new Error(`It did not come about within ${withinMs} ms: ${holds}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

describeInChromium("the whole job", () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), "rwb-job-"));
  const home = path.join(folder, "home");
  const source = path.join(folder, "cifar-10-batches-bin");
  let service: Service;
  beforeAll(async () => {
    writeCifar10(source);
    service = await startService(home);
  });
  afterAll(async () => {
    await service?.kill();
    rmSync(folder, { recursive: true, force: true });
  });

  it("from the first start to matrices that outlive a restart", async () => {
    const restarts = /WebSocket connection to .* failed|Failed to load resource/;
    const { page, enter } = await openWindow(service.link, { allowed: restarts });
    const step = (name: string): void => void console.log(`${(performance.now() / 1000).toFixed(1)} s: ${name}`);
    const views = page.getByRole("navigation", { name: "Views" });

    // The first start leads to the data.
    await page.getByRole("heading", { name: "No runs yet" }).waitFor();
    await page.getByRole("link", { name: "Get CIFAR-10" }).click();
    await page.getByRole("button", { name: "Add a data set" }).click();
    const dialog = page.getByRole("dialog", { name: "Add a data set" });
    const place = dialog.getByRole("textbox", { name: "Path of the archive or the folder" });
    await place.fill(source);
    await place.press("Tab");
    await until(async () => (await dialog.getByRole("textbox", { name: "Name" }).inputValue()) === "cifar10", 5_000);
    await dialog.getByRole("button", { name: "Add", exact: true }).click();
    await page.getByRole("heading", { level: 1, name: "cifar10" }).waitFor({ timeout: 60_000 });
    await page.getByRole("button", { name: "Training image 0, plane" }).waitFor();
    step("added");

    // Four small runs.
    await views.getByRole("link", { name: "New runs" }).click();
    await page.getByRole("radio", { name: "Course" }).check();
    await page.getByRole("checkbox", { name: "plain" }).check();
    await page.getByRole("checkbox", { name: "residual" }).check();
    for (const [label, text] of Object.entries(settings)) {
      await page.getByRole("textbox", { name: new RegExp(`^${label}`) }).fill(text);
    }
    await page.getByRole("button", { name: "Queue 4 runs" }).click();
    await page.getByRole("heading", { level: 1, name: "Queue" }).waitFor();
    step("queued");

    // Watch one: its iterations grow, its loss gets a line.
    const first = rowOf(page, runs[0]);
    await first.getByText("running", { exact: true }).waitFor({ timeout: 30_000 });
    await until(async () => (await shareOf(first)) > 0, 30_000);
    await first.getByRole("img", { name: /^Training loss of / }).waitFor();
    step("runs");

    // Pause it, and go on.
    await choose(page, first, "Pause after this iteration");
    await first.getByText("paused", { exact: true }).waitFor({ timeout: 30_000 });
    const pausedAt = await shareOf(first);
    expect(pausedAt).toBeGreaterThan(0);
    expect(pausedAt).toBeLessThan(100);
    await choose(page, first, "Resume");
    step("resumed");
    for (const run of runs) {
      await rowOf(page, run).getByText("done", { exact: true }).waitFor({ timeout: trainsWithinMs });
      step(run);
    }

    // Its confusion matrices, one after the other.
    await rowOf(page, "residual-14").getByRole("link", { name: "residual-14" }).click();
    await page.getByRole("heading", { level: 1, name: /^residual-14/ }).waitFor();
    await page.getByRole("link", { name: "Confusion" }).click();
    const matrix = page.getByRole("grid", { name: /^Confusion matrix/ });
    const slider = page.getByRole("slider", { name: "Evaluation" });
    await page.getByText("2 of 2").waitFor();
    const last = await matrix.textContent();
    await slider.focus();
    await slider.press("ArrowLeft");
    await page.getByText("iteration 30").waitFor();
    await until(async () => (await matrix.textContent()) !== last, 10_000);
    expect(page.url()).toContain("at=30");
    await slider.press("ArrowRight");
    await until(async () => (await matrix.textContent()) === last, 10_000);

    // A cell, and the images behind it.
    step("cell");
    console.log(await page.locator("main").ariaSnapshot());
    await page.screenshot({ path: "/tmp/w/hshell-conf.png" });
    void enter;
  });
});
