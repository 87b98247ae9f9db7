/** What the measurements of the window share: a served workbench in a real Chromium, and what the page itself times. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import type { Page } from "playwright-core";
import { openWorkbench } from "../../src-main/workbench.ts";
import { findChromium, launchChromium } from "../browser/chromium.ts";
import { startService } from "../e2e/service.ts";
import { addRun } from "./loadRuns.ts";
import { say } from "./sayFigure.ts";

export const times = 9;
const depths = [20, 32, 44, 56];
const betweenZoomsMs = 250;

export const median = (list: readonly number[]): number => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)];

/** Whole runs of 64,000 iterations. @returns their ids */
export async function seedLongRuns(home: string, runs: number): Promise<string[]> {
  console.log(`${runs} runs of 64,000 iterations are written ...`);
  mkdirSync(path.join(home, "runs"));
  const workbench = await openWorkbench({ home });
  try {
    return Array.from({ length: runs }, (_, seed) =>
      addRun(workbench, {
        ...{ seed, isWhole: true, family: seed % 2 === 0 ? "residual" : "plain" },
        depth: depths[Math.floor(seed / 2) % depths.length],
      }),
    );
  } finally {
    await workbench.close("seeded");
  }
}

/** What is measured within the page, by its own clock; as text, since this program has no types of a browser. */
const shared = `
  // What a frame draws is on the screen when the task behind it runs.
  seen: () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve))),

  // From a click on a link to "href" until "isDrawn".
  async openPlots(href, isDrawn) {
    location.hash = "#/runs";
    while (document.querySelector("figure")) await bench.seen();
    await bench.seen();
    const link = document.createElement("a");
    link.href = href;
    document.body.append(link);
    const startMs = performance.now();
    link.click();
    link.remove();
    while (!isDrawn()) await new Promise((resolve) => setTimeout(resolve, 1));
    await bench.seen();
    return performance.now() - startMs;
  },

  async zoom() {
    const surface = document.querySelector("figure [role=slider]");
    const { left, width } = surface.getBoundingClientRect();
    const startMs = performance.now();
    const turn = { deltaY: -120, ctrlKey: true, bubbles: true, cancelable: true, clientX: left + width / 3 };
    surface.dispatchEvent(new WheelEvent("wheel", turn));
    await bench.seen();
    return performance.now() - startMs;
  },

  // The pointer moves on every frame for two seconds. Gives the times between frames.
  hover: () => new Promise((resolve) => {
    const surface = document.querySelector("figure [role=slider]");
    const { left, top, width } = surface.getBoundingClientRect();
    const between = [];
    const startMs = performance.now();
    let beforeMs = startMs;
    const frame = (nowMs) => {
      between.push(nowMs - beforeMs);
      beforeMs = nowMs;
      const clientX = left + (width * ((nowMs - startMs) % 1000)) / 1000;
      surface.dispatchEvent(new PointerEvent("pointermove", { bubbles: true, clientX, clientY: top + 20 }));
      if (nowMs - startMs < 2000) requestAnimationFrame(frame);
      else resolve(between.slice(2));
    };
    requestAnimationFrame(frame);
  }),`;

/** Puts `bench` into the page: what all have, and a measurement's own, the inside of an object of JavaScript. */
export const putBench = (page: Page, own: string): Promise<unknown> =>
  page.evaluate(`globalThis.bench = {${shared}${own}}; undefined`);

/** Zoom and hover of the plots that are on the page. */
export async function measurePlots(page: Page): Promise<void> {
  const zooms: number[] = [];
  for (let i = 0; i < times; i++) {
    zooms.push(await page.evaluate<number>(`bench.zoom()`));
    await page.waitForTimeout(betweenZoomsMs);
  }
  say("zoom, seen after a turn of the wheel, median", median(zooms), "ms", "100 ms");
  say("the same, longest", Math.max(...zooms), "ms", "100 ms");

  const frames = await page.evaluate<number[]>(`bench.hover()`);
  const meanMs = frames.reduce((a, b) => a + b, 0) / frames.length;
  say("hover over it, frames a second, mean", 1000 / meanMs, "1/s", "60 1/s");
  say("time between frames, median", median(frames), "ms", "16.7 ms");
}

/** Fills a workbench, serves it and opens its window; the way in by the link is no part of what is measured then. */
export async function benchWindow<Seeded>(
  seed: (home: string) => Promise<Seeded> | Seeded,
  measure: (page: Page, seeded: Seeded) => Promise<void>,
): Promise<void> {
  const found = await findChromium();
  if ("why" in found) {
    console.error(`Nothing is measured: ${found.why}.`);
    process.exitCode = 3;
    return;
  }
  const home = mkdtempSync(path.join(os.tmpdir(), "rwb-window-bench-"));
  try {
    console.log(`Load of the machine: ${os.loadavg()[0].toFixed(1)}`);
    const seeded = await seed(home);
    const service = await startService(home);
    const browser = await launchChromium(found.program);
    try {
      const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
      await page.goto(service.link);
      await page.waitForSelector("nav");
      await measure(page, seeded);
    } finally {
      await browser.close();
      await service.stop();
    }
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}
