import { expect } from "vitest";
import type { Locator, Page } from "playwright-core";
import { until } from "./waiting.ts";

const runs = ["plain-8", "plain-14", "residual-8", "residual-14"];
/** Ten thousand test images take longer than the training. */
const settings = {
  Depths: "8, 14",
  Length: "480",
  Batch: "32",
  "Evaluate every": "240",
  "Checkpoint every": "40",
  // They are to make mistakes at their end, too.
  "Rate at the start": "0.001",
  "Width of the first stage": "4",
};
const importsWithinMs = 60_000;
const startsWithinMs = 60_000;
const trainsWithinMs = 240_000;

/** A run's row in the queue, by its name: "plain-8". */
const rowOf = (page: Page, run: string): Locator =>
  page
    .getByRole("table")
    .getByRole("row")
    .filter({ has: page.getByRole("link", { name: run }) });

const state = (row: Locator, word: string): Locator => row.getByText(word, { exact: true });

async function choose(page: Page, row: Locator, action: string): Promise<void> {
  await row.getByRole("button", { name: /^Actions for / }).click();
  await page.getByRole("menuitem", { name: action }).click();
}

const shareOf = async (row: Locator): Promise<number> =>
  Number(await row.getByRole("progressbar").getAttribute("aria-valuenow"));

const matrixIn = (page: Page): Locator => page.getByRole("grid", { name: /^Confusion matrix/ });

async function addCifar10(page: Page, source: string): Promise<void> {
  await page.getByRole("button", { name: "Add a data set" }).click();
  const dialog = page.getByRole("dialog", { name: "Add a data set" });
  const folder = dialog.getByRole("textbox", { name: "Path of the archive or the folder" });
  await folder.fill(source);
  await folder.press("Tab");
  const name = dialog.getByRole("textbox", { name: "Name" });
  await until("a name is proposed", async () => (await name.inputValue()) === "cifar10");
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  await page.getByRole("heading", { level: 1, name: "cifar10" }).waitFor({ timeout: importsWithinMs });
  await page.getByRole("button", { name: "Training image 0, plane" }).waitFor();
}

async function queueRuns(page: Page): Promise<void> {
  await page.getByRole("radio", { name: "Course" }).check();
  await page.getByRole("checkbox", { name: "plain" }).check();
  await page.getByRole("checkbox", { name: "residual" }).check();
  for (const [label, text] of Object.entries(settings)) {
    await page.getByRole("textbox", { name: label, exact: true }).fill(text);
  }
  await page.getByRole("button", { name: "Queue 4 runs" }).click();
  await page.getByRole("heading", { level: 1, name: "Queue" }).waitFor();
}

async function pauseAndResume(page: Page, row: Locator): Promise<void> {
  await choose(page, row, "Pause after this iteration");
  await state(row, "paused").waitFor({ timeout: startsWithinMs });
  const pausedAt = await shareOf(row);
  expect(pausedAt).toBeGreaterThan(0);
  expect(pausedAt).toBeLessThan(100);
  await page.getByText("1 run is paused").waitFor();
  await page.getByRole("button", { name: "Resume it" }).click();
}

/** A shell around the window, in which the job is done. */
export interface JobShell {
  readonly page: Page;
  /** Ends main and starts another on the same folder. @returns the window on that, at the queue */
  restart(): Promise<Page>;
}

/**
 * From the first start to matrices that outlive a restart: data set, four runs, a pause, a confusion matrix down to its
 * images.
 *
 * @param source a folder with CIFAR-10's files (cifar10Folder.ts)
 */
export async function doTheWholeJob(shell: JobShell, source: string): Promise<void> {
  const matrix = await upToTheMatrix(shell.page, source);
  const page = await shell.restart();
  for (const run of runs) await state(rowOf(page, run), "done").waitFor();
  await page.goto(matrix.place);
  await until("the matrix is as it was", async () => (await matrixIn(page).textContent()) === matrix.text);
  await viewsOf(page).getByRole("link", { name: "Data sets" }).click();
  await page.getByRole("row", { name: /cifar10.*ready/ }).waitFor();
}

const viewsOf = (page: Page): Locator => page.getByRole("navigation", { name: "Views" });

/** @returns where the last matrix is, and what it shows */
async function upToTheMatrix(page: Page, source: string): Promise<{ place: string; text: string | null }> {
  await page.getByRole("heading", { name: "No runs yet" }).waitFor();
  await page.getByRole("link", { name: "Get CIFAR-10" }).click();
  await addCifar10(page, source);
  await viewsOf(page).getByRole("link", { name: "New runs" }).click();
  await queueRuns(page);

  const first = rowOf(page, runs[0]);
  await state(first, "running").waitFor({ timeout: startsWithinMs });
  await until("its iterations grow", async () => (await shareOf(first)) > 0, startsWithinMs);
  // At once: on a quick machine it is done in a few seconds.
  await pauseAndResume(page, first);
  await first.getByRole("img", { name: /^Training loss of / }).waitFor({ timeout: startsWithinMs });
  await page.getByRole("contentinfo").getByText("images/s").waitFor({ timeout: startsWithinMs });
  for (const run of runs) await state(rowOf(page, run), "done").waitFor({ timeout: trainsWithinMs });

  await rowOf(page, "residual-14").getByRole("link", { name: "residual-14" }).click();
  await page.getByRole("heading", { level: 1, name: /^residual-14/ }).waitFor();
  await page.getByRole("link", { name: "Confusion" }).click();
  const matrix = matrixIn(page);
  await page.getByText("2 of 2").waitFor();
  const last = await matrix.textContent();
  const slider = page.getByRole("slider", { name: "Evaluation" });
  await slider.press("ArrowLeft");
  await until("the matrix is another", async () => (await matrix.textContent()) !== last);
  await slider.press("ArrowRight");
  await until("it is the last again", async () => (await matrix.textContent()) === last);

  const cell = matrix.getByRole("button", { name: / taken for .*: [1-9]/ }).first();
  const [, label, predicted] = /^(\w+) taken for (\w+):/.exec((await cell.getAttribute("aria-label")) ?? "")!;
  await cell.click();
  const images = page.getByRole("region", { name: `predicted ${predicted}, was ${label}` });
  await images
    .getByRole("button", { name: /^Image \d+: predicted / })
    .first()
    .waitFor();
  return { place: page.url(), text: last };
}
