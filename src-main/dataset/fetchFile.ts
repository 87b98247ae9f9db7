import { open, rm, stat, type FileHandle } from "node:fs/promises";
import { fileError, WorkbenchError } from "../../src-shared/errors.ts";
import { digestOfFiles } from "./checksum.ts";

export interface FetchOptions {
  readonly md5: string;
  /** What arrives beyond is not kept: an error. */
  readonly mostBytes: number;
  /** Without a byte for that long, the connection counts as lost. */
  readonly stalledAfterMs?: number;
  /** Bytes on the disk so far, and the whole as far as the server says it. */
  readonly onProgress?: (bytes: number, totalBytes: number | undefined) => void;
}

const stalledAfterDefaultMs = 60_000;

/**
 * Fetches `url` into `file`, going on where a file that is there already ends. What counts is the checksum; neither
 * Content-Length nor what was there before is believed.
 *
 * @throws WorkbenchError network (what has arrived stays for the next attempt), checksum (nothing stays), disk-full
 */
export async function fetchFile(url: string, file: string, options: FetchOptions): Promise<void> {
  const had = await sizeOf(file);
  if (had > 0 && (await digestOfFiles("md5", [file])) === options.md5) return;
  await receive(url, file, had, options);
  if ((await digestOfFiles("md5", [file])) === options.md5) return;
  await rm(file);
  if (had === 0) throw wrongChecksum(url);
  // The first part was not of this file, or was damaged: once more from the start.
  await receive(url, file, 0, options);
  if ((await digestOfFiles("md5", [file])) === options.md5) return;
  await rm(file);
  throw wrongChecksum(url);
}

async function receive(url: string, file: string, from: number, options: FetchOptions): Promise<void> {
  const stalled = new AbortController();
  const stalledAfterMs = options.stalledAfterMs ?? stalledAfterDefaultMs;
  const timer = setTimeout(
    () => stalled.abort(new Error(`nothing came for ${stalledAfterMs / 1000} s`)),
    stalledAfterMs,
  );
  try {
    const headers: Record<string, string> = { "accept-encoding": "identity" };
    if (from > 0) headers.range = `bytes=${from}-`;
    const response = await fetch(url, { headers, signal: stalled.signal });
    const { start, total } = extent(response, from);
    if (start === undefined) {
      await response.body?.cancel();
      // 416: the server has no more than we have; the checksum decides.
      if (response.status === 416 && from > 0) return;
      throw new Error(`the server answered ${response.status} ${response.statusText}`.trimEnd());
    }
    const handle = await open(file, start > 0 ? "r+" : "w");
    try {
      await handle.truncate(start);
      await append(handle, start, response, options, total, () => timer.refresh());
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    const known = fileError(error, `fetching ${url}`);
    throw known instanceof WorkbenchError ? known : unreachable(url, error);
  } finally {
    clearTimeout(timer);
  }
}

/** Where in the file the response's body belongs (undefined: nowhere), and how long the whole file is said to be. */
function extent(response: Response, from: number): { start?: number; total?: number } {
  if (response.status === 206) {
    const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(response.headers.get("content-range") ?? "");
    if (range === null || Number(range[1]) !== from) return {};
    return { start: from, total: Number(range[2]) || undefined };
  }
  if (response.status !== 200) return {};
  return { start: 0, total: Number(response.headers.get("content-length")) || undefined };
}

async function append(
  handle: FileHandle,
  start: number,
  response: Response,
  { mostBytes, onProgress }: FetchOptions,
  total: number | undefined,
  onChunk: () => void,
): Promise<void> {
  let bytes = start;
  const body: AsyncIterable<Uint8Array> | readonly Uint8Array[] = response.body ?? [];
  for await (const chunk of body) {
    onChunk();
    if (bytes + chunk.length > mostBytes) {
      await handle.truncate(0);
      throw new WorkbenchError(
        "checksum",
        `${response.url} is longer than the ${mostBytes} bytes that it could have.`,
        {
          mend: "Something else answers at that address. Fetch the file by hand and use: rwb dataset add",
        },
      );
    }
    await handle.write(chunk, 0, chunk.length, bytes);
    bytes += chunk.length;
    onProgress?.(bytes, total);
  }
  if (total !== undefined && bytes < total) throw new Error(`the connection ended after ${bytes} of ${total} bytes`);
}

function unreachable(url: string, error: unknown): WorkbenchError {
  const { message, cause } = error as Error;
  const why =
    cause instanceof Error ? `${message}: ${cause.message || (cause as NodeJS.ErrnoException).code}` : message;
  return new WorkbenchError("network", `Cannot fetch ${url}: ${why}`, { cause: error });
}

function wrongChecksum(url: string): WorkbenchError {
  return new WorkbenchError("checksum", `What came from ${url} is not the published file (its MD5 differs).`);
}

const sizeOf = async (file: string): Promise<number> => (await stat(file).catch(() => undefined))?.size ?? 0;
