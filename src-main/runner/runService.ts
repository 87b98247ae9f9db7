import { existsSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import { WorkbenchError } from "../../src-shared/errors.ts";
import type { RunConfig } from "../../src-shared/runConfig.ts";
import { isActive } from "../../src-shared/runState.ts";
import { codeVersion } from "../codeVersion.ts";
import { largestDivisor } from "../compiler/program.ts";
import { runsFolder } from "../home.ts";
import type { History, NewRun, RunRecord } from "../history/index.ts";
import { newRunId } from "../runId.ts";
import { syncFolderNow } from "../syncFolder.ts";
import type { CheckpointName } from "../trainer/checkpoint.ts";
import { forkCheckpoint } from "../trainer/forkCheckpoint.ts";
import type { Estimates } from "./estimates.ts";
import type { Queue } from "./queue.ts";
import { existingRunFolder, recipeDeviations, runFolderFor } from "./runFolders.ts";
import { inStagingFolder } from "./stagingFolder.ts";

/** A run as somebody asks for it. */
export interface RunRequest {
  readonly config: RunConfig;
  readonly recipe?: string | undefined;
  readonly scale?: number | undefined;
  /** Cores; without a number the scheduler decides when the run first starts. */
  readonly threads?: number | undefined;
}

interface RunServiceParts {
  readonly home: string;
  readonly history: History;
  readonly queue: Queue;
  readonly estimates: Estimates;
}

/** New runs into the queue, forks, and what happens to runs that are not in training. */
export class RunService {
  readonly #parts: RunServiceParts;

  constructor(parts: RunServiceParts) {
    this.#parts = parts;
  }

  /**
   * Queues runs, in this order, all or none.
   * @throws WorkbenchError `dataset-missing`
   */
  async add(requests: readonly RunRequest[]): Promise<RunRecord[]> {
    const { history, queue, estimates } = this.#parts;
    await estimates.require(requests.map(({ config }) => config.dataset));
    const runs = history.transaction(() =>
      requests.map(({ config, recipe, scale, threads }) =>
        history.runs.add({
          id: newRunId(config),
          ...{ config, recipe, scale, threads },
          lanes: threads && largestDivisor(config.training.batchSize, threads),
          deviations: recipeDeviations({ recipe, config, scale }),
          codeVersion: codeVersion(),
          createdMs: Date.now(),
        }),
      ),
    );
    queue.changed();
    return runs;
  }

  /**
   * A new run that goes on from a checkpoint of another with changed settings: a lower rate or a warm-up after a
   * divergence, a longer schedule, other decays. It keeps the lanes of its origin.
   *
   * @param change the new run's configuration, from its origin's
   * @throws WorkbenchError `checkpoint-invalid` where there is no such checkpoint; `config-invalid`; nothing is left behind
   */
  async fork(id: string, from: CheckpointName, change: (config: RunConfig) => RunConfig): Promise<RunRecord> {
    const { history, home, queue } = this.#parts;
    const origin = history.runs.get(id);
    const config = change(origin.config);
    const folder = existingRunFolder(home, origin.id);
    const source = folder && path.join(folder.checkpoints, `${from}.safetensors`);
    if (source === undefined || !existsSync(source)) {
      throw new WorkbenchError("checkpoint-invalid", `${origin.id} has no checkpoint '${from}'.`, {
        mend: "Begin a new run with the changed settings.",
      });
    }
    return inStagingFolder(runsFolder(home), async (staging) => {
      const checkpoint = path.join(staging, "last.safetensors");
      const iteration = await forkCheckpoint(source, checkpoint, config);
      const run = this.#forked(origin, config, iteration);
      const own = runFolderFor(home, run, origin.threads ?? 1);
      try {
        // No other turn comes between the folder and its row: a folder without a row is taken up at the next start.
        renameSync(checkpoint, path.join(own.checkpoints, "last.safetensors"));
        syncFolderNow(own.checkpoints);
        const made = history.runs.add(run);
        queue.changed();
        return made;
      } catch (error) {
        rmSync(own.path, { recursive: true, force: true });
        throw error;
      }
    });
  }

  #forked(origin: RunRecord, config: RunConfig, iteration: number) {
    const { recipe, scale, threads, lanes } = origin;
    return {
      id: newRunId(config),
      ...{ config, recipe, scale, threads, lanes },
      deviations: [...recipeDeviations({ recipe, config, scale }), `goes on from ${origin.id}`],
      codeVersion: codeVersion(),
      createdMs: Date.now(),
      forkedFrom: { run: origin.id, iteration },
    } satisfies NewRun;
  }

  /** Into the trash, where it can be had back. @throws WorkbenchError `run-state` while it trains */
  trash(id: string): RunRecord {
    const run = this.#parts.history.runs.trash(id);
    this.#parts.queue.changed();
    return run;
  }

  restore(id: string): RunRecord {
    const run = this.#parts.history.runs.restore(id);
    this.#parts.queue.changed();
    return run;
  }

  /** For good, with its folder. */
  purge(id: string): void {
    const { history, home } = this.#parts;
    const { id: whole, status } = history.runs.get(id);
    if (isActive(status))
      throw new WorkbenchError("run-state", `${whole} trains at this moment.`, { mend: "Stop it first." });
    history.purge(whole, existingRunFolder(home, whole)?.path);
    this.#parts.queue.changed();
  }
}
