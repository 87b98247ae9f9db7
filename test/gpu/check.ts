/**
 * `npm run gpu-check`: whether the workbench does on this machine's GPU what it does on a CPU. Runs the steps of steps.ts
 * with `rwb` itself and writes a report. Exits 0 where all passed, 1 where one did not, 2 for wrong usage, 3 without a GPU.
 */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { codeVersion } from "../../src-main/codeVersion.ts";
import { describeDevices } from "../../src-main/engine/index.ts";
import { devices, type Device } from "../../src-main/engine/platform.ts";
import { asMarkdown, type Report, type StepReport } from "./report.ts";
import { steps, type Said, type Setting, type Step } from "./steps.ts";

const root = path.resolve(import.meta.dirname, "..", "..");
const rwbMain = path.join(root, "src-main", "cli", "main.ts");
const help = `npm run gpu-check -- [--device gpu|cpu] [--only NAME,...] [--iterations N] [--out DIR] [--dry-run]

  --device      what is checked (default: gpu); cpu tries the whole path without one
  --only        of: ${steps.map(({ name }) => name).join(", ")}
  --iterations  of the short trainings (default: 300)
  --out         where report.md and report.json go (default: out/gpu-check)
  --dry-run     only says what would be run
`;
const say = (text: string): void => void process.stderr.write(`${text}\n`);

function usage(text: string): never {
  say(`${text}\n\n${help}`);
  process.exit(2);
}

function readArguments() {
  const { values } = parseArgs({
    options: {
      device: { type: "string", default: "gpu" },
      only: { type: "string" },
      iterations: { type: "string", default: "300" },
      out: { type: "string", default: path.join(root, "out", "gpu-check") },
      "dry-run": { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) usage("");
  const device = devices.find((each) => each === values.device) ?? usage(`There is no device ${values.device}.`);
  const names = values.only?.split(",");
  const unknown = names?.find((name) => !steps.some((step) => step.name === name));
  if (unknown !== undefined) usage(`There is no step ${unknown}.`);
  const iterations = Number(values.iterations);
  if (!Number.isInteger(iterations) || iterations < 1) usage("--iterations is a whole number from 1 on.");
  const chosen = steps.filter(({ name }) => names === undefined || names.includes(name));
  return { device, chosen, iterations, out: path.resolve(values.out), isDry: values["dry-run"] };
}

function run(args: readonly string[], environment: Readonly<Record<string, string>>): Promise<Said> {
  return new Promise((resolve) => {
    const startedMs = performance.now();
    const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", rwbMain, ...args], {
      ...{ env: { ...process.env, ...environment }, stdio: ["ignore", "pipe", "pipe"] },
    });
    let [out, err] = ["", ""];
    child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => {
      err += chunk.toString();
      process.stderr.write(chunk);
    });
    child.once("close", (code) => resolve({ code, out, err, seconds: (performance.now() - startedMs) / 1000 }));
  });
}

const lastLines = ({ err }: Said): string => err.trim().split("\n").slice(-2).join(" ");
const typed = (args: readonly string[]): string => ["npx --no-install rwb", ...args].join(" ");

async function take(step: Step, setting: Setting, isPossible: boolean): Promise<StepReport> {
  const { name, shows } = step;
  const commands = step.commands(setting);
  const report = { name, shows, commands: commands.map(typed) };
  if (!isPossible) return { ...report, status: "skipped", detail: "the engine does not work here", seconds: 0 };
  const said: Said[] = [];
  const seconds = (): number => said.reduce((sum, each) => sum + each.seconds, 0);
  for (const args of commands) {
    const one = await run(args, step.environment ?? {});
    said.push(one);
    // 1 may be a verdict of its own (golden), and is judged; 2 and 3 mean that it did not run.
    if (one.code === 0 || (one.code === 1 && commands.length > 1 && args[0] === "golden")) continue;
    const detail = `exit code ${one.code}: ${lastLines(one)}`;
    return { ...report, status: "failed", detail, seconds: seconds() };
  }
  try {
    const verdict = step.judge(said, setting);
    return { ...report, ...verdict, status: verdict.isGood ? "passed" : "failed", seconds: seconds() };
  } catch (error) {
    return { ...report, status: "failed", detail: (error as Error).message, seconds: seconds() };
  }
}

async function check(device: Device, chosen: readonly Step[], setting: Setting): Promise<Report> {
  const { cpu, gpus } = await describeDevices();
  const startedAt = new Date().toISOString();
  const reports: StepReport[] = [];
  for (const step of chosen) {
    say(`== ${step.name}: ${step.shows}`);
    const isPossible = !reports.some(({ name, status }) => ["set-up", "doctor"].includes(name) && status === "failed");
    const report = await take(step, setting, isPossible);
    say(`   ${report.status}: ${report.detail}`);
    reports.push(report);
  }
  return {
    ...{ device, startedAt, codeVersion: codeVersion(), steps: reports },
    machine: { cpu: cpu.model, cores: cpu.cores, memoryGb: Math.round(cpu.memoryBytes / 1e9) },
    gpus: gpus.map(({ name, driver, computeCapability }) => `${name}, driver ${driver}, compute capability ${computeCapability}`),
    ok: reports.every(({ status }) => status === "passed"),
  }; // prettier-ignore
}

const { device, chosen, iterations, out, isDry } = readArguments();
if (isDry) {
  const setting = { device, iterations, home: "HOME" };
  for (const step of chosen) {
    const variables = Object.entries(step.environment ?? {}).map(([name, value]) => `${name}=${value} `);
    process.stdout.write(`${step.name}: ${step.shows}\n`);
    for (const args of step.commands(setting)) process.stdout.write(`  ${variables.join("")}${typed(args)}\n`);
  }
} else if (device === "gpu" && (await describeDevices()).gpus.length === 0) {
  say(
    "There is no NVIDIA GPU here that nvidia-smi names: nothing was checked.\n  --device cpu tries the same on the CPU.",
  );
  process.exitCode = 3;
} else {
  const home = mkdtempSync(path.join(os.tmpdir(), "rwb-gpu-check-"));
  mkdirSync(path.join(home, "check"));
  try {
    const report = await check(device, chosen, { device, iterations, home });
    mkdirSync(out, { recursive: true });
    writeFileSync(path.join(out, "report.json"), `${JSON.stringify(report, null, 2)}\n`);
    writeFileSync(path.join(out, "report.md"), asMarkdown(report));
    say(`${report.ok ? "All passed" : "NOT passed"}: ${path.join(out, "report.md")}`);
    process.exitCode = report.ok ? 0 : 1;
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}
