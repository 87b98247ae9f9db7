import axe from "axe-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { ServedWindow } from "../simulation/servedWindow.ts";
import { serveSeeded } from "./seeded.ts";
import { describeInChromium, openWindow } from "./window.ts";

/** Of everything that there is to see: where, and what is done there first. */
const places: readonly (readonly [name: string, route: string, keys?: string])[] = [
  ["the queue", "#/queue"],
  ["new runs", "#/new"],
  ["the runs", "#/runs"],
  ["the data sets", "#/data"],
  ["a data set", "#/data/shapes"],
  ["the set-up", "#/setup"],
  ["a run's curves", "#/runs/residual-56"],
  ["a run's confusion", "#/runs/residual-56/confusion"],
  ["a run's configuration", "#/runs/residual-56/configuration"],
  ["a run's log", "#/runs/residual-56/log"],
  ["a run that diverged", "#/runs/plain-110"],
  ["a run that failed", "#/runs/residual-110"],
  ["a run that waits", "#/runs/residual-44-s11/confusion"],
  ["no run", "#/runs/nothing"],
  ["no view", "#/nothing"],
  ["the palette", "#/queue", "Control+k"],
  ["the sheet of shortcuts", "#/queue", "?"],
];

/** In the page: axe is there, put in by the browser's own way, which no policy of the page stops. */
const findings = `axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) => violations
  .filter(({ impact }) => impact === "serious" || impact === "critical")
  .map(({ id, help, nodes }) => [id, help, ...nodes.slice(0, 3).map(({ html }) => html.slice(0, 200))].join("\\n  ")))`;

describeInChromium("for everyone: axe finds nothing serious or critical", () => {
  let served: ServedWindow;
  beforeAll(async () => {
    served = await serveSeeded("few");
  });
  afterAll(() => served?.close());

  it.each(["light", "dark"] as const)("in any view, %s", async (colorScheme) => {
    const { page } = await openWindow(served.link(), { colorScheme, reducedMotion: "reduce" });
    await page.evaluate(axe.source);
    const found: string[] = [];
    for (const [name, route, keys] of places) {
      await page.goto(new URL(route, page.url()).href);
      await page.getByRole("main").waitFor();
      await page.waitForTimeout(600);
      if (keys !== undefined) {
        await page.keyboard.press(keys);
        await page.getByRole("dialog").waitFor();
        await page.waitForTimeout(200);
      }
      const here = await page.evaluate<string[]>(findings);
      found.push(...here.map((text) => `${name}: ${text}`));
      if (keys !== undefined) await page.keyboard.press("Escape");
    }
    expect(found).toEqual([]);
  });
});
