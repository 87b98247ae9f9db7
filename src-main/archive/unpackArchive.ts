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
import { manifestName, parseManifest, type Manifest, type Member } from "./manifest.ts";

/** Headers, padding and the end of a tar; a pax header or two. */
const slackBytes = 100_000;

/**
 * Unpacks an archive that a stranger may have made into `folder`, which is empty. Members are written under the few names
 * that an archive's may have, each only as long as `archive.json` says, and that is bounded too.
 *
 * @throws WorkbenchError `archive-invalid`, `disk-full`, `permission`
 */
export async function unpackArchive(file: string, folder: string, limits: ArchiveLimits): Promise<Manifest> {
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
  let manifest: Manifest | undefined;
  const taking = takeMembers(extract, folder, limits, (read) => {
    manifest = read;
    budget.bytes += read.files.reduce((sum, { bytes }) => sum + bytes, 0);
  }).catch(fail);
  try {
    const source = handle.createReadStream({ highWaterMark: 1 << 18 });
    await pipeline(source, createGunzip(), bounded(budget), extract as unknown as NodeJS.WritableStream).catch(fail);
    await taking;
  } finally {
    await handle.close();
  }
  if (failure !== undefined) throw asArchiveError(failure, doing);
  if (!manifest) throw archiveInvalid("is empty");
  return manifest;
}

async function takeMembers(
  extract: tar.Extract,
  folder: string,
  limits: ArchiveLimits,
  onManifest: (manifest: Manifest) => void,
): Promise<void> {
  let manifest: Manifest | undefined;
  const left = new Map<string, Member>();
  for await (const entry of extract) {
    const { header } = entry;
    const content = entry as unknown as Readable;
    refuseUnsafe(header);
    if (!manifest) {
      if (header.name !== manifestName) throw archiveInvalid(`does not begin with ${manifestName}`);
      if (!(header.size <= limits.manifestBytes))
        throw archiveInvalid(`has an ${manifestName} of ${header.size} bytes`);
      manifest = parseManifest((await buffer(content)).toString("utf8"), limits);
      for (const member of manifest.files) left.set(member.name, member);
      onManifest(manifest);
      continue;
    }
    const member = left.get(header.name);
    if (!member) throw archiveInvalid(`has a member twice or too much: ${JSON.stringify(header.name)}`);
    if (header.size !== member.bytes) {
      throw archiveInvalid(`says that ${member.name} has ${member.bytes} bytes, and holds ${header.size}`);
    }
    left.delete(member.name);
    await take(content, member, folder);
  }
  const [missing] = left.keys();
  if (missing !== undefined) throw archiveInvalid(`lacks ${missing}`);
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
