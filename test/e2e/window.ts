import { mkdtempSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, inject, onTestFailed } from "vitest";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { launchChromium } from "../browser/chromium.ts";

/** What is waited for takes no longer, unless a test says otherwise. */
const answersWithinMs = 15_000;

export interface WindowOptions extends BrowserContextOptions {
  /** Complaints of the browser that belong to what the test does. */
  readonly allowed?: RegExp;
}

/** The window in a browser that has followed a link. */
export interface OpenedWindow {
  readonly page: Page;
  /** Follows another link, of a service that was started anew. */
  enter(link: string): Promise<void>;
}

const chromium = inject("chromium");
let browser: Browser | undefined;
let checks: (() => Promise<void>)[] = [];

/** Tests that need a Chromium; where there is none the set-up has said why they are skipped. */
export function describeInChromium(name: string, tests: () => void): void {
  describe.skipIf("why" in chromium)(name, () => {
    beforeAll(async () => {
      browser = await launchChromium((chromium as { program: string }).program);
    });
    afterAll(() => browser?.close());
    afterEach(async () => {
      const ended = checks;
      checks = [];
      for (const check of ended) await check();
    });
    tests();
  });
}

/**
 * Opens the window. An error in its console, a violation of its policy or an exception nobody caught fails the test.
 *
 * @param link of a service
 */
export async function openWindow(link: string, { allowed, ...options }: WindowOptions = {}): Promise<OpenedWindow> {
  const context = await browser!.newContext({ viewport: { width: 1280, height: 800 }, locale: "en", ...options });
  context.setDefaultTimeout(answersWithinMs);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.stack ?? error.message));
  checks.push(async () => {
    picture = path.join(mkdtempSync(path.join(os.tmpdir(), "rwb-e2e-")), "window.png");
    await page.screenshot({ path: picture });
    await context.close();
    expect(complaints.filter((text) => !allowed?.test(text))).toEqual([]);
  });
  let picture: string | undefined;
  onTestFailed(() => {
    process.stderr.write(`What the window showed: ${picture}\n${complaints.join("\n")}\n`);
  });
  const enter = async (to: string): Promise<void> => {
    await page.goto(to);
    await page.getByRole("navigation", { name: /^(Views|画面)$/ }).waitFor();
  };
  await enter(link);
  return { page, enter };
}
