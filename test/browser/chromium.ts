import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { chromium, type Browser, type LaunchOptions } from "playwright-core";

/** A Chromium that opens pages, and where it is from; or why there is none. */
export type FoundChromium =
  { readonly program: string; readonly from: string; readonly version: string } | { readonly why: string };

export interface Place {
  readonly from: string;
  readonly programs: () => readonly string[];
}

const opensWithinMs = 30_000;
const installsWithinMs = 10 * 60_000;
const project = path.resolve(import.meta.dirname, "..", "..");

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

/** Where installers put it when it is not on PATH. */
const usualPlaces: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  darwin: [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
  ],
  win32: [process.env.PROGRAMFILES, process.env["PROGRAMFILES(X86)"], process.env.LOCALAPPDATA].flatMap((folder) =>
    folder === undefined ? [] : [path.join(folder, "Google", "Chrome", "Application", "chrome.exe")],
  ),
  linux: ["/opt/google/chrome/chrome", "/usr/lib/chromium/chromium"],
};

/** Playwright's cache has a folder a revision; which one is no matter here. */
const cacheFolders: Readonly<Partial<Record<NodeJS.Platform, string>>> = {
  darwin: path.join(os.homedir(), "Library", "Caches", "ms-playwright"),
  win32: path.join(process.env.LOCALAPPDATA ?? os.homedir(), "ms-playwright"),
  linux: path.join(process.env.XDG_CACHE_HOME ?? path.join(os.homedir(), ".cache"), "ms-playwright"),
};
const programNames = ["chrome", "chrome.exe", "chrome-headless-shell", "chrome-headless-shell.exe", "headless_shell"];

function inPlaywrightsCache(): string[] {
  const cache = process.env.PLAYWRIGHT_BROWSERS_PATH ?? cacheFolders[process.platform];
  if (cache === undefined || !existsSync(cache)) return [];
  const revisions = readdirSync(cache).filter((name) => /^chromium(_headless_shell)?-\d+$/.test(name));
  return revisions
    .sort((a, b) => Number(/\d+$/.exec(b)) - Number(/\d+$/.exec(a)))
    .flatMap((revision) => {
      const files = readdirSync(path.join(cache, revision), { recursive: true, encoding: "utf8" });
      const isProgram = (file: string): boolean =>
        programNames.includes(path.basename(file)) || file.endsWith(path.join("MacOS", "Chromium"));
      return files.filter(isProgram).map((file) => path.join(cache, revision, file));
    });
}

const places: readonly Place[] = [
  {
    from: "PATH",
    programs: () =>
      (process.env.PATH ?? "").split(path.delimiter).flatMap((folder) => names.map((name) => path.join(folder, name))),
  },
  { from: "its usual place", programs: () => usualPlaces[process.platform] ?? [] },
  { from: "Playwright's cache", programs: inPlaywrightsCache },
];

export interface Installer {
  readonly from: string;
  readonly problem: () => string | undefined;
  readonly commands: readonly (readonly string[])[];
}

const debianProblem = (): string | undefined => {
  if (!existsSync("/etc/debian_version")) return "this is no Debian";
  return process.getuid?.() === 0 ? undefined : "apt-get needs root";
};

/** In the order in which they are tried; an installer's commands until one succeeds. */
const installers: readonly Installer[] = [
  {
    from: "playwright-core install",
    problem: () => undefined,
    commands: [[process.execPath, path.join(project, "node_modules/playwright-core/cli.js"), "install", "chromium"]],
  },
  {
    from: "apt-get install",
    problem: debianProblem,
    commands: [
      ["apt-get", "install", "-y", "-q", "--no-install-recommends", "chromium"],
      ["sh", "-c", "apt-get update -q && apt-get install -y -q --no-install-recommends chromium"],
    ],
  },
];

/** Where to look, and what to install one with, each in its order. */
export interface Machine {
  readonly places: readonly Place[];
  readonly installers: readonly Installer[];
}

export const thisMachine: Machine = { places, installers };

/**
 * A Chromium of this machine: the one that RWB_CHROMIUM names, or an installed Chrome or Chromium, or Playwright's. It is
 * tried: what does not open a page is none (Ubuntu's `chromium-browser` may be a script that says how to install it).
 */
export async function findChromium(machine: Pick<Machine, "places"> = thisMachine): Promise<FoundChromium> {
  const named = process.env.RWB_CHROMIUM;
  if (named !== undefined && named !== "") {
    const version = await versionOf(named);
    if (version !== undefined) return { program: named, from: "RWB_CHROMIUM", version };
    return { why: `RWB_CHROMIUM is ${named}, which opens no page` };
  }
  for (const { from, programs } of machine.places) {
    for (const program of programs()) {
      const version = existsSync(program) ? await versionOf(program) : undefined;
      if (version !== undefined) return { program, from, version };
    }
  }
  return { why: "there is no Chrome or Chromium here" };
}

/**
 * As `findChromium`, and where there is none, installs one.
 *
 * @param say told what is being done
 */
export async function findOrInstallChromium(
  say: (text: string) => void,
  machine: Machine = thisMachine,
): Promise<FoundChromium> {
  const found = await findChromium(machine);
  if ("program" in found || process.env.RWB_CHROMIUM) return found;
  const problems: string[] = [];
  for (const { from, problem, commands } of machine.installers) {
    const reason = problem();
    if (reason !== undefined) {
      problems.push(`${from}: ${reason}`);
      continue;
    }
    say(`${found.why}: ${from} (up to 300 MB)`);
    let said = "";
    for (const command of commands) {
      said = await run(command);
      const installed = await findChromium(machine);
      if ("program" in installed) return { ...installed, from };
    }
    problems.push(`${from}: ${said}`);
  }
  return { why: `${found.why}, and none can be installed (${problems.join("; ")})` };
}

/** A browser on a profile of its own, which is gone with it. */
export const launchChromium = (program: string, options: LaunchOptions = {}): Promise<Browser> =>
  chromium.launch({ executablePath: program, timeout: opensWithinMs, ...options });

/** Of a program that opens a page. */
async function versionOf(program: string): Promise<string | undefined> {
  let browser: Browser | undefined;
  try {
    browser = await launchChromium(program);
    const page = await browser.newPage();
    await page.goto("data:text/html,x", { timeout: opensWithinMs });
    return browser.version();
  } catch {
    return undefined;
  } finally {
    await browser?.close();
  }
}

/** The last line that it says, or that it took too long. */
function run([program, ...args]: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    const child = spawn(program, args, {
      ...{ env, stdio: ["ignore", "pipe", "pipe"], timeout: installsWithinMs, killSignal: "SIGKILL" },
    });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk: Buffer) => (said = (said + chunk.toString()).slice(-4_000)));
    }
    child.once("error", (error) => resolve(error.message));
    child.once("close", (code, signal) => {
      if (signal !== null) return resolve("it took too long");
      const lines = said.trim().split("\n");
      resolve((lines.findLast((line) => /error|E:|cannot|fail/i.test(line)) ?? lines.at(-1) ?? `code ${code}`).trim());
    });
  });
}
