import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import writeFileAtomic from "write-file-atomic";
import { z } from "zod";
import { fileError, WorkbenchError } from "../../src-shared/errors.ts";
import { runConfigSchema } from "../../src-shared/runConfig.ts";
import { tryLock } from "../fileLock.ts";

/**
 * A run's folder: `config.json` (written before the engine loads), `events.ndjson` (append-only, written by the trainer
 * that holds `run.lock`), `checkpoints/{last,previous,best}.safetensors`. It is all that a run is: a command, a queue
 * or another machine train it alike.
 */
const runFileSchema = z.strictObject({
  version: z.literal(1),
  config: runConfigSchema,
  /** Cores, and the single-threaded lanes that they make; fixed when the run is made, since others give other last bits. */
  threads: z.int().min(1).max(4096),
  lanes: z.int().min(1).max(4096),
  /** Where the configuration came from, as a person asked for it. */
  recipe: z.string().optional(),
  scale: z.number().optional(),
  /** A run of the queue goes on by itself when its history has been lost. */
  queued: z.boolean().optional(),
  /** The run whose checkpoint this one began with, and the iterations that were in it. */
  forkedFrom: z.strictObject({ run: z.string(), iteration: z.int().min(0) }).optional(),
  createdAt: z.iso.datetime(),
});

export type RunFile = z.infer<typeof runFileSchema>;

const configFile = "config.json";
const lockFile = "run.lock";
/**
 * A trainer whose command was killed writes a checkpoint and ends by itself, after its step: within seconds, or minutes
 * for very deep nets. So long a successor waits for its lock.
 */
const lockWaitMs = 600_000;
const lockLookMs = 200;

export class RunFolder {
  readonly path: string;

  private constructor(folder: string) {
    this.path = folder;
  }

  get events(): string {
    return path.join(this.path, "events.ndjson");
  }

  get checkpoints(): string {
    return path.join(this.path, "checkpoints");
  }

  /**
   * Makes the folder of a new run.
   * @throws WorkbenchError `run-folder-exists` where the folder holds anything
   */
  static create(folder: string, run: RunFile): RunFolder {
    try {
      mkdirSync(folder, { recursive: true });
      const held = readdirSync(folder).filter((name) => name !== lockFile);
      if (held.length > 0) {
        const isRun = held.includes(configFile);
        throw new WorkbenchError("run-folder-exists", `${folder} already holds ${isRun ? "a run" : "files"}.`, {
          mend: isRun ? `To go on with it: rwb train --resume ${folder}` : "Name a new or an empty folder.",
        });
      }
      mkdirSync(path.join(folder, "checkpoints"), { recursive: true });
      writeFileAtomic.sync(path.join(folder, configFile), `${JSON.stringify(run, null, 2)}\n`);
    } catch (error) {
      throw fileError(error, `making the run's folder ${folder}`);
    }
    return new RunFolder(folder);
  }

  /** @throws WorkbenchError `run-folder-missing` where there is no run */
  static open(folder: string): RunFolder {
    if (!existsSync(path.join(folder, configFile))) {
      throw new WorkbenchError("run-folder-missing", `${folder} holds no run (no ${configFile}).`, {
        mend: `To begin one there: rwb train --out ${folder}`,
      });
    }
    mkdirSync(path.join(folder, "checkpoints"), { recursive: true });
    return new RunFolder(folder);
  }

  /** Whether a trainer holds the lock at this moment. */
  isLocked(): boolean {
    const release = tryLock(path.join(this.path, lockFile));
    release?.();
    return release === undefined;
  }

  /** @throws WorkbenchError `config-invalid` where `config.json` is not what a run's is */
  read(): RunFile {
    const file = path.join(this.path, configFile);
    let json: unknown;
    try {
      json = JSON.parse(readFileSync(file, "utf8"));
    } catch (cause) {
      throw new WorkbenchError("config-invalid", `${file} cannot be read: ${(cause as Error).message}`, { cause });
    }
    const run = runFileSchema.safeParse(json);
    if (!run.success) throw new WorkbenchError("config-invalid", `${file}: ${z.prettifyError(run.error)}`);
    return run.data;
  }

  /**
   * The run's lock, which one trainer holds; free again when its process is gone, however it ended. Waits a minute for
   * one that is about to end.
   * @throws WorkbenchError `locked`
   */
  async lock(onWait: () => void, signal?: AbortSignal): Promise<() => void> {
    const file = path.join(this.path, lockFile);
    const deadlineMs = performance.now() + lockWaitMs;
    let release = tryLock(file);
    if (!release) onWait();
    while (!release) {
      if (performance.now() > deadlineMs) {
        throw new WorkbenchError("locked", `Another trainer works in ${this.path}.`, {
          mend: "Wait until it is done, or end it.",
        });
      }
      await sleep(lockLookMs, undefined, signal ? { signal } : {});
      release = tryLock(file);
    }
    return release;
  }
}
