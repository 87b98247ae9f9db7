import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { addonSourceHash } from "../../src-main/engine/addonSource.ts";
import { engineCacheFolder } from "../../src-main/engine/cacheFolder.ts";
import { bfloat16Of, parseCpuList, parseCpuMax, physicalCores } from "../../src-main/engine/devices.ts";
import { engineEnvironment } from "../../src-main/engine/environment.ts";
import { ensureEngine } from "../../src-main/engine/ensure.ts";
import { linkEngine } from "../../src-main/engine/link.ts";
import { engineFolderName, locateEngine, locateEngines } from "../../src-main/engine/locate.ts";
import { type EngineManifest, inspectEngine } from "../../src-main/engine/manifest.ts";
import { parseNvidiaSmi } from "../../src-main/engine/nvidia.ts";
import { type Device, platformKey } from "../../src-main/engine/platform.ts";

let cache: string;
beforeEach(() => {
  cache = mkdtempSync(path.join(os.tmpdir(), "rwb-engines-"));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(cache, { recursive: true, force: true });
});

const contents = { "tensorflow/a.so": "aaaa", "tensorflow/b.so": "bb", "napi/tfjs_binding.node": "c" };

/** A folder that looks like an engine to everything but a loader. */
function fakeEngine(device: Device = "cpu", changes: Partial<EngineManifest> = {}): string {
  const addon = addonSourceHash();
  const folder = path.join(cache, engineFolderName(device, addon, changes.tensorflow));
  for (const [file, text] of Object.entries(contents)) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), text);
  }
  const manifest: EngineManifest = {
    ...{ format: 1, tensorflow: "2.21.0", device, platform: platformKey, addon, origin: "wheel", source: [] },
    builtAt: "2026-11-24T00:00:00.000Z",
    files: Object.entries(contents).map(([file, text]) => ({ path: file, bytes: text.length, sha256: "0".repeat(64) })),
    ...changes,
  };
  writeFileSync(path.join(folder, "engine.json"), JSON.stringify(manifest));
  return folder;
}

describe("an engine", () => {
  test("is a folder with a manifest whose files are there", () => {
    const folder = fakeEngine();
    expect(locateEngine({ cacheFolder: cache })).toMatchObject({ folder, bytes: 7 });
  });

  const damages: Record<string, (folder: string) => void> = {
    "without a manifest": (folder) => rmSync(path.join(folder, "engine.json")),
    "with half a manifest": (folder) => truncateSync(path.join(folder, "engine.json"), 60),
    "with a file missing": (folder) => rmSync(path.join(folder, "tensorflow/a.so")),
    "with a truncated library": (folder) => truncateSync(path.join(folder, "tensorflow/a.so"), 2),
    "with a path that leads out of it": (folder) =>
      writeFileSync(
        path.join(folder, "engine.json"),
        JSON.stringify({ files: [{ path: "../x", bytes: 1, sha256: "" }] }),
      ),
  };
  test.each(Object.entries(damages))("is none %s", (_name, damage) => {
    const folder = fakeEngine();
    damage(folder);
    expect(inspectEngine(folder)).toHaveProperty("problem");
    const located = locateEngines({ cacheFolder: cache });
    expect(located.engine).toBeUndefined();
    expect(located.broken).toHaveLength(1);
  });

  test("is none under the name of a build that is under way, or for other sources", () => {
    const folder = fakeEngine();
    mkdirSync(path.join(cache, "build-1.partial"));
    expect(locateEngines({ cacheFolder: cache }).broken).toHaveLength(0);
    expect(folder).toContain(addonSourceHash());
    mkdirSync(path.join(cache, "tensorflow-2.21.0-cpu-other-000000000000"));
    expect(locateEngines({ cacheFolder: cache }).others).toHaveLength(0);
  });

  test("of another TensorFlow counts only when it is the user's own", () => {
    fakeEngine("cpu", { tensorflow: "2.15.0" });
    expect(locateEngine({ cacheFolder: cache })).toBeUndefined();
    fakeEngine("cpu", { tensorflow: "2.15.0", origin: "folder" });
    expect(locateEngine({ cacheFolder: cache })?.manifest.tensorflow).toBe("2.15.0");
  });

  test("for the GPU serves where none for the CPU is, unless one device is asked for", () => {
    const folder = fakeEngine("gpu");
    expect(locateEngine({ cacheFolder: cache })?.folder).toBe(folder);
    expect(locateEngine({ cacheFolder: cache, device: "cpu" })).toBeUndefined();
  });

  test("is found fast", () => {
    fakeEngine();
    locateEngine({ cacheFolder: cache });
    const startedMs = performance.now();
    locateEngine({ cacheFolder: cache });
    expect(performance.now() - startedMs).toBeLessThan(50);
  });

  test("that is missing or damaged is an error that names the command", async () => {
    vi.stubEnv("RWB_ENGINE", cache);
    await expect(ensureEngine()).rejects.toMatchObject({
      code: "engine-missing",
      exitCode: 3,
      mend: "npx --no-install rwb setup",
    });
    rmSync(path.join(fakeEngine(), "tensorflow/a.so"));
    await expect(ensureEngine()).rejects.toMatchObject({ code: "engine-broken", exitCode: 3 });
  });
});

test("RWB_ENGINE names the cache folder; empty, it names none", () => {
  vi.stubEnv("RWB_ENGINE", cache);
  expect(engineCacheFolder()).toBe(cache);
  vi.stubEnv("RWB_ENGINE", "");
  expect(engineCacheFolder()).toMatch(/resnet-workbench/);
});

describe("the link in the package", () => {
  const engine = (folder: string) =>
    (inspectEngine(folder) as Extract<ReturnType<typeof inspectEngine>, { engine: unknown }>).engine;
  const packageFolder = (): string => path.join(cache, "package");
  const link = (): string => path.join(packageFolder(), "lib", "napi-v8");

  test("is made, kept, and turned to another engine", () => {
    const cpu = fakeEngine("cpu");
    const gpu = fakeEngine("gpu");
    expect(linkEngine(packageFolder(), engine(cpu))).toBe(true);
    expect(linkEngine(packageFolder(), engine(cpu))).toBe(false);
    expect(linkEngine(packageFolder(), engine(gpu))).toBe(true);
    expect(readlinkSync(link())).toBe(path.join(gpu, "napi"));
    expect(readdirSync(path.dirname(link()))).toEqual(["napi-v8"]);
  });

  test("is mended where it dangles", () => {
    mkdirSync(path.dirname(link()), { recursive: true });
    symlinkSync(path.join(cache, "gone"), link());
    expect(linkEngine(packageFolder(), engine(fakeEngine()))).toBe(true);
  });

  test("moves a real folder aside", () => {
    mkdirSync(link(), { recursive: true });
    writeFileSync(path.join(link(), "tfjs_binding.node"), "another");
    linkEngine(packageFolder(), engine(fakeEngine()));
    expect(lstatSync(link()).isSymbolicLink()).toBe(true);
    expect(readdirSync(path.dirname(link())).filter((name) => name.endsWith(".replaced"))).toHaveLength(1);
  });
});

describe("the session's environment", () => {
  test("has one thread an op and one op a lane", () => {
    expect(engineEnvironment({ lanes: 4, device: "cpu", precision: "float32" })).toMatchObject({
      TF_NUM_INTRAOP_THREADS: "1",
      TF_NUM_INTEROP_THREADS: "4",
    });
  });
  test("means float32 by float32 on a GPU, and is deterministic there", () => {
    expect(engineEnvironment({ lanes: 1, device: "gpu", precision: "float32" })).toMatchObject({
      NVIDIA_TF32_OVERRIDE: "0",
      TF_DETERMINISTIC_OPS: "1",
    });
    expect(engineEnvironment({ lanes: 1, device: "gpu", precision: "bfloat16" })).not.toHaveProperty(
      "NVIDIA_TF32_OVERRIDE",
    );
    expect(engineEnvironment({ lanes: 1, device: "cpu", precision: "float32" })).not.toHaveProperty(
      "TF_DETERMINISTIC_OPS",
    );
  });
});

describe("devices", () => {
  const hyperthreaded = [0, 1, 2, 3]
    .map((cpu) => `processor\t: ${cpu}\nphysical id\t: 0\ncore id\t\t: ${cpu % 2}\nflags\t\t: sse avx512_bf16 amx_bf16`)
    .join("\n\n");
  test("hyper-threads of one core count once, and only allowed processors count", () => {
    expect(physicalCores(hyperthreaded, new Set())).toBe(2);
    expect(physicalCores(hyperthreaded, parseCpuList("0,2"))).toBe(1);
    expect(physicalCores("processor\t: 0\nBogoMIPS\t: 50.00\nFeatures\t: fp bf16\n\nprocessor\t: 1\n", new Set())).toBe(
      2,
    );
  });
  test("lists and quotas", () => {
    expect([...parseCpuList("0-2,5")]).toEqual([0, 1, 2, 5]);
    expect(parseCpuMax("150000 100000")).toBe(1.5);
    expect(parseCpuMax("max 100000")).toBe(Infinity);
    expect(parseCpuMax("")).toBe(Infinity);
  });
  test("bfloat16 from the flags", () => {
    expect(bfloat16Of(hyperthreaded)).toBe("AMX-BF16");
    expect(bfloat16Of("flags : avx512_bf16")).toBe("AVX512-BF16");
    expect(bfloat16Of("Features : fp bf16")).toBe("Arm BF16");
    expect(bfloat16Of("flags : avx2")).toBeUndefined();
  });
  test("nvidia-smi's table", () => {
    expect(parseNvidiaSmi("NVIDIA H100 80GB HBM3, 81559, 550.54.15, 9.0\nNo devices were found\n")).toEqual([
      { name: "NVIDIA H100 80GB HBM3", memoryBytes: 81559 * 2 ** 20, driver: "550.54.15", computeCapability: "9.0" },
    ]);
  });
});
