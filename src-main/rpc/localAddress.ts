import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmdirSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import writeFileAtomic from "write-file-atomic";
import { z } from "zod";

/** Where a main listens for commands on the same machine: a Unix domain socket, on Windows a named pipe. */
export interface LocalAddress {
  readonly path: string;
  /** Leaves nothing behind. */
  remove(): void;
}

/** `sun_path` holds 108 bytes on Linux, 104 on macOS. */
const longestPathBytes = 100;
const temporaryPrefix = "rwb-";

const ownSocket = (home: string): string => path.join(home, "main.sock");
/** Says where the socket is when the folder's own path is too long for one. */
const noteFile = (home: string): string => path.join(home, "main.json");
const noteSchema = z.object({ socket: z.string() });
const fits = (socket: string): boolean => Buffer.byteLength(socket) <= longestPathBytes;

const pipeOf = (home: string): string =>
  String.raw`\\.\pipe\resnet-workbench-` + createHash("sha256").update(home.toLowerCase()).digest("hex").slice(0, 32);

/**
 * An address of `home` to listen on. What a killed main left behind is removed: only the holder of the folder's lock may
 * call this.
 */
export function makeLocalAddress(home: string): LocalAddress {
  if (process.platform === "win32") return { path: pipeOf(home), remove: () => {} };
  removeLeftovers(home);
  const own = ownSocket(home);
  if (fits(own)) return { path: own, remove: () => rmSync(own, { force: true }) };
  // mkdtemp makes a folder that only its owner may enter.
  const socket = path.join(mkdtempSync(path.join(os.tmpdir(), temporaryPrefix)), path.basename(own));
  writeFileAtomic.sync(noteFile(home), `${JSON.stringify({ socket })}\n`);
  return { path: socket, remove: () => removeLeftovers(home) };
}

/** Where a main of `home` listens, if one is alive; undefined where none can. */
export function findLocalAddress(home: string): string | undefined {
  if (process.platform === "win32") return pipeOf(home);
  return fits(ownSocket(home)) ? ownSocket(home) : notedSocket(home);
}

function notedSocket(home: string): string | undefined {
  try {
    return noteSchema.parse(JSON.parse(readFileSync(noteFile(home), "utf8"))).socket;
  } catch {
    return undefined; // none yet
  }
}

function removeLeftovers(home: string): void {
  rmSync(ownSocket(home), { force: true });
  const noted = notedSocket(home);
  if (noted?.startsWith(path.join(os.tmpdir(), temporaryPrefix))) {
    rmSync(noted, { force: true });
    try {
      rmdirSync(path.dirname(noted));
    } catch {
      // swept by the system, or not ours: nothing of it is used again
    }
  }
  rmSync(noteFile(home), { force: true });
}
