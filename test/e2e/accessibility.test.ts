import axe from "axe-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { scenarios } from "../simulation/scenarios.ts";
import type { ServedWindow } from "../simulation/servedWindow.ts";
import { serveSeeded } from "./seeded.ts";
import { describeInChromium, openWindow } from "./window.ts";

const longNamed = "what-becomes-of-very-deep-plain-networks-without-any-warm-up";

/** Of everything that there is to see: where, and which keys open it. */
const places: readonly (readonly [name: string, route: string, keys?: string])[] = [
  ["the queue", "#/queue"],
  ["new runs", "#/new"],
  ["the runs", "#/runs"],
  ["no comparison", "#/compare"],
  ["a comparison", `#/compare?runs=${scenarios.few.map(({ id }) => id).join(",")}`],
  ["the studies", "#/studies"],
  ["a study", `#/studies/${longNamed}`],
  ["a study's figure", `#/studies/${longNamed}/error`],
  ["no study", "#/studies/nothing"],
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
const settlesMs = 500;

/** In the page: what axe finds there. Its program comes by the browser's own way, which no policy of the page stops. */
const findings = (options: object): string =>
  `axe.run(document, ${JSON.stringify(options)}).then(({ violations }) => violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, help, nodes }) => [id, help, ...nodes.slice(0, 3).map(({ html }) => html.slice(0, 200))].join("\\n  ")))`;
const inLight = findings({ resultTypes: ["violations"] });
/** Nothing but colours differs in the dark. */
const inDark = findings({ resultTypes: ["violations"], runOnly: ["color-contrast"] });

describeInChromium("for everyone", () => {
  let served: ServedWindow;
  beforeAll(async () => {
    served = await serveSeeded("few");
  });
  afterAll(() => served?.close());

  it("axe finds nothing serious or critical, light or dark, in any view", async () => {
    const { page } = await openWindow(served.link(), { reducedMotion: "reduce" });
    await page.evaluate(axe.source);
    const found: string[] = [];
    for (const [name, route, keys] of places) {
      await page.emulateMedia({ colorScheme: "light" });
      await page.goto(new URL(route, page.url()).href);
      await page.getByRole("main").waitFor();
      if (keys !== undefined) {
        await page.keyboard.press(keys);
        await page.getByRole("dialog").waitFor();
      }
      await page.waitForTimeout(settlesMs);
      for (const text of await page.evaluate<string[]>(inLight)) found.push(`${name}, light: ${text}`);
      await page.emulateMedia({ colorScheme: "dark" });
      for (const text of await page.evaluate<string[]>(inDark)) found.push(`${name}, dark: ${text}`);
      if (keys !== undefined) await page.keyboard.press("Escape");
    }
    expect(found).toEqual([]);
  });
});
