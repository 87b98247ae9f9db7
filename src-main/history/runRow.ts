import { z } from "zod";
import type { Family, Shortcut } from "../../src-shared/runConfig.ts";
import type { RunStatus } from "../../src-shared/runState.ts";
import { jsonColumn } from "./jsonColumn.ts";
import type { RunConfigs } from "./runConfigs.ts";
import type { RunRecord } from "./types.ts";
import { fromColumn, type WireColumn } from "./wireColumn.ts";

/** A row of `runs` as `runColumns` selects it. */
export interface RunRow {
  readonly key: number;
  readonly id: string;
  readonly status: RunStatus;
  readonly reason: string | null;
  readonly position: number;
  readonly crashes: number;
  readonly created_ms: number;
  readonly started_ms: number | null;
  readonly ended_ms: number | null;
  readonly trashed_ms: number | null;
  readonly recipe: string | null;
  readonly scale: number | null;
  readonly deviations: string;
  readonly threads: number | null;
  readonly lanes: number | null;
  readonly code_version: string;
  readonly tags: string;
  readonly notes: string;
  readonly pinned: number;
  readonly forked_run: string | null;
  readonly forked_iteration: number | null;
  readonly engine: string | null;
  readonly dataset: string | null;
  readonly dataset_name: string;
  readonly iteration: number;
  readonly loss: WireColumn;
  readonly images_per_second: number | null;
  readonly checkpoint_iteration: number | null;
  readonly test_accuracy: number | null;
  readonly best_test_accuracy: number | null;
  readonly family: Family;
  readonly depth: number;
  readonly shortcut: Shortcut;
  readonly seed: number;
  readonly iterations: number;
}

export const runColumns = `
  runs.key, runs.id, status, reason, position, crashes, created_ms, started_ms, ended_ms, trashed_ms, recipe, scale,
  deviations, threads, lanes, code_version, tags, notes, pinned, forked_run, forked_iteration, engine, dataset,
  config ->> '$.dataset' AS dataset_name,
  iteration, loss, images_per_second, checkpoint_iteration, test_accuracy, best_test_accuracy,
  family, depth, shortcut, seed, iterations`;

const readStrings = jsonColumn(z.array(z.string()).readonly());
const readEngine = jsonColumn(z.record(z.string(), z.string()));
const readDataset = jsonColumn(z.object({ title: z.string(), original: z.boolean(), checksum: z.string() }));

/**
 * A row as the rest of the program sees it. Its JSON is parsed and checked, the configuration when it is asked for. Single words and numbers are taken as they are, since only
 * this program writes them, into STRICT tables.
 */
export function toRunRecord(row: RunRow, studies: readonly string[], configs: RunConfigs): RunRecord {
  const { key } = row;
  return {
    id: row.id,
    get config() {
      return configs.of(key);
    },
    datasetName: row.dataset_name,
    family: row.family,
    depth: row.depth,
    shortcut: row.shortcut,
    seed: row.seed,
    iterations: row.iterations,
    recipe: row.recipe ?? undefined,
    scale: row.scale ?? undefined,
    deviations: readStrings(row.deviations),
    threads: row.threads ?? undefined,
    lanes: row.lanes ?? undefined,
    codeVersion: row.code_version,
    tags: readStrings(row.tags),
    notes: row.notes,
    pinned: row.pinned !== 0,
    forkedFrom: row.forked_run === null ? undefined : { run: row.forked_run, iteration: row.forked_iteration ?? 0 },
    studies,
    status: row.status,
    reason: row.reason ?? undefined,
    position: row.position,
    crashes: row.crashes,
    createdMs: row.created_ms,
    startedMs: row.started_ms ?? undefined,
    endedMs: row.ended_ms ?? undefined,
    trashedMs: row.trashed_ms ?? undefined,
    engine: row.engine === null ? undefined : readEngine(row.engine),
    dataset: row.dataset === null ? undefined : readDataset(row.dataset),
    iteration: row.iteration,
    loss: fromColumn(row.loss),
    imagesPerSecond: row.images_per_second ?? undefined,
    checkpointIteration: row.checkpoint_iteration ?? undefined,
    testAccuracy: row.test_accuracy ?? undefined,
    bestTestAccuracy: row.best_test_accuracy ?? undefined,
  };
}
