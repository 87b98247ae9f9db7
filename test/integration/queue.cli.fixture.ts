import { cpSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { openDataset } from "../../src-main/dataset/index.ts";
import { datasetsFolder } from "../../src-main/home.ts";
import { rwb, type Ended } from "./rwb.ts";

/** A run as `--json` prints it. */
export interface RunLine {
  readonly id: string;
  readonly status: string;
  readonly family: string;
  readonly depth: number;
  readonly seed: number;
  readonly study: string | null;
  readonly iteration: number;
  readonly testAccuracy: number | null;
}

export const linesOf = <T = RunLine>({ out }: Ended): T[] =>
  out
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as T);

/** Draws the built-in data set once for all workbench folders. */
export async function withShapes(first: string, ...others: string[]): Promise<void> {
  await openDataset(first, "shapes");
  for (const home of others) cpSync(datasetsFolder(first), datasetsFolder(home), { recursive: true });
}

/** `queue add` of tiny runs on the built-in shapes. */
export const addTiny = (iterations: number, ...more: string[]): string[] => [
  ...["queue", "add", "--recipe", "quick", "--json"],
  ...[
    `training.iterations=${iterations}`,
    "training.batchSize=16",
    "evaluation.everyIterations=100000",
    "checkpoint.everyIterations=20",
  ].flatMap((setting) => ["--set", setting]),
  ...more,
];

/** What `rwb ARGS --json` prints, once it is as `holds` wants it. */
export async function until<T = RunLine>(
  args: readonly string[],
  home: string,
  holds: (lines: T[]) => boolean,
): Promise<T[]> {
  const deadlineMs = performance.now() + 60_000;
  for (;;) {
    const lines = linesOf<T>(await rwb([...args, "--json"], home));
    if (holds(lines)) return lines;
    if (performance.now() > deadlineMs) throw new Error(`rwb ${args.join(" ")} still says ${JSON.stringify(lines)}`);
    await sleep(300);
  }
}
