import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { WorkbenchError } from "../../src-shared/errors.ts";
import { checkRoom, neededBytes, planLines, type Plan } from "../../src-main/engine/plan.ts";
import { bytesBelow, fetchWheel, pipError } from "../../src-main/engine/pip.ts";
import { parseRecord } from "../../src-main/engine/record.ts";
import { requireCompiler, requirePip, requirePython } from "../../src-main/engine/tool.ts";
import { wheelsFor } from "../../src-main/engine/wheels.ts";
import { findPlatform, requirePlatform } from "../../src-main/engine/platform.ts";

let folder: string;
let oldPath: string | undefined;

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), "rwb-setup-"));
  oldPath = process.env.PATH;
});
afterEach(() => {
  process.env.PATH = oldPath;
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

/** A folder that is all of PATH, with these shell scripts as programs. */
function onlyPrograms(programs: Record<string, string>): void {
  const bin = path.join(folder, "bin");
  mkdirSync(bin);
  for (const [name, script] of Object.entries(programs)) {
    writeFileSync(path.join(bin, name), `#!/bin/sh\n${script}\n`);
    chmodSync(path.join(bin, name), 0o755);
  }
  process.env.PATH = bin;
  vi.stubEnv("CXX", "");
}

async function codeOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => "no error",
    (error: unknown) => (error instanceof WorkbenchError ? error.code : String(error)),
  );
}

describe("the table of wheels", () => {
  const cases = [
    ["linux-x64", "cpu", 1, "tensorflow-cpu==2.21.0", "manylinux_2_27_x86_64"],
    ["linux-x64", "gpu", 13, "tensorflow==2.21.0", "manylinux_2_27_x86_64"],
    ["linux-arm64", "cpu", 1, "tensorflow==2.21.0", "manylinux_2_27_aarch64"],
    ["darwin-arm64", "cpu", 1, "tensorflow==2.21.0", "macosx_12_0_arm64"],
  ] as const;
  test.each(cases)("%s %s: %i wheels, first %s for %s", (platform, device, count, requirement, pipPlatform) => {
    const wheels = wheelsFor(platform, device)!;
    expect(wheels).toHaveLength(count);
    expect(wheels[0]).toMatchObject({ requirement, pipPlatform });
    for (const wheel of wheels) expect(wheel.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(findPlatform(platform)!.devices).toContain(device);
  });

  test("names the compressed tag sets' first platform", () => {
    const cupti = wheelsFor("linux-x64", "gpu")!.find((wheel) => wheel.file.startsWith("nvidia_cuda_cupti"))!;
    expect(cupti).toMatchObject({
      requirement: "nvidia-cuda-cupti-cu12==12.8.90",
      pipPlatform: "manylinux2014_x86_64",
    });
  });

  test("has nothing for other platforms, and says for which it has", () => {
    expect(wheelsFor("win32-x64", "cpu")).toBeUndefined();
    expect(() => requirePlatform("win32-x64")).toThrow(/linux-x64, linux-arm64, darwin-arm64/);
  });
});

describe("RECORD", () => {
  test("gives sums in hexadecimal, and knows quoted names", () => {
    const sum = Buffer.alloc(32, 0xab);
    const record = parseRecord(
      `a/b.so,sha256=${sum.toString("base64url")},12\r\n"a, ""b"".h",sha256=${sum.toString("base64url")}=,3\nx/RECORD,,\n`,
    );
    expect(record.get("a/b.so")).toEqual({ sha256: sum.toString("hex"), bytes: 12 });
    expect(record.get('a, "b".h')).toEqual({ sha256: sum.toString("hex"), bytes: 3 });
    expect(record.has("x/RECORD")).toBe(false);
  });

  test("refuses a damaged one", () => {
    expect(() => parseRecord("no commas here")).toThrow(/damaged/);
  });
});

describe("the plan", () => {
  const plan: Plan = {
    device: "cpu",
    cacheFolder: "/cache",
    wheels: wheelsFor("linux-x64", "cpu")!.map((wheel) => ({ wheel, toFetchBytes: wheel.bytes })),
    from: undefined,
    unpackedBytes: 853_308_936,
  };

  test("says every step and its size", () => {
    const text = planLines(plan).join("\n");
    expect(text).toContain("fetch tensorflow_cpu-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl with pip: 274 MB");
    expect(text).toContain("854 MB stay in /cache");
    expect(text).toContain("1.2 GB are needed meanwhile");
  });

  test("does not fetch what is there", () => {
    const text = planLines({ ...plan, wheels: plan.wheels.map((each) => ({ ...each, toFetchBytes: 0 })) }).join("\n");
    expect(text).not.toContain("fetch");
  });

  test("needs room on the disk", () => {
    expect(() => checkRoom(plan, neededBytes(plan))).not.toThrow();
    expect(() => checkRoom(plan, 500e6)).toThrow(expect.objectContaining({ code: "disk-full" }));
  });
});

describe("what pip says becomes", () => {
  const cases = [
    [
      "network",
      "WARNING: Retrying (Retry(total=4)) after connection broken by 'NewConnectionError(...)': /simple/x/\nERROR: No matching distribution found for tensorflow-cpu==2.21.0",
    ],
    ["network", "ERROR: No matching distribution found for tensorflow-cpu==2.21.0"],
    ["network", "pip._vendor.urllib3.exceptions.ReadTimeoutError: HTTPSConnectionPool: Read timed out."],
    ["disk-full", "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device"],
    ["pip-missing", "/usr/bin/python3: No module named pip"],
    ["checksum", "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE."],
    ["permission", "ERROR: Could not install packages due to an OSError: [Errno 13] Permission denied: '/x'"],
  ] as const;
  test.each(cases)("%s: %s", (code, output) => {
    const error = pipError(output, "x.whl");
    expect(error).toMatchObject({ code });
    expect(error.mend).toBeTruthy();
    expect(error.message).toContain("x.whl");
  });
});

describe("programs on PATH", () => {
  test("no compiler", () => {
    onlyPrograms({});
    expect(() => requireCompiler()).toThrow(expect.objectContaining({ code: "compiler-missing", exitCode: 3 }));
  });

  test("clang++ alone is a compiler", () => {
    onlyPrograms({ "clang++": "exit 0" });
    expect(requireCompiler()).toBe(path.join(folder, "bin", "clang++"));
  });

  test("no Python, or one of the second kind", async () => {
    onlyPrograms({ python: "echo Python 2.7.18" });
    expect(await codeOf(requirePython())).toBe("python-missing");
  });

  test("Python without pip, and with one that is too old", async () => {
    onlyPrograms({
      python3: 'case "$*" in *--version) [ "$2" = pip ] && { echo no module >&2; exit 1; }; echo Python 3.12.1;; esac',
    });
    const { program, version } = await requirePython();
    expect(version).toBe("3.12.1");
    expect(await codeOf(requirePip(program))).toBe("pip-missing");
  });

  test("pip 9 is too old", async () => {
    onlyPrograms({ python3: "echo pip 9.0.3 from somewhere" });
    expect(await codeOf(requirePip(path.join(folder, "bin", "python3")))).toBe("pip-missing");
  });
});

describe("fetching with a pip that", () => {
  const wheel = wheelsFor("linux-x64", "cpu")![0];
  const incoming = (): string => {
    const into = path.join(folder, "incoming");
    mkdirSync(into);
    return into;
  };

  test("brings the file: reports how much is there meanwhile", async () => {
    onlyPrograms({
      python3: `PATH=/bin:/usr/bin; mkdir "$TMPDIR/pip-unpack-1"; printf 12345 > "$TMPDIR/pip-unpack-1/w"; sleep 0.6; printf 1234567 > "$TMPDIR/${wheel.file}"`,
    });
    const seen: number[] = [];
    const python = path.join(folder, "bin", "python3");
    const into = incoming();
    const file = await fetchWheel(wheel, {
      python,
      folder: into,
      onBytes: (n) => seen.push(n),
      signal: new AbortController().signal,
    });
    expect(file).toBe(path.join(into, wheel.file));
    expect(seen).toContain(5);
    expect(bytesBelow(into)).toBe(12);
  });

  test("cannot reach its index", async () => {
    onlyPrograms({ python3: "echo 'ERROR: NewConnectionError: name resolution' >&2; exit 1" });
    const python = path.join(folder, "bin", "python3");
    const signal = new AbortController().signal;
    expect(await codeOf(fetchWheel(wheel, { python, folder: incoming(), onBytes: () => {}, signal }))).toBe("network");
  });

  test("is stopped: the process ends with it", async () => {
    const witness = path.join(folder, "alive");
    onlyPrograms({
      python3: `PATH=/bin:/usr/bin; trap 'exit 143' TERM; i=0; while [ $i -lt 50 ]; do sleep 0.1; i=$((i+1)); done; touch ${witness}`,
    });
    const abort = new AbortController();
    const python = path.join(folder, "bin", "python3");
    const fetching = fetchWheel(wheel, { python, folder: incoming(), onBytes: () => {}, signal: abort.signal });
    setTimeout(() => abort.abort(), 200);
    await expect(fetching).rejects.toThrow(/abort/i);
    expect(existsSync(witness)).toBe(false);
  });
});
