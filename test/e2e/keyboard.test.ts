import { afterAll, beforeAll, expect, it } from "vitest";
import type { Page } from "playwright-core";
import type { ServedWindow } from "../simulation/servedWindow.ts";
import { serveSeeded } from "./seeded.ts";
import { until } from "./waiting.ts";
import { describeInChromium, openWindow } from "./window.ts";

const mostStops = 150;

/** In the page: what has the focus, how it is called, and whether one sees that. */
const focused = `(() => {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const around = [element, element.parentElement].map((one) => getComputedStyle(one));
  // A table may show the row that is active, and a field for a time the part of it.
  const isSeen = element.hasAttribute("aria-activedescendant") || element.type === "time" ||
    around.some(({ outlineStyle, outlineWidth, boxShadow }) =>
      (outlineStyle !== "none" && parseFloat(outlineWidth) > 0) || boxShadow !== "none");
  const name = element.getAttribute("aria-label") || element.innerText || element.labels?.[0]?.innerText
    || element.getAttribute("placeholder") || element.title
    || document.getElementById(element.getAttribute("aria-labelledby") ?? "")?.innerText || "";
  return { tag: element.tagName.toLowerCase(), name: name.trim().slice(0, 60), isSeen };
})()`;
interface Stop {
  readonly tag: string;
  readonly name: string;
  readonly isSeen: boolean;
}

/** Every stop of the Tab key, from the beginning of the page to its end. */
async function walk(page: Page): Promise<Stop[]> {
  const stops: Stop[] = [];
  await page.evaluate("document.activeElement.blur(); window.getSelection().removeAllRanges()");
  while (stops.length < mostStops) {
    await page.keyboard.press("Tab");
    const stop = await page.evaluate<Stop | null>(focused);
    if (stop === null) break;
    stops.push(stop);
  }
  return stops;
}

describeInChromium("by the keyboard alone", () => {
  let served: ServedWindow;
  beforeAll(async () => {
    served = await serveSeeded("few");
  });
  afterAll(() => served?.close());

  it.each(["#/queue", "#/new", "#/runs", "#/data", "#/setup", "#/runs/residual-56", "#/runs/residual-56/confusion"])(
    "every stop in %s has a name, is seen, and leads on",
    async (route) => {
      const { page } = await openWindow(served.link());
      await page.goto(new URL(route, page.url()).href);
      await page.waitForTimeout(800);
      const stops = await walk(page);
      expect(stops.length).toBeGreaterThan(6);
      expect(stops.length).toBeLessThan(mostStops);
      expect(stops[0].name).toBe("Skip to the content");
      expect(stops.filter(({ name, isSeen }) => name === "" || !isSeen)).toEqual([]);
    },
  );

  it("from the queue to a run's matrix, a cell, and back", async () => {
    const { page } = await openWindow(served.link());
    const heading = (name: string | RegExp) => page.getByRole("heading", { level: 1, name });
    await heading("Queue").waitFor();

    // A waiting run one place on, by its row's own keys.
    const rows = page.getByRole("row", { name: /waits, \d in line/ });
    await rows.first().focus();
    const first = await rows.first().getAttribute("aria-label");
    await page.keyboard.press("Alt+ArrowDown");
    await until("the first has another place", async () => (await rows.first().getAttribute("aria-label")) !== first);

    await page.keyboard.press("?");
    const sheet = page.getByRole("dialog", { name: "Keyboard shortcuts" });
    await sheet.waitFor();
    await page.keyboard.press("Escape");
    await sheet.waitFor({ state: "detached" });
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox").waitFor();
    await page.keyboard.type("residual 56");
    await page
      .getByRole("option", { name: /residual-56/ })
      .first()
      .waitFor();
    await page.keyboard.press("Enter");
    await heading(/^residual-56/).waitFor();

    await page.keyboard.press("2");
    const matrix = page.getByRole("grid", { name: /^Confusion matrix/ });
    await matrix.waitFor();
    await matrix.getByRole("button").first().focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Enter");
    await page.getByRole("region", { name: /^predicted .+, was .+/ }).waitFor();

    for (const [keys, name] of [
      ["g r", "Runs"],
      ["g d", "Data sets"],
      ["g s", "Set-up"],
      ["n", "New runs"],
      ["g q", "Queue"],
    ]) {
      for (const key of keys.split(" ")) await page.keyboard.press(key);
      await heading(name).waitFor();
    }
  });
});
