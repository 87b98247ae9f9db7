import type { Family, RunConfig, Shortcut } from "../../src-shared/runConfig.ts";
import type { RunStatus } from "../../src-shared/runState.ts";

/** A run as it is put into the history. */
export interface NewRun {
  /** Also the name of its folder below `runs/`. */
  readonly id: string;
  readonly config: RunConfig;
  readonly recipe?: string | undefined;
  readonly scale?: number | undefined;
  /** Differences from the recipe, in words; empty where there is none. */
  readonly deviations: readonly string[];
  /** Cores and lanes; without them the scheduler decides when the run first starts. */
  readonly threads?: number | undefined;
  readonly lanes?: number | undefined;
  readonly codeVersion: string;
  readonly tags?: readonly string[];
  readonly notes?: string;
  readonly forkedFrom?: { readonly run: string; readonly iteration: number } | undefined;
  /** `queued` unless the run is taken over from a folder or an archive. */
  readonly status?: RunStatus;
  readonly createdMs: number;
  /** Of a run that is taken over. */
  readonly startedMs?: number | undefined;
  readonly endedMs?: number | undefined;
}

/** A run as the history knows it. Accuracies are fractions; times are milliseconds since 1970. */
export interface RunRecord {
  readonly id: string;
  /**
   * Frozen. In a list it is read when it is asked for, while the history is open: ten thousand take a quarter of a second.
   * What a table shows of it is beside it.
   */
  readonly config: RunConfig;
  /** What the configuration calls its data set. */
  readonly datasetName: string;
  readonly family: Family;
  readonly depth: number;
  readonly shortcut: Shortcut;
  readonly seed: number;
  /** Iterations of the whole run. */
  readonly iterations: number;
  readonly recipe: string | undefined;
  readonly scale: number | undefined;
  readonly deviations: readonly string[];
  readonly threads: number | undefined;
  readonly lanes: number | undefined;
  readonly codeVersion: string;
  readonly tags: readonly string[];
  readonly notes: string;
  readonly pinned: boolean;
  readonly forkedFrom: { readonly run: string; readonly iteration: number } | undefined;
  readonly studies: readonly string[];
  readonly status: RunStatus;
  /** Why it is in this status, where that needs saying (a failure, a crash, what it waits for). */
  readonly reason: string | undefined;
  /** Order among the waiting: smaller comes first. */
  readonly position: number;
  /** Trainer processes that were lost in a row without a new checkpoint. */
  readonly crashes: number;
  readonly createdMs: number;
  readonly startedMs: number | undefined;
  readonly endedMs: number | undefined;
  readonly trashedMs: number | undefined;
  /** From its events: what the trainer said when it started. */
  readonly engine: Readonly<Record<string, string>> | undefined;
  readonly dataset: { readonly title: string; readonly original: boolean; readonly checksum: string } | undefined;
  /** Iterations done. */
  readonly iteration: number;
  readonly loss: number | undefined;
  readonly imagesPerSecond: number | undefined;
  readonly checkpointIteration: number | undefined;
  readonly testAccuracy: number | undefined;
  readonly bestTestAccuracy: number | undefined;
}
