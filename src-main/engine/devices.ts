import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { type NvidiaGpu, nvidiaGpus } from "./nvidia.ts";

/** Instructions that multiply bfloat16 without a detour, by the names that the system's flags have. */
export type Bfloat16 = "AMX-BF16" | "AVX512-BF16" | "Arm BF16" | undefined;

export interface Cpu {
  readonly model: string;
  /** physical cores that this process may use: what a run with all threads gets */
  readonly cores: number;
  /** bytes that this process may use */
  readonly memoryBytes: number;
  readonly bfloat16: Bfloat16;
}

export interface Devices {
  readonly cpu: Cpu;
  readonly gpus: readonly NvidiaGpu[];
}

function readOr(file: string, otherwise = ""): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return otherwise;
  }
}

/** `0-3,8` as numbers: the form of Cpus_allowed_list. */
export function parseCpuList(text: string): Set<number> {
  const cpus = new Set<number>();
  for (const part of text.trim().split(",")) {
    const [first, last = first] = part.split("-").map(Number);
    if (first === undefined || Number.isNaN(first)) continue;
    for (let cpu = first; cpu <= last; cpu++) cpus.add(cpu);
  }
  return cpus;
}

/** Distinct (physical id, core id) among the processors allowed; hyper-threads of one core count once. */
export function physicalCores(cpuinfo: string, allowed: ReadonlySet<number>): number {
  const cores = new Set<string>();
  for (const block of cpuinfo.split(/\n\s*\n/)) {
    const field = (name: string): string | undefined => new RegExp(`^${name}\\s*: (.*)$`, "m").exec(block)?.[1];
    const processor = field("processor");
    if (processor === undefined || (allowed.size > 0 && !allowed.has(Number(processor)))) continue;
    const core = field("core id");
    cores.add(core === undefined ? processor : `${field("physical id")}/${core}`);
  }
  return cores.size;
}

/** Cores that a cgroup v2 `cpu.max` allows, e.g. "150000 100000" -> 1.5. */
export function parseCpuMax(text: string): number {
  const [quota, period] = text.trim().split(/\s+/).map(Number);
  return quota !== undefined && period !== undefined && quota > 0 && period > 0 ? quota / period : Infinity;
}

/** The tightest quota of this process's cgroup and those above it, in cores. */
function cgroupCores(): number {
  const root = "/sys/fs/cgroup";
  const own = /^0::(\/.*)$/m.exec(readOr("/proc/self/cgroup"))?.[1];
  let least = Infinity;
  for (let folder = path.join(root, own ?? "/"); folder.startsWith(root); folder = path.dirname(folder)) {
    least = Math.min(least, parseCpuMax(readOr(path.join(folder, "cpu.max"))));
  }
  // cgroup v1, as in older containers
  const quota = Number(readOr(path.join(root, "cpu", "cpu.cfs_quota_us"), "-1"));
  const period = Number(readOr(path.join(root, "cpu", "cpu.cfs_period_us"), "100000"));
  return quota > 0 ? Math.min(least, quota / period) : least;
}

function linuxCores(): number {
  const allowed = parseCpuList(/^Cpus_allowed_list:\s*(.*)$/m.exec(readOr("/proc/self/status"))?.[1] ?? "");
  const physical = physicalCores(readOr("/proc/cpuinfo"), allowed) || os.availableParallelism();
  return Math.max(1, Math.min(physical, os.availableParallelism(), Math.floor(cgroupCores())));
}

async function sysctl(name: string): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)("sysctl", ["-n", name], { timeout: 5000 });
    return stdout.trim();
  } catch {
    return "";
  }
}

/** Reads the flags of /proc/cpuinfo (x86: flags, Arm: Features). */
export function bfloat16Of(cpuinfo: string): Bfloat16 {
  const flags = new Set(/^(?:flags|Features)\s*: (.*)$/m.exec(cpuinfo)?.[1]?.split(" "));
  if (flags.has("amx_bf16")) return "AMX-BF16";
  if (flags.has("avx512_bf16")) return "AVX512-BF16";
  return flags.has("bf16") ? "Arm BF16" : undefined;
}

async function cpuTraits(): Promise<{ cores: number; bfloat16: Bfloat16 }> {
  if (process.platform === "linux" && existsSync("/proc/cpuinfo")) {
    return { cores: linuxCores(), bfloat16: bfloat16Of(readOr("/proc/cpuinfo")) };
  }
  if (process.platform === "darwin") {
    const cores = Number(await sysctl("hw.physicalcpu")) || os.availableParallelism();
    return { cores, bfloat16: (await sysctl("hw.optional.arm.FEAT_BF16")) === "1" ? "Arm BF16" : undefined };
  }
  return { cores: os.availableParallelism(), bfloat16: undefined };
}

/** Memory in bytes that this process may use: the machine's, or its container's. */
function memoryBytes(): number {
  const limit = process.constrainedMemory();
  return limit > 0 ? Math.min(limit, os.totalmem()) : os.totalmem();
}

/** What a run can be given. Without a GPU about a millisecond; with one, up to a second for nvidia-smi. */
export async function describeDevices(): Promise<Devices> {
  const [traits, gpus] = await Promise.all([cpuTraits(), nvidiaGpus()]);
  return { cpu: { model: os.cpus()[0]?.model.trim() || os.arch(), ...traits, memoryBytes: memoryBytes() }, gpus };
}
