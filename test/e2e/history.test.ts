import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Page } from "playwright-core";
import { exportArchive, exportRuns } from "../../src-main/archive/index.ts";
import { openBench, type Bench } from "../unit/archiveFixture.ts";
import { startService, type Service } from "./service.ts";
import { until } from "./waiting.ts";
import { describeInChromium, openWindow } from "./window.ts";

const set = ["network.width=1", "training.batchSize=4", "training.iterations=6"];
const grid = { recipe: "quick", families: ["residual"], depths: [8], seeds: [1], set } as const;

const table = (page: Page) => page.getByRole("grid", { name: "Runs" });
const rows = (page: Page) => table(page).getByRole("row").filter({ hasText: "residual-8" });

describeInChromium("the history", () => {
  const home = mkdtempSync(path.join(os.tmpdir(), "rwb-history-"));
  let bench: Bench;
  let service: Service;
  beforeAll(async () => {
    bench = openBench();
    bench.history.studies.create({ name: "shipped", grid });
    bench.history.studies.addRun("shipped", bench.id);
    const shipped = path.join(bench.home, "example.tar.gz");
    await exportRuns(bench.history, bench.home, { study: "shipped" }, shipped);
    await exportArchive(bench.history, bench.home, bench.id, bench.archive);
    process.env["RWB_EXAMPLE"] = shipped;
    service = await startService(home);
  });
  afterAll(async () => {
    delete process.env["RWB_EXAMPLE"];
    await service?.kill();
    bench?.close();
    rmSync(home, { recursive: true, force: true });
  });

  it(
    "opens the example study, removes it, imports, filters, trashes and undoes; settings outlive a restart",
    { timeout: 180_000 },
    async () => {
      const restart = /WebSocket connection to .* failed|Failed to load resource/;
      const window = await openWindow(service.link, { allowed: restart });
      const { page } = window;

      // From the queue, which is empty as well.
      await page.getByRole("button", { name: "Open the example study" }).click();
      await page.getByText("“shipped”: 1 run that was trained elsewhere, to look at.").waitFor();
      await rows(page).getByText("example", { exact: true }).waitFor();
      await page.getByRole("button", { name: "Remove it" }).click();
      await page.getByRole("heading", { name: "No run yet" }).waitFor();
      await page.getByRole("button", { name: "Open the example study" }).waitFor();

      await page.getByRole("button", { name: "Import" }).first().click();
      await page.getByRole("dialog").locator("input[type=file]").setInputFiles(bench.archive);
      await page.getByRole("heading", { level: 1, name: /^residual-8/ }).waitFor();
      await page.goto(new URL("/#/runs", service.origin).href);
      await rows(page).waitFor();

      await page.getByRole("button", { name: "Filter" }).click();
      await page.getByRole("dialog", { name: "Filter" }).getByLabel("Tag").selectOption("mine");
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: "Any Tag, not only mine" }).click();
      await page.getByRole("button", { name: "Columns" }).click();
      await page.getByRole("dialog", { name: "Columns" }).getByRole("checkbox", { name: "Images/s" }).check();
      await page.keyboard.press("Escape");
      await page.reload();
      await table(page).getByRole("columnheader", { name: "Images/s" }).waitFor();

      await table(page).focus();
      await page.keyboard.press("x");
      const download = page.waitForEvent("download");
      await page.getByRole("button", { name: "As one file" }).click();
      expect((await download).suggestedFilename()).toBe("runs.rwb.tar.gz");
      await table(page).focus();
      await page.keyboard.press("Delete");
      await page.getByText("1 run is in the trash.").waitFor();
      await page.getByRole("button", { name: "Undo" }).click();
      await rows(page).waitFor();

      await page.goto(new URL("/#/setup", service.origin).href);
      const slots = page.getByRole("textbox", { name: "Runs at once" });
      await slots.fill("3");
      await page.getByRole("button", { name: "Save" }).click();
      await page.getByText("Saved.").waitFor();
      await page.getByRole("radio", { name: "Dark" }).click();
      await service.stop();
      service = await startService(home);
      await window.enter(service.link);
      await page.goto(new URL("/#/setup", service.origin).href);
      await until("the number is there", async () => (await slots.inputValue()) === "3");
      expect(await page.locator("html").getAttribute("data-theme")).toBe("dark");
    },
  );
});
