import { WorkbenchError } from "../../src-shared/errors.ts";
import { type Device, tensorflowVersion } from "./platform.ts";
import { describeStorage } from "./storage.ts";
import type { Wheel } from "./wheels.ts";

/** The addon, its log and the file system's own share. */
const spareBytes = 50e6;

export function formatBytes(bytes: number): string {
  return bytes < 1e9 ? `${Math.ceil(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}

/** What a set-up is going to do: said before it starts, and checked against the disk. */
export interface Plan {
  readonly device: Device;
  readonly cacheFolder: string;
  /** with how much of each there is still to fetch */
  readonly wheels: readonly { readonly wheel: Wheel; readonly toFetchBytes: number }[];
  /** a folder of libraries to copy instead of wheels */
  readonly from: string | undefined;
  readonly unpackedBytes: number;
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

export function neededBytes(plan: Plan): number {
  return sum(plan.wheels.map(({ toFetchBytes }) => toFetchBytes)) + plan.unpackedBytes + spareBytes;
}

export function planLines(plan: Plan): string[] {
  const fetches = plan.wheels.filter(({ toFetchBytes }) => toFetchBytes > 0);
  const fetchBytes = sum(fetches.map(({ toFetchBytes }) => toFetchBytes));
  const device = plan.device === "cpu" ? "the CPU" : "NVIDIA GPUs (and the CPU)";
  const steps = [
    ...(fetches.length === 1 ? [`fetch ${fetches[0].wheel.file} with pip: ${formatBytes(fetchBytes)}`] : []),
    ...(fetches.length > 1 ? [`fetch ${fetches.length} wheels with pip: ${formatBytes(fetchBytes)}`] : []),
    plan.from === undefined
      ? `unpack the libraries and check each: ${formatBytes(plan.unpackedBytes)}`
      : `copy the libraries of ${plan.from}: ${formatBytes(plan.unpackedBytes)}`,
    "compile tfjs-node's addon for them: about 15 s",
    "try it with a matrix product, and only then keep it",
  ];
  return [
    `Setting up the engine: TensorFlow${plan.from === undefined ? ` ${tensorflowVersion}` : ""} for ${device}`,
    ...steps.map((step, index) => `  ${index + 1}. ${step}`),
    `  ${formatBytes(plan.unpackedBytes)} stay in ${plan.cacheFolder}, for every checkout; ${formatBytes(neededBytes(plan))} are needed meanwhile.`,
    "  It can be stopped at any time (Ctrl-C); the same command then goes on.",
  ];
}

/** @throws disk-full, before anything is fetched */
export function checkRoom(plan: Plan, free = describeStorage(plan.cacheFolder).freeBytes): void {
  const needed = neededBytes(plan);
  if (free >= needed) return;
  const message = `The engine needs ${formatBytes(needed)} on the disk of ${plan.cacheFolder}; ${formatBytes(free)} are free.`;
  throw new WorkbenchError("disk-full", message, {
    mend: `Free ${formatBytes(needed - free)}, or name a folder on another disk in RWB_ENGINE.`,
  });
}
