import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const root = path.resolve(import.meta.dirname, "..", "..");
const bin = <T>(name: string) => import(pathToFileURL(path.join(root, "bin", name)).href) as Promise<T>;

interface Desktop {
  readonly displayProblem: (
    platform: string,
    environment: NodeJS.ProcessEnv,
    userId: number | undefined,
  ) => string | undefined;
  readonly browserOption: (args: readonly string[]) => string | undefined;
  readonly runDesktop: (
    args: readonly string[],
    project: string,
    findDisplayProblem: () => string | undefined,
  ) => Promise<{ code?: number; why?: string }>;
}
interface Electron {
  readonly electronProgram: (project: string) => string | undefined;
  readonly fetchElectron: (project: string, limits?: object) => Promise<{ why?: string; code?: number }>;
}
const { displayProblem, browserOption, runDesktop } = await bin<Desktop>("lib/desktop.mjs");
const { electronProgram, fetchElectron } = await bin<Electron>("lib/electron.mjs");

describe("whether there can be a window of Electron's", () => {
  it.each<[string, NodeJS.ProcessEnv, number | undefined, RegExp | undefined]>([
    ["darwin", {}, 501, undefined],
    ["win32", {}, undefined, undefined],
    ["linux", { DISPLAY: ":0" }, 1000, undefined],
    ["linux", { WAYLAND_DISPLAY: "wayland-0" }, 1000, undefined],
    ["linux", { DISPLAY: "" }, 1000, /no display/],
    ["linux", {}, 1000, /no display/],
    ["linux", { DISPLAY: ":0" }, 0, /sandbox .* root/],
  ])("on %s with %o as user %s", (platform, environment, userId, problem) => {
    const said = displayProblem(platform, environment, userId);
    if (problem) expect(said).toMatch(problem);
    else expect(said).toBeUndefined();
  });

  it.each([
    [[], undefined],
    [["--home", "--port"], undefined],
    [["--home=x"], undefined],
    [["--no-open"], "--no-open"],
    [["--home", "x", "--port", "80"], "--port"],
  ])("with the arguments %o", (args, option) => expect(browserOption(args)).toBe(option));
});

describe.skipIf(process.platform === "win32")("npm start", () => {
  let project: string;
  let electron: string;
  beforeEach(() => {
    project = mkdtempSync(path.join(os.tmpdir(), "rwb-start-"));
    electron = path.join(project, "node_modules", "electron");
    mkdirSync(path.join(electron, "dist"), { recursive: true });
    writeFileSync(path.join(electron, "package.json"), JSON.stringify({ version: "9.9.9" }));
  });
  afterEach(() => rmSync(project, { recursive: true, force: true }));

  /** An Electron whose program is that of `script`. */
  const install = (script: string): string => `
    const { writeFileSync } = require("node:fs");
    writeFileSync(${JSON.stringify(path.join(electron, "dist", "version"))}, "v9.9.9");
    writeFileSync(${JSON.stringify(path.join(electron, "path.txt"))}, "electron");
    writeFileSync(${JSON.stringify(path.join(electron, "dist", "electron"))}, ${JSON.stringify(`#!${process.execPath}\n${script}`)}, { mode: 0o755 });`;
  const withInstaller = (script: string): void => writeFileSync(path.join(electron, "install.js"), script);
  const said = path.join(os.tmpdir(), `rwb-start-said-${process.pid}`);
  afterEach(() => rmSync(said, { force: true }));
  const works = `
    require("node:fs").writeFileSync(process.env.RWB_DESKTOP_STARTED, "1");
    require("node:fs").writeFileSync(${JSON.stringify(said)}, JSON.stringify(process.argv.slice(2)));`;
  const run = (...args: string[]) => runDesktop(args, project, () => undefined);

  it("fetches Electron once, and starts it with the arguments", async () => {
    withInstaller(install(works));
    expect(await run("--home", "x")).toMatchObject({ code: 0 });
    expect(JSON.parse(readFileSync(said, "utf8"))).toEqual([path.join(project, "out/main/main.js"), "--home", "x"]);
    withInstaller("process.exit(1)");
    expect(await run()).toMatchObject({ code: 0 });
  });

  it.each([
    ["a library that is not there", `console.error("x\\nlibnss3.so: cannot open"); process.exit(127)`, /libnss3\.so/],
    ["a crash", `process.kill(process.pid, "SIGKILL")`, /^Electron does not start here$/],
    ["no program at all", undefined, /left no program|does not start/],
  ])("falls back at %s", async (_, script, why) => {
    withInstaller(script === undefined ? "" : install(script));
    expect((await run()).why).toMatch(why);
  });

  it("takes a second one, which only shows the first, for a good end; and an exit code for the window's own", async () => {
    withInstaller(install("process.exit(0)"));
    expect(await run()).toMatchObject({ code: 0 });
    withInstaller(install(`${works}; process.exit(1)`));
    rmSync(path.join(electron, "path.txt"));
    expect(await run()).toMatchObject({ code: 1 });
  });

  it("does not ask again within a day for what was refused", async () => {
    withInstaller(`console.error("TypeError: fetch failed\\n    at x"); process.exit(1)`);
    const refused = await fetchElectron(project);
    expect(refused.why).toMatch(/fetch failed/);
    withInstaller(install(works));
    expect(await fetchElectron(project)).toEqual(refused);
    expect(electronProgram(project)).toBeUndefined();
    const note = path.join(project, "out", "electron-not-fetched.json");
    writeFileSync(note, JSON.stringify({ ...refused, atMs: Date.now() - 25 * 3_600_000 }));
    expect((await fetchElectron(project)).why).toBeUndefined();
    expect(electronProgram(project)).toBeDefined();
  });

  it("waits no longer than that for what does not come", async () => {
    withInstaller("setInterval(() => {}, 1000)");
    expect((await fetchElectron(project, { firstByteWithinMs: 600 })).why).toMatch(/nothing came/);
    rmSync(path.join(project, "out"), { recursive: true });
    withInstaller(
      `require("node:fs").writeFileSync(process.env.TMPDIR + "/half.zip", "half"); setInterval(() => {}, 1000)`,
    );
    expect((await fetchElectron(project, { standstillMs: 600 })).why).toMatch(/nothing more came/);
  });

  it("says in one line why it is the browser, and serves", async () => {
    const env: NodeJS.ProcessEnv = { ...process.env, RWB_HOME: path.join(project, "home") };
    for (const name of ["DISPLAY", "WAYLAND_DISPLAY"]) delete env[name];
    const child = spawn(process.execPath, [path.join(root, "bin", "start.mjs")], {
      ...{ env, stdio: ["ignore", "pipe", "pipe"], detached: true },
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
    }
    const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
    while (!output.includes("?token=") && child.exitCode === null) await sleep(50);
    expect(output).toMatch(/^The workbench opens in the browser: there is no display \(.*\)\.$/m);
    expect(output).toMatch(/http:\/\/127\.0\.0\.1:\d+\/\?token=/);
    process.kill(-child.pid!, "SIGINT");
    expect(await ended).toBe(0);
    expect(existsSync(path.join(project, "home", "main.sock"))).toBe(false);
  });
});
