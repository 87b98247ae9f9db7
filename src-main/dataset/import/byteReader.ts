import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { createGunzip } from "node:zlib";

/** Reads a file front to back in pieces of known size, gunzipping it on the way; never holds more than it is asked for. */
export interface ByteReader {
  /** Exactly `count` bytes, or fewer where the file ends. */
  read(count: number): Promise<Buffer>;
  /** MD5 of everything read so far (after gunzipping), hexadecimal; the reader is of no use afterwards. */
  md5(): string;
  close(): void;
}

export function openByteReader(file: string, options: { gunzip: boolean }): ByteReader {
  const raw = createReadStream(file, { highWaterMark: 1 << 18 });
  const gunzip = options.gunzip ? createGunzip() : undefined;
  if (gunzip !== undefined) raw.on("error", (error) => gunzip.destroy(error)).pipe(gunzip);
  const stream = gunzip ?? raw;
  const chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  const hash = createHash("md5");
  let rest: Buffer = Buffer.alloc(0);
  return {
    async read(count) {
      const pieces: Buffer[] = [];
      let missing = count;
      while (missing > 0) {
        if (rest.length === 0) {
          const next = await chunks.next();
          if (next.done === true) break;
          rest = next.value;
        }
        const piece = rest.subarray(0, missing);
        pieces.push(piece);
        rest = rest.subarray(piece.length);
        missing -= piece.length;
      }
      const bytes = Buffer.concat(pieces);
      hash.update(bytes);
      return bytes;
    },
    md5: () => hash.digest("hex"),
    close() {
      raw.destroy();
      gunzip?.destroy();
    },
  };
}
