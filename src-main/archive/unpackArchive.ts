import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, open } from "node:fs/promises";
import path from "node:path";
import { Transform, type Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import tar, { type Header } from "tar-stream";
import { archiveInvalid, asArchiveError } from "./archiveError.ts";
import type { ArchiveLimits } from "./archiveLimits.ts";
import { collectionName, memberBelow, parseCollection, type Collection } from "./collection.ts";
import { manifestName, parseManifest, type Manifest, type Member } from "./manifest.ts";

/** Headers, padding and the end of a tar; a pax header or two. */
const slackBytes = 100_000;

/** A run that was unpacked: its folder, and what the archive says of it. */
export interface Unpacked {
  readonly folder: string;
  readonly manifest: Manifest;
}

export interface UnpackedArchive {
  readonly study: Collection["study"];
  readonly runs: readonly Unpacked[];
}

/**
 * Unpacks an archive that a stranger may have made into folders below `folder`, which is empty: of one run, or of several.
 * Members are written under the few names that an archive's may have, each only as long as `archive.json` says, and that is
 * bounded too.
 *
 * @throws WorkbenchError `archive-invalid`, `disk-full`, `permission`
 */
export async function unpackArchive(file: string, folder: string, limits: ArchiveLimits): Promise<UnpackedArchive> {
  const doing = `reading the archive ${file}`;
  const handle = await open(file, "r").catch((error: unknown) => {
    throw asArchiveError(error, doing);
  });
  const extract = tar.extract();
  let failure: unknown;
  const fail = (error: unknown): void => {
    failure ??= error;
    extract.destroy();
  };
  const budget = { bytes: limits.manifestBytes + slackBytes };
  const members = new Members(folder, limits, budget);
  const taking = takeMembers(extract, members).catch(fail);
  try {
    const source = handle.createReadStream({ highWaterMark: 1 << 18 });
    await pipeline(source, createGunzip(), bounded(budget), extract as unknown as NodeJS.WritableStream).catch(fail);
    await taking;
  } finally {
    await handle.close();
  }
  if (failure !== undefined) throw asArchiveError(failure, doing);
  return members.all();
}

async function takeMembers(extract: tar.Extract, members: Members): Promise<void> {
  for await (const entry of extract) {
    refuseUnsafe(entry.header);
    await members.take(entry.header, entry as unknown as Readable);
  }
  members.end();
}

/** What comes out of an archive, member by member. */
class Members {
  readonly #folder: string;
  readonly #limits: ArchiveLimits;
  /** Grows with what each `archive.json` announces. */
  readonly #budget: { bytes: number };
  #collection: Collection | undefined;
  readonly #runs: Unpacked[] = [];
  /** Of the run that is being unpacked. */
  readonly #left = new Map<string, Member>();

  constructor(folder: string, limits: ArchiveLimits, budget: { bytes: number }) {
    this.#folder = folder;
    this.#limits = limits;
    this.#budget = budget;
  }

  /** What the names of the run's members begin with. */
  get #below(): string {
    return this.#collection ? memberBelow(Math.max(0, this.#runs.length - 1)) : "";
  }

  async take({ name, size }: Header, content: Readable): Promise<void> {
    if (this.#collection === undefined && this.#runs.length === 0 && name === collectionName) {
      this.#collection = parseCollection(await this.#text(name, size, content));
      this.#budget.bytes += this.#limits.manifestBytes + slackBytes;
      return;
    }
    if (this.#left.size === 0 && this.#runs.length < (this.#collection?.runs ?? 1)) {
      await this.#begin(name, size, content);
      return;
    }
    const member = name.startsWith(this.#below) ? this.#left.get(name.slice(this.#below.length)) : undefined;
    if (!member) throw archiveInvalid(`has a member twice or too much: ${JSON.stringify(name)}`);
    if (size !== member.bytes) {
      throw archiveInvalid(`says that ${member.name} has ${member.bytes} bytes, and holds ${size}`);
    }
    this.#left.delete(member.name);
    await take(content, member, this.#runs.at(-1)!.folder);
  }

  /** The next run: its manifest. */
  async #begin(name: string, size: number, content: Readable): Promise<void> {
    const at = this.#runs.length;
    const expected = this.#collection ? `${memberBelow(at)}${manifestName}` : manifestName;
    if (name !== expected) {
      throw archiveInvalid(at === 0 ? `does not begin with ${expected}` : `goes on without ${expected}`);
    }
    const manifest = parseManifest(await this.#text(manifestName, size, content), this.#limits);
    const folder = path.join(this.#folder, String(at));
    await mkdir(folder);
    this.#runs.push({ folder, manifest });
    for (const member of manifest.files) {
      this.#left.set(member.name, member);
      this.#budget.bytes += member.bytes;
    }
    if (this.#collection) this.#budget.bytes += this.#limits.manifestBytes + slackBytes;
  }

  async #text(name: string, size: number, content: Readable): Promise<string> {
    if (!(size <= this.#limits.manifestBytes)) throw archiveInvalid(`has an ${name} of ${size} bytes`);
    return (await buffer(content)).toString("utf8");
  }

  end(): void {
    const [missing] = this.#left.keys();
    if (missing !== undefined) throw archiveInvalid(`lacks ${missing}`);
    if (this.#runs.length === 0) throw archiveInvalid("is empty");
    const { length } = this.#runs;
    if (length < (this.#collection?.runs ?? 1)) {
      throw archiveInvalid(`says that it has ${this.#collection?.runs} runs, and has ${length}`);
    }
  }

  all(): UnpackedArchive {
    return { study: this.#collection?.study ?? null, runs: this.#runs };
  }
}

async function take(content: Readable, { name, bytes, sha256 }: Member, folder: string): Promise<void> {
  const hash = createHash("sha256");
  let count = 0;
  const hashing = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      count += chunk.length;
      done(null, chunk);
    },
  });
  const target = path.join(folder, name);
  await mkdir(path.dirname(target), { recursive: true });
  await pipeline(content, hashing, createWriteStream(target, { flags: "wx", flush: true }));
  if (count !== bytes) throw archiveInvalid(`ends within ${name}`);
  if (hash.digest("hex") !== sha256) throw archiveInvalid(`has another ${name} than was put in: its checksum differs`);
}

/** The names that an archive may have would refuse all of these too; a person is told what was tried. */
function refuseUnsafe({ name, type }: Header): void {
  const shown = JSON.stringify(name.slice(0, 200));
  if (name.includes("\0") || name.includes("\\") || /^([a-z]:|\/)/i.test(name) || name.split("/").includes("..")) {
    throw archiveInvalid(`has a member whose path leads out of it: ${shown}`);
  }
  if (type !== "file") throw archiveInvalid(`has a member that is no file (${type}): ${shown}`);
}

/** Ends the stream where an archive unpacks to more than its budget, which grows once `archive.json` is read. */
function bounded(budget: { readonly bytes: number }): Transform {
  let count = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      count += chunk.length;
      if (count > budget.bytes) done(archiveInvalid(`unpacks to more than the ${budget.bytes} bytes that it says`));
      else done(null, chunk);
    },
  });
}
