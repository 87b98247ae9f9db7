import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { nvidiaGpus } from "../../src-main/engine/nvidia.ts";
import { asMarkdown, type Report } from "../gpu/report.ts";
import { steps, type Said } from "../gpu/steps.ts";
import { temporaryFolder } from "./server.fixture.ts";

const check = path.resolve("test/gpu/check.ts");

function run(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [check, ...args], { stdio: ["ignore", "pipe", "pipe"] });
    let [out, err] = ["", ""];
    child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (err += chunk.toString()));
    child.once("close", (code) => resolve({ code, out, err }));
  });
}

const said = (out: string | object[], code = 0): Said => ({
  ...{ code, err: "", seconds: 2 },
  out: typeof out === "string" ? out : out.map((line) => `${JSON.stringify(line)}\n`).join(""),
});
const step = (name: string) => steps.find((each) => each.name === name)!;
const gpu = { device: "gpu", home: "/h", iterations: 10 } as const;
const cpu = { ...gpu, device: "cpu" } as const;
const engine = (status: string, device: string) => ({ check: "engine", status, detail: `TensorFlow 2 (${device}), x` });
const goldenCount = step("golden").commands(gpu).length;
const goldenSaid = (ratio: number, ok: boolean) => said([{ tensor: "w", ratio }, { ok }], ok ? 0 : 1);

describe("npm run gpu-check", () => {
  it.each<[string, Said[], typeof gpu | typeof cpu, boolean]>([
    ["set-up", [said([{ device: "gpu", tensorflow: "2", bytes: 1 }])], gpu, true],
    ["set-up", [said([{ device: "cpu", tensorflow: "2", bytes: 1 }])], gpu, false],
    ["doctor", [said([engine("ok", "gpu"), { check: "GPU", status: "ok", detail: "H100" }])], gpu, true],
    ["doctor", [said([engine("ok", "gpu")])], gpu, false],
    ["doctor", [said([engine("warning", "gpu"), { check: "GPU", status: "ok", detail: "H100" }])], gpu, false],
    ["doctor", [said([engine("ok", "cpu"), { check: "GPU", status: "ok", detail: "H100" }])], gpu, false],
    ["doctor", [said([engine("ok", "cpu")])], cpu, true],
    ["golden", Array<Said>(goldenCount).fill(goldenSaid(0.3, true)), gpu, true],
    ["golden", [goldenSaid(1.3, false), ...Array<Said>(goldenCount - 1).fill(goldenSaid(0.3, true))], gpu, false],
    ["golden", [goldenSaid(0.3, true)], gpu, false],
    ["train", [said([{ type: "finished", testAccuracy: 0.5 }])], gpu, true],
    ["train", [said([{ type: "diverged" }])], gpu, false],
    ["speed-float32", [said([{ imagesPerSecond: 10, wholeRunImagesPerSecond: 9 }])], gpu, true],
    ["speed-float32", [said("")], gpu, false],
    ["packing", [said(""), said(""), said([{ id: "a", status: "failed", seed: 1 }])], gpu, false],
  ])("judges %s", (name, answers, setting, isGood) => {
    if (name === "packing") expect(() => step(name).judge(answers, setting)).toThrow(/events\.ndjson/);
    else expect(step(name).judge(answers, setting).isGood).toBe(isGood);
  });

  it("says what it would run, and refuses what it does not know", async () => {
    const { code, out } = await run("--dry-run");
    expect(code).toBe(0);
    const names = out.split("\n").flatMap((line) => /^([\w-]+): /.exec(line)?.[1] ?? []);
    expect(names).toEqual(steps.map(({ name }) => name));
    expect(out.match(/NVIDIA_TF32_OVERRIDE=0 npx --no-install rwb golden /g)).toHaveLength(goldenCount);
    for (const wrong of [["--only", "nothing"], ["--device", "tpu"], ["--iterations", "x"]]) {
      expect((await run(...wrong)).code).toBe(2);
    }
  }); // prettier-ignore

  it("the whole path, on the CPU: report and numbers", { timeout: 300_000 }, async () => {
    const out = temporaryFolder();
    const only = "set-up,doctor,train,determinism,packing";
    const { code, err } = await run("--device", "cpu", "--only", only, "--iterations", "20", "--out", out);
    expect([code, err]).toEqual([0, expect.stringContaining("All passed") as string]);
    const report = JSON.parse(readFileSync(path.join(out, "report.json"), "utf8")) as Report;
    expect(report.steps.map(({ name, status }) => `${name} ${status}`)).toEqual(
      only.split(",").map((name) => `${name} passed`),
    );
    expect(readFileSync(path.join(out, "report.md"), "utf8")).toBe(asMarkdown(report));
  });

  it("on this machine's GPU", { timeout: 1_800_000 }, async ({ skip }) => {
    if ((await nvidiaGpus()).length === 0) {
      const { code, err } = await run("--out", path.join(temporaryFolder(), "none"));
      expect([code, err]).toEqual([3, expect.stringContaining("no NVIDIA GPU") as string]);
      skip("there is no NVIDIA GPU that nvidia-smi names");
    }
    const out = temporaryFolder();
    const { code } = await run("--out", out);
    expect([code, existsSync(path.join(out, "report.md"))]).toEqual([0, true]);
  });
});
