import { createHash } from "node:crypto";
import { existsSync, statSync } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Pack } from "tar-stream";
import { WorkbenchError } from "../../src-shared/errors.ts";
import type { History, RunRecord } from "../history/index.ts";
import { existingRunFolder } from "../runner/runFolders.ts";
import type { CheckpointName } from "../trainer/checkpoint.ts";
import { checkCheckpoint } from "../trainer/checkpointFile.ts";
import type { RunFolder } from "../trainer/runFolder.ts";
import {
  archiveFormat,
  archiveVersion,
  manifestName,
  mostLedgerEntries,
  type LedgerType,
  type Manifest,
  type MemberName,
} from "./manifest.ts";

const newline = 0x0a;
const chunkBytes = 1 << 18;

/** A file of the run's folder, held open: a checkpoint that is replaced meanwhile, or a log that grows, stays what it was. */
interface Source {
  readonly name: MemberName;
  readonly handle: FileHandle;
  readonly bytes: number;
  readonly sha256: string;
}

/** A run as an archive holds it: the manifest, then the files that it speaks of. */
export class ArchivedRun {
  readonly #manifest: Manifest;
  readonly #sources: readonly Source[];

  private constructor(manifest: Manifest, sources: readonly Source[]) {
    this.#manifest = manifest;
    this.#sources = sources;
  }

  /**
   * Opens the run's files as they are at this moment.
   * @throws WorkbenchError `run-unknown`, `run-state`, `run-folder-missing`
   */
  static async open(
    history: History,
    home: string,
    runId: string,
    { checkpoints }: { readonly checkpoints: boolean },
  ): Promise<ArchivedRun> {
    const run = history.runs.get(runId);
    const folder = folderOf(run, home);
    const sources: Source[] = [];
    try {
      // Checkpoints first: the log that is read after them knows of them.
      if (checkpoints) {
        for (const [name, file] of await checkpointsOf(folder)) sources.push(await openSource(name, file));
      }
      sources.unshift(
        await openSource("config.json", path.join(folder.path, "config.json")),
        await openSource("events.ndjson", folder.events, wholeLines),
      );
    } catch (error) {
      await closeAll(sources);
      throw error;
    }
    return new ArchivedRun(manifestOf(run, history, sources), sources);
  }

  /** @param below what its members' names begin with: "" or "3/" */
  async putInto(pack: Pack, below: string): Promise<void> {
    const mtime = new Date(this.#manifest.exportedAt);
    pack.entry({ name: `${below}${manifestName}`, mtime }, `${JSON.stringify(this.#manifest, null, 2)}\n`);
    for (const source of this.#sources) {
      const entry = pack.entry({ name: `${below}${source.name}`, mtime, size: source.bytes });
      await pipeline(Readable.from(contentOf(source)), entry);
    }
  }

  close(): Promise<void> {
    return closeAll(this.#sources);
  }
}

async function closeAll(sources: readonly Source[]): Promise<void> {
  await Promise.all(sources.map(({ handle }) => handle.close()));
}

function folderOf(run: RunRecord, home: string): RunFolder {
  const folder = existingRunFolder(home, run.id);
  if (folder && existsSync(folder.events) && statSync(folder.events).size > 0) return folder;
  if (run.startedMs === undefined) {
    throw new WorkbenchError("run-state", `${run.id} has not begun: there is nothing to put into an archive.`, {
      mend: "Export it once it trains.",
    });
  }
  throw new WorkbenchError("run-folder-missing", `The folder of ${run.id} is gone, and its log with it.`, {
    mend: "What the history holds can be exported with --format csv.",
  });
}

/** The newest whole checkpoint as `last`, and the best one, where there are any. */
async function checkpointsOf(folder: RunFolder): Promise<[MemberName, string][]> {
  const firstWhole = async (...names: CheckpointName[]): Promise<string | undefined> => {
    for (const name of names) {
      const file = path.join(folder.checkpoints, `${name}.safetensors`);
      if (await isWholeCheckpoint(file)) return file;
    }
    return undefined;
  };
  const found: [MemberName, string | undefined][] = [
    ["checkpoints/last.safetensors", await firstWhole("last", "previous")],
    ["checkpoints/best.safetensors", await firstWhole("best")],
  ];
  return found.flatMap(([name, file]) => (file === undefined ? [] : [[name, file]]));
}

async function isWholeCheckpoint(file: string): Promise<boolean> {
  if (!existsSync(file)) return false;
  try {
    await checkCheckpoint(file);
    return true;
  } catch (error) {
    if (error instanceof WorkbenchError) return false;
    throw error;
  }
}

async function openSource(
  name: MemberName,
  file: string,
  lengthOf: (handle: FileHandle) => Promise<number> = async (handle) => (await handle.stat()).size,
): Promise<Source> {
  const handle = await open(file, "r");
  try {
    const bytes = await lengthOf(handle);
    const hash = createHash("sha256");
    for await (const chunk of contentOf({ handle, bytes })) hash.update(chunk);
    return { name, handle, bytes, sha256: hash.digest("hex") };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** Bytes up to the last newline: a trainer may be within a line. */
async function wholeLines(handle: FileHandle): Promise<number> {
  const chunk = Buffer.alloc(chunkBytes);
  for (let end = (await handle.stat()).size; end > 0; end = Math.max(0, end - chunkBytes)) {
    const from = Math.max(0, end - chunkBytes);
    const { bytesRead } = await handle.read(chunk, 0, end - from, from);
    const last = chunk.subarray(0, bytesRead).lastIndexOf(newline);
    if (last !== -1) return from + last + 1;
  }
  return 0;
}

/** A handle that is read by position can be read again. */
async function* contentOf({ handle, bytes }: Pick<Source, "handle" | "bytes">): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes;) {
    const chunk = Buffer.alloc(Math.min(chunkBytes, bytes - at));
    const { bytesRead } = await handle.read(chunk, 0, chunk.length, at);
    if (bytesRead === 0) throw new Error("A file of the run has become shorter while it was read.");
    yield chunk.subarray(0, bytesRead);
    at += bytesRead;
  }
}

function manifestOf(run: RunRecord, history: History, sources: readonly Source[]): Manifest {
  const { id, status, reason, codeVersion, notes, createdMs, startedMs, endedMs } = run;
  return {
    format: archiveFormat,
    version: archiveVersion,
    exportedAt: new Date().toISOString(),
    run: {
      ...{ id, status, reason, codeVersion, notes, createdMs, startedMs, endedMs },
      deviations: [...run.deviations],
      tags: [...run.tags],
      studies: [...run.studies],
    },
    // The rest of it, an import learns from the log.
    ledger: history.ledger
      .of(id)
      .filter(({ line }) => line === undefined)
      .slice(-mostLedgerEntries)
      .map(({ type, timeMs, iteration, detail }) => ({ type: type as LedgerType, timeMs, iteration, detail })),
    lesion: history.lesions.of(id),
    files: sources.map(({ name, bytes, sha256 }) => ({ name, bytes, sha256 })),
  };
}
