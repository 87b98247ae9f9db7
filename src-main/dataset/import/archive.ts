import { createWriteStream } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import path from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import tar, { type Header } from "tar-stream";
import { WorkbenchError } from "../../../src-shared/errors.ts";
import { invalid } from "./sourceFolder.ts";

/**
 * Reading a tar archive, plain or gzipped, that a stranger may have made. It is never extracted: members are streamed,
 * and those whose names the formats know are written under these very names, up to a size that the formats need.
 */

/** Known file names, and the most bytes that each may have. */
export type WantedMembers = ReadonlyMap<string, number>;

/** Room for read-me files and the like, and for tar's own headers. */
const unwantedBytes = 16_000_000;
const mostMembers = 1000;

/** Kinds of members that are or say nothing dangerous; links and devices are not among them. */
const plainMemberTypes: ReadonlySet<string | null | undefined> = new Set(["file", "contiguous-file", "directory"]);

/** Whether a file begins as an archive that `takeMembers` reads. */
export async function looksLikeArchive(file: string): Promise<boolean> {
  const start = await firstBytes(file, 512);
  return isGzip(start) || start.toString("latin1", 257, 262) === "ustar";
}

const isGzip = (start: Buffer): boolean => start[0] === 0x1f && start[1] === 0x8b;

async function firstBytes(file: string, count: number): Promise<Buffer> {
  const handle = await open(file, "r");
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(count), 0, count, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/**
 * Writes the wanted members of an archive into the folder `into`, flat; returns how many there were.
 *
 * @throws WorkbenchError archive-unsafe (a path out of the folder, a link, a device, a decompression bomb),
 *   dataset-invalid (damaged, a member twice or too large)
 */
export async function takeMembers(archive: string, into: string, wanted: WantedMembers): Promise<number> {
  const mostBytes = unwantedBytes + [...wanted.values()].reduce((sum, bytes) => sum + bytes, 0);
  const extract = tar.extract();
  const taken = new Set<string>();
  const takeAll = async (): Promise<void> => {
    let members = 0;
    for await (const entry of extract) {
      if (++members > mostMembers) throw unsafe(`more than ${mostMembers} members`);
      checkMember(entry.header);
      const name = path.posix.basename(entry.header.name);
      const limit = entry.header.type === "directory" ? undefined : wanted.get(name);
      if (limit === undefined) {
        entry.resume();
        continue;
      }
      if (taken.has(name)) throw invalid(`The archive has ${name} twice.`);
      if ((entry.header.size ?? 0) > limit) {
        throw invalid(
          `${entry.header.name} in the archive has ${entry.header.size} bytes; at most ${limit} were expected.`,
        );
      }
      taken.add(name);
      await pipeline(entry as unknown as Readable, createWriteStream(path.join(into, name), { flags: "wx" }));
    }
  };
  const handle = await open(archive, "r");
  let failure: unknown;
  const first = (error: unknown): void => void (failure ??= error);
  const taking = takeAll().catch((error: unknown) => {
    first(error);
    extract.destroy();
  });
  await feed(handle, isGzip(await firstBytes(archive, 2)), mostBytes, extract).catch((error: unknown) => {
    first(error);
    extract.destroy();
  });
  await taking;
  if (failure !== undefined) throw asArchiveError(failure);
  return taken.size;
}

async function feed(handle: FileHandle, gzipped: boolean, mostBytes: number, extract: tar.Extract): Promise<void> {
  let bytes = 0;
  const bounded = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes > mostBytes) done(unsafe(`more than ${mostBytes} bytes when unpacked`));
      else done(null, chunk);
    },
  });
  const file = handle.createReadStream({ highWaterMark: 1 << 18 });
  const into = extract as unknown as NodeJS.WritableStream;
  await (gzipped ? pipeline(file, createGunzip(), bounded, into) : pipeline(file, bounded, into));
}

function checkMember({ name, type }: Header): void {
  if (name.includes("\0") || name.includes("\\") || /^([a-z]:|\/)/i.test(name) || name.split("/").includes("..")) {
    throw unsafe(`a member whose path leads out of it: ${JSON.stringify(name)}`);
  }
  if (!plainMemberTypes.has(type))
    throw unsafe(`a member that is neither file nor folder (${type}): ${JSON.stringify(name)}`);
}

function unsafe(what: string): WorkbenchError {
  return new WorkbenchError("archive-unsafe", `The archive has ${what}.`, {
    mend: "Nothing of it was used. Fetch the archive anew from where its authors publish it.",
  });
}

/** What zlib and tar-stream throw at damaged input; errors of the file system stay as they are. */
function asArchiveError(error: unknown): unknown {
  if (error instanceof WorkbenchError) return error;
  const { code, message, syscall } = error as NodeJS.ErrnoException;
  if (syscall !== undefined || code === "ENOSPC") return error;
  return new WorkbenchError("dataset-invalid", `The archive is damaged or incomplete: ${message}`, {
    mend: "Fetch it anew.",
    cause: error,
  });
}
