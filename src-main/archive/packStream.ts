import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import tar, { type Pack } from "tar-stream";

/**
 * A gzipped tar as a stream, made while it is read.
 *
 * @param fill puts the members in
 * @param close called when the stream has ended or is destroyed, and `fill` is through
 */
export function packStream(fill: (pack: Pack) => Promise<void>, close: () => Promise<void>): Readable {
  const pack = tar.pack();
  const packing = fill(pack).then(
    () => pack.finalize(),
    (error: unknown) => pack.destroy(error as Error),
  );
  // Whoever reads it hears of a failure, also one that came before; until then nobody listens.
  const archive = createGzip().on("error", () => {});
  pipeline(pack as unknown as Readable, archive).then(
    () => packing.then(close),
    () => packing.then(close),
  );
  return archive;
}
