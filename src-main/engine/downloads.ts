import { createHash } from "node:crypto";
import { createReadStream, mkdirSync, renameSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { WorkbenchError } from "../../src-shared/errors.ts";
import { fetchWheel } from "./pip.ts";
import type { Wheel } from "./wheels.ts";

/** SHA-256 of a file, hexadecimal; about 1 GB/s. */
export async function sha256Of(file: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash, { ...(signal && { signal }) });
  return hash.digest("hex");
}

/** @throws checksum when the file is not the wheel of the table */
export async function checkWheel(file: string, wheel: Wheel, signal?: AbortSignal): Promise<void> {
  const { size } = statSync(file);
  const problem =
    size !== wheel.bytes
      ? `it has ${size} bytes instead of ${wheel.bytes}`
      : (await sha256Of(file, signal)) !== wheel.sha256
        ? "its SHA-256 is another"
        : undefined;
  if (problem === undefined) return;
  throw new WorkbenchError("checksum", `${path.basename(file)} is not what it should be: ${problem}.`, {
    mend: "npx --no-install rwb setup   (it fetches the file anew)",
  });
}

/** Wheels of a set-up that is under way, kept until its engine is finished: an interrupted one fetches none twice. */
export class Downloads {
  readonly folder: string;

  constructor(cacheFolder: string) {
    this.folder = path.join(cacheFolder, "downloads");
  }

  /** Where a wheel is once it is fetched; a file by that name is whole, since it was renamed there. */
  #finished(wheel: Wheel): string {
    return path.join(this.folder, wheel.file);
  }

  has(wheel: Wheel): boolean {
    return statSync(this.#finished(wheel), { throwIfNoEntry: false })?.size === wheel.bytes;
  }

  /**
   * The checked wheel, fetched if it is not there. A damaged one is deleted.
   *
   * @throws checksum, and what fetchWheel throws
   */
  async get(
    wheel: Wheel,
    options: { python: string; onBytes: (bytesSoFar: number) => void; signal: AbortSignal },
  ): Promise<string> {
    const finished = this.#finished(wheel);
    if (this.has(wheel) && (await sha256Of(finished, options.signal)) === wheel.sha256) return finished;
    const folder = path.join(this.folder, "incoming");
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    try {
      const fetched = await fetchWheel(wheel, { ...options, folder });
      await checkWheel(fetched, wheel, options.signal);
      renameSync(fetched, finished);
      return finished;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  clear(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
