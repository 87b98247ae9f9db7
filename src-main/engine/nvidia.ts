import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { z } from "zod";

const queryLimitMs = 10_000;

export interface NvidiaGpu {
  readonly name: string;
  readonly memoryBytes: number;
  readonly driver: string;
  /** e.g. "9.0"; bfloat16 is native from 8.0 */
  readonly computeCapability: string;
}

function onPath(program: string): boolean {
  return (process.env.PATH ?? "")
    .split(path.delimiter)
    .some((folder) => folder !== "" && existsSync(path.join(folder, program)));
}

/** Whether an NVIDIA driver is installed, told from files alone; asking the driver takes up to a second. */
export function hasNvidiaDriver(): boolean {
  return existsSync("/proc/driver/nvidia/version") || onPath("nvidia-smi");
}

const row = z.tuple([z.string(), z.coerce.number(), z.string(), z.string()]);

/** Reads what `nvidia-smi --query-gpu=name,memory.total,driver_version,compute_cap --format=csv,noheader,nounits` prints. */
export function parseNvidiaSmi(text: string): NvidiaGpu[] {
  return text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .flatMap((line) => {
      const parsed = row.safeParse(line.split(",").map((cell) => cell.trim()));
      if (!parsed.success) return [];
      const [name, memoryMiB, driver, computeCapability] = parsed.data;
      return [{ name, memoryBytes: memoryMiB * 2 ** 20, driver, computeCapability }];
    });
}

/** The machine's NVIDIA GPUs; none where nvidia-smi is missing or fails. */
export async function nvidiaGpus(): Promise<NvidiaGpu[]> {
  if (!onPath("nvidia-smi")) return [];
  const query = ["--query-gpu=name,memory.total,driver_version,compute_cap", "--format=csv,noheader,nounits"];
  try {
    const { stdout } = await promisify(execFile)("nvidia-smi", query, { timeout: queryLimitMs });
    return parseNvidiaSmi(stdout);
  } catch {
    // no GPU behind the driver, or a driver that does not answer: doctor says that there is none
    return [];
  }
}
