import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, inject, it, vi } from "vitest";
import { findChromium, findOrInstallChromium, thisMachine, type Installer } from "../browser/chromium.ts";

const real = inject("chromium");

/** On a machine that has nothing but what a test puts on its PATH or into Playwright's cache. */
describe.skipIf("why" in real || process.platform === "win32")("a Chromium", () => {
  const { program } = real as { program: string };
  const places = thisMachine.places.filter(({ from }) => from !== "its usual place");
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), "rwb-chromium-"));
    vi.stubEnv("PATH", path.join(folder, "bin"));
    vi.stubEnv("PLAYWRIGHT_BROWSERS_PATH", path.join(folder, "playwright"));
    vi.stubEnv("RWB_CHROMIUM", "");
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true, force: true });
  });
  const put = (file: string, script: string): string => {
    const whole = path.join(folder, file);
    mkdirSync(path.dirname(whole), { recursive: true });
    writeFileSync(whole, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    return whole;
  };
  const opensPages = `PATH=/usr/bin:/bin exec "${program}" "$@"`;

  it("is the one that RWB_CHROMIUM names, and no other", async () => {
    put("bin/chromium", opensPages);
    vi.stubEnv("RWB_CHROMIUM", program);
    expect(await findChromium({ places })).toMatchObject({ program, from: "RWB_CHROMIUM" });
    const nothing = path.join(folder, "nothing");
    vi.stubEnv("RWB_CHROMIUM", nothing);
    const found = await findOrInstallChromium(() => {}, { places, installers: [] });
    expect(found).toEqual({ why: `RWB_CHROMIUM is ${nothing}, which opens no page` });
  });

  it("is on PATH, and opens a page: a script that says how to install one is none", async () => {
    put("bin/chromium", "echo 'snap install chromium'; exit 1");
    const chrome = put("bin/google-chrome", opensPages);
    expect(await findChromium({ places })).toMatchObject({ program: chrome, from: "PATH" });
  });

  it("is in Playwright's cache, of whatever revision", async () => {
    put("playwright/chromium-1300/chrome-linux/chrome", "exit 1");
    const older = put("playwright/chromium_headless_shell-1200/chrome-linux/headless_shell", opensPages);
    expect(await findChromium({ places })).toMatchObject({ program: older, from: "Playwright's cache" });
  });

  it("is installed where there is none, by the first way that works", async () => {
    const target = path.join(folder, "bin", "chromium");
    const way = (from: string, script: string, problem?: string): Installer => {
      return { from, problem: () => problem, commands: [["/bin/sh", "-c", script]] };
    };
    const makes = put("installs", `mkdir -p "${folder}/bin"; cp "${put("made", opensPages)}" "${target}"`);
    const installers = [
      way("refused", "echo 'Error: getaddrinfo ENOTFOUND'; exit 1"),
      way("forbidden", "exit 0", "needs root"),
      {
        ...way("two steps", "exit 1"),
        commands: [
          ["/bin/sh", "-c", "exit 1"],
          ["/bin/sh", makes],
        ],
      },
    ];
    vi.stubEnv("PATH", `${path.join(folder, "bin")}:/usr/bin:/bin`);
    const onPath = [{ from: "PATH", programs: () => [target] }];
    const said: string[] = [];
    const found = await findOrInstallChromium((text) => said.push(text), { places: onPath, installers });
    expect(found).toMatchObject({ program: target, from: "two steps" });
    expect(said).toHaveLength(2);

    rmSync(target);
    const none = await findOrInstallChromium(() => {}, { places: onPath, installers: installers.slice(0, 2) });
    expect(none).toEqual({ why: expect.stringMatching(/refused: .*ENOTFOUND.*forbidden: needs root/) as string });
  });
});
