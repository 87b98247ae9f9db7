import { rmSync, statSync } from "node:fs";
import path from "node:path";
import { fileError } from "../../src-shared/errors.ts";
import type { RetentionSetting } from "./settings.ts";
import type { RunRecord } from "./types.ts";

/** Checkpoint files of a run, by what they hold. */
export const checkpointFiles = ["last", "previous", "best"] as const;
export type CheckpointFile = (typeof checkpointFiles)[number];

const dayMs = 24 * 60 * 60 * 1000;

/**
 * Which checkpoint files of a run are no longer kept. Only a finished run loses any: every other end can be taken up again
 * from its newest checkpoint. `previous` is what a damaged `last` falls back to while the run trains.
 */
export function expiredCheckpoints(
  run: Pick<RunRecord, "status" | "endedMs" | "pinned">,
  retention: RetentionSetting,
  nowMs: number,
): CheckpointFile[] {
  if (run.status !== "finished") return [];
  const { days } = retention;
  const forEver = days === null || run.pinned || run.endedMs === undefined;
  if (forEver || nowMs - run.endedMs < days * dayMs) return ["previous"];
  return [...checkpointFiles];
}

export interface Freed {
  /** Absolute paths. */
  readonly files: readonly string[];
  readonly bytes: number;
}

/**
 * Deletes the checkpoints that are no longer kept. What was imported counts from its import: somebody wanted it now.
 *
 * @param runsFolder `HOME/runs`
 * @throws WorkbenchError `permission`
 */
export function applyRetention(
  runsFolder: string,
  runs: readonly RunRecord[],
  retention: RetentionSetting,
  nowMs: number,
): Freed {
  const files: string[] = [];
  let bytes = 0;
  for (const run of runs) {
    const folder = path.join(runsFolder, run.id);
    const { status, pinned } = run;
    for (const name of expiredCheckpoints({ status, pinned, endedMs: keptSinceMs(run, folder) }, retention, nowMs)) {
      const file = path.join(folder, "checkpoints", `${name}.safetensors`);
      const found = statSync(file, { throwIfNoEntry: false });
      if (!found) continue;
      try {
        rmSync(file, { force: true });
      } catch (error) {
        throw fileError(error, `deleting ${file}`);
      }
      files.push(file);
      // `best` and `last` may be one file under two names (hard links): its bytes are free when the last one goes.
      if (found.nlink === 1) bytes += found.size;
    }
  }
  return { files, bytes };
}

/** A run's `config.json` is written once: at its first start, or when it was imported after its end. */
export function keptSinceMs({ endedMs }: Pick<RunRecord, "endedMs">, folder: string): number | undefined {
  if (endedMs === undefined) return undefined;
  return Math.max(endedMs, statSync(path.join(folder, "config.json"), { throwIfNoEntry: false })?.mtimeMs ?? endedMs);
}
