import { WorkbenchError } from "../../src-shared/errors.ts";
import { nodeProgram } from "../nodeProgram.ts";
import { describeDevices, type Devices } from "./devices.ts";
import { locateEngines } from "./locate.ts";
import { formatBytes } from "./plan.ts";
import { findPlatform, platformKey } from "./platform.ts";
import { probeEngine } from "./probe.ts";
import { requireCompiler, requirePip, requirePython } from "./tool.ts";

/** One thing that doctor looked at. */
export interface Check {
  readonly check: string;
  /** `missing`: nothing can be trained before it is mended; `warning`: something works less well, or not later on */
  readonly status: "ok" | "warning" | "missing";
  readonly detail: string;
  readonly mend?: string;
}

const oldestNode = 24;

function asProblem(check: string, status: "warning" | "missing", error: unknown): Check {
  if (!(error instanceof WorkbenchError)) throw error;
  return { check, status, detail: error.message, ...(error.mend !== undefined && { mend: error.mend }) };
}

export function checkNode(version = process.versions.node): Check {
  const detail = `${version}, ${nodeProgram()}`;
  if (Number(version.split(".")[0]) >= oldestNode) return { check: "Node", status: "ok", detail };
  return { check: "Node", status: "missing", detail: `${detail}: ${oldestNode} is needed`, mend: "npm ci" };
}

/** The engine: really loaded, in a process of its own. */
export async function checkEngine(devices: Devices): Promise<Check> {
  const check = "engine";
  const mend = "npx --no-install rwb setup";
  if (findPlatform() === undefined) {
    return { check, status: "missing", detail: `There is none for ${platformKey}.`, mend: "Train on another machine." };
  }
  try {
    const { engine, broken } = locateEngines();
    if (engine === undefined) {
      const [damaged] = broken;
      const detail = damaged === undefined ? "not installed" : `${damaged.folder} is damaged: ${damaged.problem}`;
      return { check, status: "missing", detail, mend };
    }
    const probe = await probeEngine(engine.folder);
    const { device, tensorflow } = engine.manifest;
    const detail = `TensorFlow ${tensorflow} (${device}), ${formatBytes(engine.bytes)} in ${engine.folder}; it loads and multiplies`;
    if (devices.gpus.length > 0 && device === "cpu") {
      return {
        check,
        status: "warning",
        detail: `${detail}; there is a GPU that it does not use`,
        mend: `${mend} --device gpu`,
      };
    }
    if (device === "gpu" && !probe.usesGpu) {
      return { check, status: "warning", detail: `${detail}; it finds no GPU and runs on the CPU`, mend: "nvidia-smi" };
    }
    return { check, status: "ok", detail };
  } catch (error) {
    return asProblem(check, "missing", error);
  }
}

interface Tool {
  readonly check: string;
  readonly find: () => Promise<string>;
}

/** What a set-up needs, in its order. */
const tools: readonly Tool[] = [
  { check: "compiler", find: async () => requireCompiler() },
  { check: "Python", find: async () => requirePython().then(({ version, program }) => `${version}, ${program}`) },
  { check: "pip", find: async () => requirePip((await requirePython()).program) },
];

/** Compiler, Python and pip build the engine; with an engine there, they will be missed only at its next update. */
export async function checkTools(engineWorks: boolean): Promise<Check[]> {
  return Promise.all(
    tools.map(async ({ check, find }): Promise<Check> => {
      try {
        return { check, status: "ok", detail: await find() };
      } catch (error) {
        const problem = asProblem(check, engineWorks ? "warning" : "missing", error);
        return engineWorks ? { ...problem, detail: `${problem.detail} Only a new engine needs it.` } : problem;
      }
    }),
  );
}

export function checkDevices({ cpu, gpus }: Devices): Check[] {
  const cores = `${cpu.cores} ${cpu.cores === 1 ? "core" : "cores"}`;
  const bfloat16 = [
    `CPU ${cpu.bfloat16 === undefined ? "emulated, slow" : `${cpu.bfloat16}, native`}`,
    ...gpus.map((gpu) => `${gpu.name} ${Number(gpu.computeCapability) >= 8 ? "native" : "emulated, slow"}`),
  ];
  return [
    { check: "CPU", status: "ok", detail: `${cpu.model}, ${cores}, ${formatBytes(cpu.memoryBytes)} of memory` },
    ...gpus.map((gpu): Check => ({
      check: "GPU",
      status: "ok",
      detail: `${gpu.name}, ${formatBytes(gpu.memoryBytes)}, driver ${gpu.driver}, compute capability ${gpu.computeCapability}`,
    })),
    { check: "float32", status: "ok", detail: "native" },
    {
      check: "bfloat16",
      status: bfloat16.some((each) => each.endsWith("native")) ? "ok" : "warning",
      detail: bfloat16.join("; "),
    },
  ];
}

/** Everything about the engine and what it runs on. About a second: the engine is loaded. */
export async function checkEngineAndDevices(): Promise<Check[]> {
  const devices = await describeDevices();
  const engine = await checkEngine(devices);
  return [checkNode(), ...(await checkTools(engine.status !== "missing")), engine, ...checkDevices(devices)];
}
