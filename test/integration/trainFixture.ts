import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { runEventSchema, type RunEvent } from "../../src-shared/runEvent.ts";

/** A small run on the built-in shapes: 60 iterations of 16 images, a checkpoint every 10. */
export const smallRun = (...more: string[]): string[] => [
  ...["train", "--recipe", "quick", "--threads", "1"],
  ...[
    "training.iterations=60",
    "training.batchSize=16",
    "checkpoint.everyIterations=10",
    "evaluation.everyIterations=30",
  ].flatMap((setting) => ["--set", setting]),
  ...more,
];

export function temporaryFolder(): { path: string; remove: () => void } {
  const folder = mkdtempSync(path.join(os.tmpdir(), "rwb-test-"));
  return { path: folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

export function eventsOf(run: string): RunEvent[] {
  const file = path.join(run, "events.ndjson");
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, "utf8").split("\n").slice(0, -1);
  return lines.map((line) => runEventSchema.parse(JSON.parse(line)));
}

/** Losses by iteration, as a reader sees them: `resumed` drops what came after its iteration before. */
export function lossesOf(run: string): Map<number, unknown> {
  const losses = new Map<number, unknown>();
  for (const event of eventsOf(run)) {
    if (event.type === "resumed") for (const at of losses.keys()) if (at >= event.fromIteration) losses.delete(at);
    if (event.type !== "progress") continue;
    for (const [i, loss] of event.loss.entries()) {
      if (losses.has(event.fromIteration + i)) throw new Error(`iteration ${event.fromIteration + i} twice`);
      losses.set(event.fromIteration + i, loss);
    }
  }
  return losses;
}
