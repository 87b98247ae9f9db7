import { execFile, spawn } from "node:child_process";
import {
  cpSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { locateEngine, locateEngines } from "../../src-main/engine/locate.ts";
import type { EngineInfo } from "../../src-main/engine/manifest.ts";
import { platformKey } from "../../src-main/engine/platform.ts";
import { probeEngine } from "../../src-main/engine/probe.ts";
import { findOnPath } from "../../src-main/engine/tool.ts";
import { wheelsFor } from "../../src-main/engine/wheels.ts";

const root = path.resolve(import.meta.dirname, "..", "..");
const rwb = path.join(root, "bin", "rwb.mjs");
/** What is left of a cache folder in which nothing was built. */
const nothing = ["setup.lock"];

let real: EngineInfo;
let folder: string;
let cache: string;

beforeAll(() => {
  const engine = locateEngine();
  if (engine === undefined) throw new Error("These tests need the engine: npx --no-install rwb setup");
  real = engine;
  folder = mkdtempSync(path.join(os.tmpdir(), "rwb-engine-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(() => {
  cache = path.join(folder, `cache-${performance.now()}`);
});

/** A second checkout, whose packages are links: building in it leaves this one's link to the engine alone. */
function secondCheckout(): string {
  const checkout = mkdtempSync(path.join(folder, "checkout-"));
  for (const name of ["bin", "src-main", "src-shared", "package.json"]) {
    cpSync(path.join(root, name), path.join(checkout, name), { recursive: true });
  }
  const modules = path.join(checkout, "node_modules");
  mkdirSync(modules);
  for (const name of readdirSync(path.join(root, "node_modules")).filter((each) => each !== "@tensorflow")) {
    symlinkSync(path.join(root, "node_modules", name), path.join(modules, name));
  }
  const tfjs = path.join("@tensorflow", "tfjs-node-gpu", "binding");
  cpSync(path.join(root, "node_modules", tfjs), path.join(modules, tfjs), { recursive: true });
  return checkout;
}

function run(
  args: string[],
  env: NodeJS.ProcessEnv = {},
  script = rwb,
): Promise<{ code: number; output: string; stdout: string }> {
  return new Promise((resolve) => {
    const options = { env: { ...process.env, ...env } };
    execFile(process.execPath, [script, ...args], options, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), output: stdout + stderr, stdout });
    });
  });
}

/** PATH with links to these programs only. */
function pathWith(...programs: string[]): string {
  const bin = mkdtempSync(path.join(folder, "bin-"));
  for (const program of programs) symlinkSync(findOnPath(program)!, path.join(bin, program));
  return bin;
}

describe("the engine that is there", () => {
  test("a second set-up does nothing, in under 2 s", async () => {
    const before = statSync(path.join(real.folder, "engine.json")).mtimeMs;
    const startedMs = performance.now();
    const { code, stdout } = await run(["setup", "--device", real.manifest.device, "--json"]);
    expect(performance.now() - startedMs).toBeLessThan(2000);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ folder: real.folder, tensorflow: real.manifest.tensorflow });
    expect(statSync(path.join(real.folder, "engine.json")).mtimeMs).toBe(before);
  });

  test("loads its own libraries, of the version that it says", async () => {
    const probe = await probeEngine(real.folder);
    expect(probe.tensorflow).toBe(real.manifest.tensorflow);
    for (const file of probe.mapped) expect(file.startsWith(`${real.folder}${path.sep}`)).toBe(true);
    if (process.platform === "linux") expect(probe.mapped).toHaveLength(3);
  });

  test("is what tfjs-node loads, and no other tfjs-node is", async () => {
    const script = path.join(folder, "loads.mjs");
    writeFileSync(
      script,
      `import { createRequire } from "node:module"; import fs from "node:fs"; import util from "node:util";
       const { ensureEngine } = await import(${JSON.stringify(path.join(root, "src-main/engine/ensure.ts"))});
       await ensureEngine();
       util.isNullOrUndefined ??= (v) => v === null || v === undefined; util.isArray ??= Array.isArray;
       const require = createRequire(${JSON.stringify(path.join(root, "package.json"))});
       const tf = require("@tensorflow/tfjs-node-gpu");
       const sum = tf.matMul([[1, 2], [3, 4]], [[1, 2], [3, 4]]).dataSync();
       const packages = new Set(Object.keys(require.cache).flatMap((file) => /node_modules.@tensorflow.(tfjs-node[^/\\\\]*)/.exec(file)?.[1] ?? []));
       const objects = process.report.getReport().sharedObjects.filter((file) => /tensorflow|tfjs_binding/.test(path_(file)));
       function path_(file) { return file.slice(file.lastIndexOf("/") + 1); }
       console.log(JSON.stringify({ backend: tf.getBackend(), sum: [...sum], packages: [...packages], objects: objects.map((file) => fs.realpathSync(file)) }));`,
    );
    const stdout = await new Promise<string>((resolve, reject) => {
      const env = { ...process.env, TF_CPP_MIN_LOG_LEVEL: "3" };
      execFile(process.execPath, [script], { env }, (error, out, err) =>
        error ? reject(new Error(err)) : resolve(out),
      );
    });
    const loaded = JSON.parse(stdout.trim().split("\n").at(-1)!) as { packages: string[]; objects: string[] };
    expect(loaded).toMatchObject({ backend: "tensorflow", sum: [7, 10, 15, 22], packages: ["tfjs-node-gpu"] });
    expect(loaded.objects).toHaveLength(3);
    for (const file of loaded.objects) expect(file.startsWith(`${real.folder}${path.sep}`)).toBe(true);
  });

  test("doctor finds that it works", async () => {
    const { code, stdout } = await run(["doctor", "--json", "--home", path.join(folder, "home")]);
    const checks = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { check: string; status: string });
    expect(code).toBe(0);
    expect(checks.map(({ check }) => check)).toEqual(
      expect.arrayContaining([
        "Node",
        "compiler",
        "Python",
        "pip",
        "engine",
        "CPU",
        "bfloat16",
        "data sets",
        "storage",
      ]),
    );
    expect(checks.find(({ check }) => check === "engine")).not.toMatchObject({ status: "missing" });
  });
});

describe("with nothing to build with", () => {
  const cases: [string, string, string[]][] = [
    ["compiler", "compiler-missing", []],
    ["Python", "python-missing", ["c++"]],
  ];
  test.each(cases)("a missing %s is said, and nothing is left", async (_what, code, programs) => {
    const result = await run(["setup", "--device", "cpu"], { RWB_ENGINE: cache, PATH: pathWith(...programs), CXX: "" });
    expect(result.code).toBe(3);
    expect(result.output).toContain(`[${code}]`);
    expect(readdirSync(cache)).toEqual(nothing);
  });

  test("a Python without pip is said", async () => {
    const bin = pathWith("c++");
    const script =
      '#!/bin/sh\n[ "$1" = --version ] && { echo Python 3.12.0; exit 0; }\necho "No module named pip" >&2; exit 1\n';
    writeFileSync(path.join(bin, "python3"), script, { mode: 0o755 });
    const result = await run(["setup", "--device", "cpu"], { RWB_ENGINE: cache, PATH: bin, CXX: "" });
    expect(result.code).toBe(3);
    expect(result.output).toContain("[pip-missing]");
  });

  test("doctor says all of it, each with what mends it", async () => {
    const result = await run(["doctor", "--json"], { RWB_ENGINE: cache, PATH: pathWith(), CXX: "" });
    expect(result.code).toBe(3);
    const checks = result.stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { check: string; status: string; mend?: string });
    const missing = checks.filter(({ status }) => status === "missing");
    expect(missing.map(({ check }) => check)).toEqual(["compiler", "Python", "pip", "engine"]);
    for (const { mend } of missing) expect(mend).toBeTruthy();
  });

  test("training is refused with the command that mends it", async () => {
    const result = await run(["train", "--recipe", "quick", "--out", path.join(folder, "run")], { RWB_ENGINE: cache });
    expect(result.code).toBe(3);
    expect(result.output).toContain("npx --no-install rwb setup");
  });
});

describe("a wheel that is not what it should be", () => {
  const wheel = wheelsFor(platformKey, "cpu")![0];

  test.each([
    ["too short", 1000],
    ["of the right size", wheel.bytes],
  ])("%s is refused, and nothing is left", async (_name, bytes) => {
    const file = path.join(mkdtempSync(path.join(folder, "wheel-")), wheel.file);
    writeFileSync(file, "not a wheel");
    truncateSync(file, bytes);
    const result = await run(["setup", "--device", "cpu", "--wheel", file], { RWB_ENGINE: cache });
    expect(result.code).toBe(1);
    expect(result.output).toContain("[checksum]");
    expect(readdirSync(cache)).toEqual(nothing);
  });
});

describe("building (from the libraries that are there)", () => {
  test("survives a truncated library, a kill while it compiles, and a second set-up at the same time", async () => {
    // an engine whose library was cut off; the other files are links to the real ones
    const broken = path.join(cache, path.basename(real.folder));
    mkdirSync(path.join(broken, "tensorflow"), { recursive: true });
    cpSync(path.join(real.folder, "napi"), path.join(broken, "napi"), { recursive: true });
    cpSync(path.join(real.folder, "engine.json"), path.join(broken, "engine.json"));
    for (const { path: file } of real.manifest.files.filter((each) => each.path.startsWith("tensorflow/"))) {
      if (file.includes("framework")) linkSync(path.join(real.folder, file), path.join(broken, file));
      else writeFileSync(path.join(broken, file), "half of it");
    }
    const device = real.manifest.device;
    const env = { RWB_ENGINE: cache, RWB_LIBTENSORFLOW: real.folder };
    const located = locateEngines({ cacheFolder: cache, device });
    expect(located.engine).toBeUndefined();
    expect(located.broken[0]?.problem).toMatch(/has 10 bytes instead of/);

    const checkout = secondCheckout();
    const script = path.join(checkout, "bin", "rwb.mjs");
    const killed = spawn(process.execPath, [script, "setup", "--device", device], {
      env: { ...process.env, ...env },
      stdio: ["ignore", "ignore", "pipe"],
    });
    await new Promise<void>((resolve) => {
      killed.stderr.on("data", (chunk: Buffer) => {
        if (chunk.toString().includes("compile tfjs-node's addon with")) resolve();
      });
    });
    killed.kill("SIGKILL");
    await new Promise((resolve) => killed.once("exit", resolve));
    expect(readdirSync(cache).filter((name) => name.endsWith(".partial"))).toHaveLength(1);
    expect(locateEngine({ cacheFolder: cache, device })).toBeUndefined();

    const results = await Promise.all([
      run(["setup", "--device", device], env, script),
      run(["setup", "--device", device], env, script),
    ]);
    expect(results.map(({ code }) => code)).toEqual([0, 0]);
    expect(results.filter(({ output }) => output.includes("waiting for it"))).toHaveLength(1);
    expect(results.filter(({ output }) => output.includes("compile tfjs-node's addon"))).toHaveLength(1);
    expect(readdirSync(cache).sort()).toEqual(["setup.lock", path.basename(real.folder)]);
    const built = locateEngine({ cacheFolder: cache, device })!;
    expect((await probeEngine(built.folder)).tensorflow).toBe(real.manifest.tensorflow);
    const link = path.join(checkout, "node_modules", "@tensorflow", "tfjs-node-gpu", "lib", "napi-v8");
    expect(readlinkSync(link)).toBe(path.join(built.folder, "napi"));
  });
});
