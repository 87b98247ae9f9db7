import { randomBytes } from "node:crypto";
import { createWriteStream, rmSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import path from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { fileError } from "../../src-shared/errors.ts";
import { RefusedError, refusals } from "./refusal.ts";
import type { ShellLimits } from "./shellLimits.ts";

/** Not a form's: no page of another site can send one without being asked first. */
const types: readonly (string | undefined)[] = ["application/octet-stream", "application/gzip"];

const uploadsFolder = (home: string): string => path.join(home, "uploads");

/** What a process that was killed left behind. */
export const sweepUploads = (home: string): void => rmSync(uploadsFolder(home), { recursive: true, force: true });

export type UploadLimits = Pick<ShellLimits, "uploadBytes" | "uploadIdleMs" | "uploadsAtOnce">;

/** Files on their way into the workbench folder: each is there while it is used, and then gone. */
export class FileUploads {
  readonly #home: string;
  readonly #limits: UploadLimits;
  #underWay = 0;

  constructor(home: string, limits: UploadLimits) {
    this.#home = home;
    this.#limits = limits;
  }

  /**
   * Receives a request's body as a file.
   *
   * @param mostBytes where it may have fewer than the limits say
   * @throws RefusedError where it is too large, of another kind, or one too many; WorkbenchError `disk-full`, `permission`;
   *   what `use` throws
   */
  async receive<T>(
    request: IncomingMessage,
    use: (file: string) => Promise<T>,
    mostBytes = this.#limits.uploadBytes,
  ): Promise<T> {
    if (!types.includes(request.headers["content-type"])) throw new RefusedError(refusals.uploadKind);
    if (Number(request.headers["content-length"] ?? 0) > mostBytes) {
      throw new RefusedError(refusals.uploadTooLarge);
    }
    if (this.#underWay >= this.#limits.uploadsAtOnce) throw new RefusedError(refusals.uploadsBusy);
    this.#underWay++;
    const folder = uploadsFolder(this.#home);
    const file = path.join(folder, randomBytes(8).toString("hex"));
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await this.#write(request, file, mostBytes);
      return await use(file);
    } catch (error) {
      throw fileError(error, "receiving a file");
    } finally {
      this.#underWay--;
      await rm(file, { force: true });
    }
  }

  async #write(request: IncomingMessage, file: string, mostBytes: number): Promise<void> {
    const { uploadIdleMs } = this.#limits;
    let bytes = 0;
    const counted = new Transform({
      transform(chunk: Buffer, _, done) {
        bytes += chunk.length;
        if (bytes > mostBytes) done(new RefusedError(refusals.uploadTooLarge));
        else done(null, chunk);
      },
    });
    // Nobody listens for it: the socket is cut off.
    request.setTimeout(uploadIdleMs);
    try {
      // The request itself stays whole, so that whoever sends too much is still answered.
      await pipeline(
        request.iterator({ destroyOnReturn: false }),
        counted,
        createWriteStream(file, { flags: "wx", mode: 0o600 }),
      );
    } finally {
      request.setTimeout(0);
    }
  }
}
