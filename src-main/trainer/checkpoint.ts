import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { fileError, WorkbenchError } from "../../src-shared/errors.ts";
import type { RunConfig } from "../../src-shared/runConfig.ts";
import type { FlatLayout } from "../compiler/flatLayout.ts";
import { syncFolderNow } from "../syncFolder.ts";
import { canonical, checksumOf, readCheckpoint, type CheckpointProgress } from "./checkpointFile.ts";
import { serializeSafetensors } from "./safetensors.ts";
import { stateFromTensors, stateToTensors, type TrainingState } from "./state.ts";

export interface Checkpoint {
  readonly progress: CheckpointProgress;
  readonly state: TrainingState;
}

export const checkpointNames = ["last", "previous", "best"] as const;
export type CheckpointName = (typeof checkpointNames)[number];

/** What a checkpoint must have been made by, for a run to go on from it. */
export interface CheckpointOwner {
  readonly config: RunConfig;
  readonly datasetChecksum: string;
  readonly layout: FlatLayout;
}

/**
 * A run's checkpoints: `last`, `previous` (what a damaged `last` falls back to) and `best`. Each is written to a
 * temporary name, synced, then renamed; at every instant `last` or `previous` is whole.
 */
export class CheckpointFolder {
  readonly #folder: string;
  readonly #owner: CheckpointOwner;

  constructor(folder: string, owner: CheckpointOwner) {
    this.#folder = folder;
    this.#owner = owner;
  }

  file(name: CheckpointName): string {
    return path.join(this.#folder, `${name}.safetensors`);
  }

  /** Relative to the run's folder, as events name it. */
  static eventName = (name: CheckpointName): string => `checkpoints/${name}.safetensors`;

  save(checkpoint: Checkpoint, options: { best: boolean }): void {
    const temporary = path.join(this.#folder, ".writing");
    try {
      mkdirSync(this.#folder, { recursive: true });
      // Of a trainer that was killed; not to be written over, since it may be `best` under another name.
      rmSync(temporary, { force: true });
      writeSynced(temporary, this.#serialize(checkpoint));
      if (options.best) this.#linkAs(temporary, "best");
      if (existsSync(this.file("last"))) this.#linkAs(this.file("last"), "previous");
      renameSync(temporary, this.file("last"));
      syncFolderNow(this.#folder);
    } catch (error) {
      rmSync(temporary, { force: true });
      throw fileError(error, "writing a checkpoint");
    }
  }

  /** The newest checkpoint that is whole and this run's; `onDamaged` hears of those that are not. */
  newest(onDamaged: (file: string, problem: string) => void): (Checkpoint & { name: CheckpointName }) | undefined {
    for (const name of ["last", "previous"] as const) {
      if (!existsSync(this.file(name))) continue;
      try {
        return { ...this.load(name), name };
      } catch (error) {
        if (!(error instanceof WorkbenchError)) throw error;
        onDamaged(this.file(name), error.message);
      }
    }
    return undefined;
  }

  /** @throws WorkbenchError `checkpoint-invalid` */
  load(name: CheckpointName): Checkpoint {
    const file = this.file(name);
    const refuse = (problem: string): never => {
      throw new WorkbenchError("checkpoint-invalid", `${file}: ${problem}`);
    };
    const { metadata, tensors, config, progress } = readCheckpoint(file);
    if (canonical(config) !== canonical(this.#owner.config)) refuse("it is another configuration's");
    if (metadata.datasetChecksum !== this.#owner.datasetChecksum) refuse("it was trained on another data set");
    return { progress, state: stateFromTensors(this.#owner.layout, tensors, refuse) };
  }

  #serialize({ progress, state }: Checkpoint): Uint8Array {
    const { config, datasetChecksum, layout } = this.#owner;
    const tensors = stateToTensors(layout, state);
    const metadata = {
      format: "resnet-workbench-checkpoint-1" as const,
      config: JSON.stringify(config),
      datasetChecksum,
      progress: JSON.stringify(progress),
    };
    const iteration = String(progress.iteration);
    return serializeSafetensors({
      metadata: { ...metadata, iteration, checksum: checksumOf(metadata, tensors) },
      tensors,
    });
  }

  /** Another name for a file, put in place at once; file systems without hard links get the bytes again. */
  #linkAs(from: string, name: CheckpointName): void {
    const temporary = path.join(this.#folder, ".linking");
    rmSync(temporary, { force: true });
    try {
      linkSync(from, temporary);
    } catch {
      writeSynced(temporary, readFileSync(from));
    }
    renameSync(temporary, this.file(name));
  }
}

function writeSynced(file: string, bytes: Uint8Array): void {
  const handle = openSync(file, "w");
  try {
    writeFileSync(handle, bytes);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
