import { createHash, type Hash } from "node:crypto";
import { readFileSync } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import { z } from "zod";
import { WorkbenchError } from "../../src-shared/errors.ts";
import { runConfigSchema, type RunConfig } from "../../src-shared/runConfig.ts";
import {
  headerEnd,
  lengthBytes,
  parseSafetensors,
  parseSafetensorsHeader,
  type SafetensorsHeader,
  type StoredTensor,
  type TensorPlace,
} from "./safetensors.ts";

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

const metadataSchema = z.object({
  format: z.literal("resnet-workbench-checkpoint-1"),
  config: z.string(),
  datasetChecksum: z.string(),
  progress: z.string(),
  /** SHA-256 over the texts above and every tensor: a flipped bit is a damaged checkpoint, not another training. */
  checksum: z.string(),
});
export type CheckpointMetadata = z.infer<typeof metadataSchema>;

const code = "checkpoint-invalid";

/** What is known of a whole checkpoint without its tensors. */
export interface CheckpointFacts {
  readonly config: RunConfig;
  readonly progress: CheckpointProgress;
}

/** Iterations that are in a checkpoint file. @throws WorkbenchError `checkpoint-invalid` */
export const checkpointIteration = (file: string): number => readCheckpoint(file).progress.iteration;

/** What a checkpoint file says, whoever it belongs to. @throws WorkbenchError `checkpoint-invalid` */
export function readCheckpoint(file: string) {
  const { metadata, tensors } = parseSafetensors(readFileSync(file), file, code);
  const parsed = parseMetadata(metadata, file);
  requireChecksum(parsed, checksumOf(parsed, tensors), file);
  return { metadata: parsed, tensors, ...factsIn(parsed, file) };
}

/**
 * The same for who must not stand still: reads and checks every byte, a megabyte at a time (one of 1,202 layers has 156 MB,
 * a second's work).
 *
 * @throws WorkbenchError `checkpoint-invalid`
 */
export async function checkCheckpoint(file: string): Promise<CheckpointFacts> {
  const source = await CheckpointReader.open(file);
  try {
    await source.check();
    return source.facts;
  } finally {
    await source.close();
  }
}

const readAtOnce = 1 << 20;

/** A checkpoint file whose tensors are read a megabyte at a time. */
export class CheckpointReader {
  readonly file: string;
  readonly header: SafetensorsHeader;
  readonly metadata: CheckpointMetadata;
  /** As its header says; whether that is true, `check` finds out. */
  readonly facts: CheckpointFacts;
  readonly #handle: FileHandle;
  readonly #size: number;
  // Neighbours in the header are neighbours in the file, most of them small.
  #piece: { from: number; bytes: Uint8Array } = { from: 0, bytes: new Uint8Array(0) };

  private constructor(file: string, handle: FileHandle, size: number, header: SafetensorsHeader) {
    this.file = file;
    this.#handle = handle;
    this.#size = size;
    this.header = header;
    this.metadata = parseMetadata(header.metadata, file);
    this.facts = factsIn(this.metadata, file);
  }

  static async open(file: string): Promise<CheckpointReader> {
    const handle = await open(file, "r");
    try {
      const { size } = await handle.stat();
      const end = headerEnd(await read(handle, 0, Math.min(lengthBytes, size)), size, file, code);
      const header = parseSafetensorsHeader(await read(handle, 0, end), size, file, code);
      return new CheckpointReader(file, handle, size, header);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  close(): Promise<void> {
    return this.#handle.close();
  }

  /**
   * Reads all that there is and compares it with the checksum.
   * @param onPart hears of each piece of a tensor, in the order in which a checksum takes them
   */
  async check(onPart?: (part: TensorPart) => Promise<void>): Promise<void> {
    const hash = startChecksum(this.metadata);
    for await (const part of this.#parts()) {
      hashPart(hash, part);
      await onPart?.(part);
    }
    requireChecksum(this.metadata, hash.digest("hex"), this.file);
  }

  /** At least one of each tensor, be it empty. */
  async *#parts(): AsyncGenerator<TensorPart> {
    for (const place of this.header.places) {
      let at = place.from;
      do {
        const bytes = at < place.to ? await this.#read(at, place.to) : new Uint8Array(0);
        yield { place, at, bytes };
        at += bytes.length;
      } while (at < place.to);
    }
  }

  /** What is at `from`, up to `to` or less of it. */
  async #read(from: number, to: number): Promise<Uint8Array> {
    const { from: start, bytes } = this.#piece;
    if (from < start || from >= start + bytes.length) {
      const end = Math.min(this.#size, from + readAtOnce);
      this.#piece = { from, bytes: await read(this.#handle, from, end) };
      if (this.#piece.bytes.length === 0) throw new WorkbenchError(code, `${this.file}: it has become shorter`);
    }
    return this.#piece.bytes.subarray(from - this.#piece.from, to - this.#piece.from);
  }
}

export interface TensorPart {
  readonly place: TensorPlace;
  /** From the file's first byte on. */
  readonly at: number;
  readonly bytes: Uint8Array;
}

async function read(handle: FileHandle, from: number, to: number): Promise<Uint8Array> {
  const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(to - from), 0, to - from, from);
  return buffer.subarray(0, bytesRead);
}

function parseMetadata(metadata: unknown, file: string): CheckpointMetadata {
  const parsed = metadataSchema.safeParse(metadata);
  if (parsed.success) return parsed.data;
  throw new WorkbenchError(code, `${file}: its metadata: ${z.prettifyError(parsed.error)}`);
}

function factsIn(metadata: CheckpointMetadata, file: string): CheckpointFacts {
  const config = runConfigSchema.safeParse(parseJson(metadata.config));
  const progress = progressSchema.safeParse(parseJson(metadata.progress));
  if (config.success && progress.success) return { config: config.data, progress: progress.data };
  throw new WorkbenchError(code, `${file}: its metadata is damaged`);
}

/** @param checksum of what stands in the file */
function requireChecksum(metadata: CheckpointMetadata, checksum: string, file: string): void {
  if (metadata.checksum !== checksum) throw new WorkbenchError(code, `${file}: its checksum differs`);
}

type CheckpointTexts = Omit<CheckpointMetadata, "checksum">;

/** SHA-256 over the texts and every tensor, in hexadecimal digits. */
export function checksumOf(texts: CheckpointTexts, tensors: ReadonlyMap<string, StoredTensor>): string {
  const hash = startChecksum(texts);
  for (const [name, { data }] of tensors) hash.update(`${name}\0`).update(data);
  return hash.digest("hex");
}

/** Of the texts; each tensor's name and bytes follow, in the order of the header. */
export function startChecksum(texts: CheckpointTexts): Hash {
  const hash = createHash("sha256");
  for (const text of [texts.format, texts.config, texts.datasetChecksum, texts.progress]) hash.update(`${text}\0`);
  return hash;
}

export function hashPart(hash: Hash, { place, at, bytes }: TensorPart): void {
  if (at === place.from) hash.update(`${place.name}\0`);
  hash.update(bytes);
}

/** The same for the same configuration, whatever the order of its keys. */
export const canonical = (value: unknown): string =>
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
