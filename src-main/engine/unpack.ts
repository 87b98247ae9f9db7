import { createHash } from "node:crypto";
import { createWriteStream, mkdirSync } from "node:fs";
import path from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { text } from "node:stream/consumers";
import yauzl from "yauzl";
import { WorkbenchError } from "../../src-shared/errors.ts";
import type { EngineFile } from "./manifest.ts";
import { parseRecord } from "./record.ts";

export interface UnpackOptions {
  /** Which files are wanted, by their path in the wheel. */
  readonly wants: (file: string) => boolean;
  readonly onBytes: (bytes: number) => void;
  readonly signal: AbortSignal;
}

function damaged(wheelFile: string, what: string): WorkbenchError {
  return new WorkbenchError("checksum", `${path.basename(wheelFile)} is damaged: ${what}.`, {
    mend: "npx --no-install rwb setup   (it fetches the file anew)",
  });
}

/** Passes bytes on and counts and hashes them. */
class Meter extends Transform {
  bytes = 0;
  readonly #hash = createHash("sha256");
  readonly #onBytes: (bytes: number) => void;

  constructor(onBytes: (bytes: number) => void) {
    super();
    this.#onBytes = onBytes;
  }

  override _transform(chunk: Buffer, _encoding: string, done: (error: null, chunk: Buffer) => void): void {
    this.bytes += chunk.length;
    this.#hash.update(chunk);
    this.#onBytes(chunk.length);
    done(null, chunk);
  }

  sha256(): string {
    return this.#hash.digest("hex");
  }
}

function open(wheelFile: string): Promise<yauzl.ZipFile> {
  return new Promise((resolve, reject) => {
    yauzl.open(wheelFile, { lazyEntries: true, strictFileNames: true, autoClose: false }, (error, zip) => {
      if (error) reject(damaged(wheelFile, error.message));
      else resolve(zip);
    });
  });
}

/** All entries of the directory at the archive's end; yauzl refuses absolute paths and `..`. */
function entriesOf(wheelFile: string, zip: yauzl.ZipFile): Promise<yauzl.Entry[]> {
  return new Promise((resolve, reject) => {
    const entries: yauzl.Entry[] = [];
    zip.on("entry", (entry: yauzl.Entry) => {
      entries.push(entry);
      zip.readEntry();
    });
    zip.once("end", () => resolve(entries));
    zip.once("error", (error: Error) => reject(damaged(wheelFile, error.message)));
    zip.readEntry();
  });
}

function contents(zip: yauzl.ZipFile, entry: yauzl.Entry): Promise<NodeJS.ReadableStream> {
  return new Promise((resolve, reject) => {
    zip.openReadStream(entry, (error, stream) => (error ? reject(error) : resolve(stream)));
  });
}

/** Damage that the archive's own sums or zlib notice arrives as plain errors; a full disk must stay what it is. */
function asDamage(wheelFile: string, error: unknown): unknown {
  const { code, name } = error as NodeJS.ErrnoException;
  const ofTheSystem = code !== undefined && !code.startsWith("Z_");
  return error instanceof WorkbenchError || ofTheSystem || name === "AbortError"
    ? error
    : damaged(wheelFile, (error as Error).message);
}

/**
 * Unpacks the wanted files of a wheel below `folder`, each checked against the size and SHA-256 in the wheel's RECORD.
 *
 * @returns the files written, with what was checked
 * @throws checksum, and errors of the file system as they are
 */
export async function unpackWheel(wheelFile: string, folder: string, options: UnpackOptions): Promise<EngineFile[]> {
  const zip = await open(wheelFile);
  try {
    const entries = await entriesOf(wheelFile, zip);
    const recordEntry = entries.find((entry) => /^[^/]+[.]dist-info\/RECORD$/.test(entry.fileName));
    if (recordEntry === undefined) throw damaged(wheelFile, "it has no RECORD");
    const record = parseRecord(await text(await contents(zip, recordEntry)));
    const files: EngineFile[] = [];
    for (const entry of entries) {
      if (entry.fileName.endsWith("/") || !options.wants(entry.fileName)) continue;
      options.signal.throwIfAborted();
      const recorded = record.get(entry.fileName);
      if (recorded === undefined) throw damaged(wheelFile, `RECORD does not name ${entry.fileName}`);
      const target = path.join(folder, entry.fileName);
      mkdirSync(path.dirname(target), { recursive: true });
      const meter = new Meter(options.onBytes);
      // programs among the files (ptxas) keep their permission to run
      const mode = (entry.externalFileAttributes >>> 16) & 0o111 ? 0o755 : 0o644;
      const into = createWriteStream(target, { mode, flags: "wx" });
      await pipeline(await contents(zip, entry), meter, into, { signal: options.signal });
      if (meter.sha256() !== recorded.sha256) throw damaged(wheelFile, `${entry.fileName} has another SHA-256`);
      files.push({ path: entry.fileName, bytes: recorded.bytes, sha256: recorded.sha256 });
    }
    return files;
  } catch (error) {
    throw asDamage(wheelFile, error);
  } finally {
    zip.close();
  }
}
