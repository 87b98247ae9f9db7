import axe from "axe-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { shapeClasses } from "../../src-main/dataset/shapes/drawShape.ts";
import { scenarios } from "../simulation/scenarios.ts";
import type { ServedWindow } from "../simulation/servedWindow.ts";
import { serveSeeded } from "./seeded.ts";
import { describeInChromium, openWindow } from "./window.ts";

/** Of everything that there is to see: where, and which keys open it. */
const places: readonly (readonly [route: string, keys?: string])[] = [
  ["#/queue"],
  ["#/new"],
  ["#/new?recipe=paper"],
  ["#/runs"],
  ["#/compare"],
  [`#/compare?runs=${scenarios.few.map(({ id }) => id).join(",")}`],
  ["#/studies"],
  ["#/studies/what-becomes-of-very-deep-plain-networks-without-any-warm-up"],
  ["#/studies/0badbadbad"],
  ["#/data"],
  ["#/data/shapes"],
  ["#/setup"],
  ["#/runs/residual-56"],
  ["#/runs/residual-56/confusion"],
  ["#/runs/residual-56/configuration"],
  ["#/runs/residual-56/log"],
  ["#/runs/plain-110"],
  ["#/runs/residual-110"],
  ["#/runs/residual-44-s11/confusion"],
  ["#/runs/0badbadbad"],
  ["#/0badbadbad"],
  ["#/queue", "Control+k"],
  ["#/queue", "?"],
];
const settlesMs = 700;
/** The engine is loaded for what doctor finds. */
const doctorMs = 60_000;

/** Names, formats, units, keys of the keyboard and of configurations: the same in any language. */
const international =
  /^(?:ResNet|Workbench|Fashion|MNIST|zero|pad|English|CIFAR|CPU|GPU|NVIDIA|Intel|AMD|EPYC|Xeon|Platinum|Gold|Processor|AMX|AVX\w*|R|BF|GHz|TensorFlow|Python|Node|pip|pip3|python3|GB|MB|kB|ID|JSON|CSV|PNG|JPEG|ReLU|HeN?|et|al|NaN|Infinity|Ctrl|Alt|Shift|Enter|Esc|Cmd|Tab|Home|End|bfloat|float|he|normal|ch|px|rwb|train|config|checkpoint|cifar|course|paper|quick|shapes|none|plain|residual|seed|PyTorch|b|c|p|gcc|g|x|s|k|n|A|B|F|K|N|R|X|Q|D|P|G|T|O|Debian|Ubuntu|GNU|linux|usr|bin)$/i;
/** Ids of runs, paths, versions, keys, commands: identifiers, whatever they are made of. */
const identifiers = [
  /\b(?:plain|residual)-\d+(?:-s\d+)?[\w-]*/g,
  /\b(?:plain|residual) \d+/g,
  /[~.]?(?:\/[\w.@+-]+)+/g,
  /\b\w+(?:\.\w+)+\b/g,
  /"(?:\w|-)+"/g,
  /\d(?:\.\d+)?e[-+]?\d+/g,
  /^[a-z]+ は/g,
  /^npx .*$/g,
  /\bs\d+\b/g,
  /\b[0-9a-f]{6,}\b/g,
];

/** In the page: what is there to read and to hear, but for what says that it is English. */
const texts = `(() => {
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const within = node.parentElement;
    if (within.closest("[lang=en], code, pre, kbd, script, style, noscript, .mono, [translate=no]")) continue;
    if (node.data.trim()) found.push(node.data.trim());
  }
  for (const element of document.querySelectorAll("[aria-label], [title], [placeholder], [aria-valuetext]")) {
    if (element.closest("[lang=en], [translate=no]")) continue;
    for (const name of ["aria-label", "title", "placeholder", "aria-valuetext"]) {
      const text = element.getAttribute(name);
      if (text) found.push(text);
    }
  }
  return [...new Set(found)];
})()`;

/** Of the data set that stands in for the shapes. */
const standIn = /^(?:Noise|class)$/;
/** Made up for the seeded history: main says none of that. */
const unforeseen = (reason: string | undefined): boolean => /no room left|the wrong one/.test(reason ?? "");

/** @param given by people: tags, notes, studies */
function englishIn(text: string, given: readonly string[]): string[] {
  const own = given.filter((one) => one !== "").reduce((rest, one) => rest.replaceAll(one, " "), text);
  const left = identifiers.reduce((rest, pattern) => rest.replaceAll(pattern, " "), own);
  const words = left.match(/[A-Za-z]+/g) ?? [];
  return words.filter((word) => !international.test(word) && !standIn.test(word) && !shapeClasses.includes(word));
}

describeInChromium("in Japanese", () => {
  let served: ServedWindow;
  beforeAll(async () => {
    served = await serveSeeded("few");
  });
  afterAll(() => served?.close());

  it("a system that speaks it gets it; no English is left in any view, and axe finds nothing serious", async () => {
    const { page } = await openWindow(served.link(), { locale: "ja-JP", reducedMotion: "reduce" });
    await page.evaluate(axe.source);
    expect(await page.evaluate("document.documentElement.lang")).toBe("ja");
    const given = served.workbench.history.runs
      .list()
      .flatMap(({ tags, notes, studies, reason }) => [
        ...tags,
        notes,
        ...studies,
        ...(unforeseen(reason) ? [reason!] : []),
      ]);
    const found: string[] = [];
    for (const [route, keys] of places) {
      await page.goto(new URL(route, page.url()).href);
      await page.getByRole("main").waitFor();
      if (route === "#/setup") await page.getByRole("row").nth(3).waitFor({ timeout: doctorMs });
      if (keys !== undefined) {
        await page.keyboard.press(keys);
        await page.getByRole("dialog").waitFor();
      }
      await page.waitForTimeout(settlesMs);
      for (const text of await page.evaluate<string[]>(texts)) {
        const english = englishIn(text, given);
        if (english.length > 0) found.push(`${route} ${keys ?? ""}: "${text}": ${english.join(", ")}`);
      }
      for (const colorScheme of ["dark", "light"] as const) {
        await page.emulateMedia({ colorScheme });
        const serious = await page.evaluate<string[]>(
          `axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) => violations
            .filter(({ impact }) => impact === "serious" || impact === "critical").map(({ id, help }) => id + ": " + help))`,
        );
        for (const finding of serious) found.push(`${route} ${keys ?? ""}, ${colorScheme}: axe: ${finding}`);
      }
      const overflow = await page.evaluate<number>("document.documentElement.scrollWidth - innerWidth");
      if (overflow > 0) found.push(`${route}: ${overflow} pixels wider than the window`);
      if (keys !== undefined) await page.keyboard.press("Escape");
    }
    expect(found).toEqual([]);
  });

  it("is chosen in the set-up, at once, and kept", async () => {
    const { page } = await openWindow(served.link());
    await page.goto(new URL("#/setup", page.url()).href);
    const place = page.url();
    await page.evaluate("window.sameDocument = true");
    const button = page.getByRole("radio", { name: "日本語" });
    await button.focus();
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: "設定" }).waitFor();
    expect(await page.evaluate("document.documentElement.lang")).toBe("ja");
    expect([page.url(), await page.evaluate("window.sameDocument")]).toEqual([place, true]);
    expect(await page.evaluate("document.activeElement.textContent.trim()")).toBe("日本語");
    await page.reload();
    await page.getByRole("heading", { level: 1, name: "設定" }).waitFor();
    await page.keyboard.press("Control+k");
    await page.getByPlaceholder("コマンド").fill("Language: English".slice(-7));
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: "Set-up" }).waitFor();
    expect(await page.evaluate("localStorage.getItem('language')")).toBe("en");
  });
});
