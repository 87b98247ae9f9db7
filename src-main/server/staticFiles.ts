import { constants } from "node:fs";
import { open, readdir } from "node:fs/promises";
import path from "node:path";
import { contentTypeOf } from "./contentType.ts";
import type { Reply } from "./reply.ts";

/** A file, whole. */
export type FileReply = Reply & { readonly body: Buffer };

const indexFile = "index.html";
const lookAgainAfterMs = 1_000;
/** Named after their content by the bundler: `assets/index-D4x0Zk3a.js`. */
const hashedAsset = /^\/assets\/.+-[\w-]{8,}\.\w+$/;
const forEver = { "Cache-Control": "private, max-age=31536000, immutable" };

/**
 * The files of a folder. They are listed first, and only what is on the list can be asked for, by exactly the address that
 * it has there: no address is ever made into a path, so that none leads out of the folder, however it is spelled.
 * Symbolic links and names that begin with a dot are not on the list.
 */
export class StaticFiles {
  readonly #folder: string;
  readonly #nowMs: () => number;
  #files: ReadonlyMap<string, string> = new Map();
  #listedAtMs = -Infinity;

  constructor(folder: string, nowMs: () => number) {
    this.#folder = folder;
    this.#nowMs = nowMs;
  }

  /** @param address the request's path as it came, undecoded; undefined where there is no such file */
  async find(address: string): Promise<FileReply | undefined> {
    const file = this.#files.get(address) ?? (await this.#listed()).get(address);
    return file === undefined ? undefined : replyWith(address, file);
  }

  /** A build may have renamed everything since. */
  async #listed(): Promise<ReadonlyMap<string, string>> {
    if (this.#nowMs() - this.#listedAtMs < lookAgainAfterMs) return this.#files;
    this.#listedAtMs = this.#nowMs();
    const files = new Map<string, string>();
    for (const segments of await regularFiles(this.#folder, [])) {
      files.set(`/${segments.map(encodeURIComponent).join("/")}`, path.join(this.#folder, ...segments));
    }
    const index = files.get(`/${indexFile}`);
    if (index !== undefined) files.set("/", index);
    return (this.#files = files);
  }
}

async function regularFiles(root: string, below: readonly string[]): Promise<string[][]> {
  const entries = await readdir(path.join(root, ...below), { withFileTypes: true }).catch(() => []);
  const found = entries
    .filter(({ name }) => !name.startsWith("."))
    .map(async (entry) => {
      const segments = [...below, entry.name];
      if (entry.isDirectory()) return regularFiles(root, segments);
      return entry.isFile() ? [segments] : [];
    });
  return (await Promise.all(found)).flat();
}

async function replyWith(address: string, file: string): Promise<FileReply | undefined> {
  // A link may have taken the file's place since it was listed.
  const handle = await open(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0)).catch(() => undefined);
  try {
    if (!(await handle?.stat())?.isFile()) return undefined;
    return {
      ...{ status: 200, type: contentTypeOf(file), body: await handle!.readFile(), isWindow: true },
      ...(hashedAsset.test(address) && { headers: forEver }),
    };
  } finally {
    await handle?.close();
  }
}
