import { createHash, type Hash } from "node:crypto";
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
import { open } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { fileError, WorkbenchError } from "../../src-shared/errors.ts";
import { runConfigSchema, type RunConfig } from "../../src-shared/runConfig.ts";
import type { FlatLayout } from "../compiler/flatLayout.ts";
import { syncFolderNow } from "../syncFolder.ts";
import {
  headerEnd,
  lengthBytes,
  parseSafetensors,
  parseSafetensorsHeader,
  serializeSafetensors,
  type StoredTensor,
} from "./safetensors.ts";
import { stateFromTensors, stateToTensors, type TrainingState } from "./state.ts";

/** The best evaluation so far, and after how many iterations it came. */
const bestSchema = z.strictObject({ accuracy: z.number(), iteration: z.int().min(0) });

const progressSchema = z.strictObject({
  /** Updates that are in the state. */
  iteration: z.int().min(0),
  /** By validation accuracy where there is a validation part, otherwise "best on the test set". */
  best: bestSchema.optional(),
  bestTestAccuracy: z.number().optional(),
  /** Time of the training so far, over all its sessions. */
  elapsedMs: z.number().min(0),
});

export type CheckpointProgress = z.infer<typeof progressSchema>;

export interface Checkpoint {
  readonly progress: CheckpointProgress;
  readonly state: TrainingState;
}

export const checkpointNames = ["last", "previous", "best"] as const;
export type CheckpointName = (typeof checkpointNames)[number];

const metadataSchema = z.object({
  format: z.literal("resnet-workbench-checkpoint-1"),
  config: z.string(),
  datasetChecksum: z.string(),
  progress: z.string(),
  /** SHA-256 over the texts above and every tensor: a flipped bit is a damaged checkpoint, not another training. */
  checksum: z.string(),
});
type Metadata = z.infer<typeof metadataSchema>;

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

/**
 * Writes the checkpoint in `source` as that of another run, which goes on from it with `config`: the same tensors and
 * iterations, nothing said of a best one.
 *
 * @throws WorkbenchError `checkpoint-invalid`; `config-invalid` where `config` is of another network or data set
 */
export function copyCheckpoint(source: string, folder: string, config: RunConfig): void {
  const refuse = (problem: string): never => {
    throw new WorkbenchError("checkpoint-invalid", `${source}: ${problem}`);
  };
  const { metadata, progress, config: from, tensors } = readCheckpoint(source);
  const same = (key: "network" | "dataset" | "validationImages" | "preprocessing") =>
    canonical(from[key]) === canonical(config[key]);
  for (const key of ["network", "dataset", "validationImages", "preprocessing"] as const) {
    if (!same(key)) {
      throw new WorkbenchError("config-invalid", `A fork keeps its run's ${key}.`, {
        mend: "Begin a new run for another one.",
      });
    }
  }
  if (progress.iteration >= config.training.iterations) {
    refuse(`it has ${progress.iteration} iterations, the fork would end after ${config.training.iterations}`);
  }
  const texts = {
    format: metadata.format,
    config: JSON.stringify(config),
    datasetChecksum: metadata.datasetChecksum,
    progress: JSON.stringify({ iteration: progress.iteration, elapsedMs: 0 } satisfies CheckpointProgress),
  };
  const checksum = checksumOf(texts, tensors);
  const bytes = serializeSafetensors({
    metadata: { ...texts, iteration: String(progress.iteration), checksum },
    tensors,
  });
  try {
    mkdirSync(folder, { recursive: true });
    writeSynced(path.join(folder, "last.safetensors"), bytes);
  } catch (error) {
    throw fileError(error, "writing a fork's first checkpoint");
  }
}

/** Iterations that are in a checkpoint file. @throws WorkbenchError `checkpoint-invalid` */
export const checkpointIteration = (file: string): number => readCheckpoint(file).progress.iteration;

/** What a checkpoint file says, whoever it belongs to. @throws WorkbenchError `checkpoint-invalid` */
function readCheckpoint(file: string) {
  const { metadata, tensors } = parseSafetensors(readFileSync(file), file, "checkpoint-invalid");
  const parsed = parseMetadata(metadata, file);
  return { metadata: parsed, tensors, ...saidBy(parsed, checksumOf(parsed, tensors), file) };
}

/** What is known of a whole checkpoint without its tensors. */
export interface CheckpointFacts {
  readonly config: RunConfig;
  readonly progress: CheckpointProgress;
}

const checkedAtOnce = 1 << 20;

/**
 * The same for who must not stand still: reads and checks every byte, a megabyte at a time (one of 1,202 layers has 156 MB,
 * a second's work).
 *
 * @throws WorkbenchError `checkpoint-invalid`
 */
export async function checkCheckpoint(file: string): Promise<CheckpointFacts> {
  const code = "checkpoint-invalid";
  const handle = await open(file, "r");
  try {
    const { size } = await handle.stat();
    const read = async (from: number, to: number): Promise<Uint8Array> => {
      const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(to - from), 0, to - from, from);
      return buffer.subarray(0, bytesRead);
    };
    const end = headerEnd(await read(0, Math.min(lengthBytes, size)), size, file, code);
    const { metadata, places } = parseSafetensorsHeader(await read(0, end), size, file, code);
    const parsed = parseMetadata(metadata, file);
    const hash = startChecksum(parsed);
    // Neighbours in the header are neighbours in the file, most of them small.
    let piece: { from: number; bytes: Uint8Array } = { from: 0, bytes: new Uint8Array(0) };
    for (const { name, from, to } of places) {
      hash.update(`${name}\0`);
      for (let at = from; at < to;) {
        if (at < piece.from || at >= piece.from + piece.bytes.length) {
          piece = { from: at, bytes: await read(at, Math.min(size, at + checkedAtOnce)) };
          if (piece.bytes.length === 0) throw new WorkbenchError(code, `${file}: it has become shorter`);
        }
        const part = piece.bytes.subarray(at - piece.from, to - piece.from);
        hash.update(part);
        at += part.length;
      }
    }
    return saidBy(parsed, hash.digest("hex"), file);
  } finally {
    await handle.close();
  }
}

function parseMetadata(metadata: unknown, file: string): Metadata {
  const parsed = metadataSchema.safeParse(metadata);
  if (parsed.success) return parsed.data;
  throw new WorkbenchError("checkpoint-invalid", `${file}: its metadata: ${z.prettifyError(parsed.error)}`);
}

/** @param checksum of what stands in the file */
function saidBy(metadata: Metadata, checksum: string, file: string): CheckpointFacts {
  const refuse = (problem: string): never => {
    throw new WorkbenchError("checkpoint-invalid", `${file}: ${problem}`);
  };
  if (metadata.checksum !== checksum) return refuse("its checksum differs");
  const config = runConfigSchema.safeParse(parseJson(metadata.config));
  const progress = progressSchema.safeParse(parseJson(metadata.progress));
  if (!config.success || !progress.success) return refuse("its metadata is damaged");
  return { config: config.data, progress: progress.data };
}

function checksumOf(metadata: Omit<Metadata, "checksum">, tensors: ReadonlyMap<string, StoredTensor>): string {
  const hash = startChecksum(metadata);
  for (const [name, { data }] of tensors) hash.update(`${name}\0`).update(data);
  return hash.digest("hex");
}

/** Of the texts; each tensor's name and bytes follow, in the order of the header. */
function startChecksum(metadata: Omit<Metadata, "checksum">): Hash {
  const hash = createHash("sha256");
  for (const text of [metadata.format, metadata.config, metadata.datasetChecksum, metadata.progress])
    hash.update(`${text}\0`);
  return hash;
}

/** The same for the same configuration, whatever the order of its keys. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, item: unknown) =>
    item !== null && typeof item === "object" && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
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
