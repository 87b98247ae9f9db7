import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WorkbenchError } from "../../src-shared/errors.ts";
import { archiveLimits } from "../../src-main/archive/archiveLimits.ts";
import { exportArchive, importArchive } from "../../src-main/archive/index.ts";
import {
  archiveOf,
  entriesOf,
  leftBehind,
  openBench,
  smallLog,
  withContents,
  type Bench,
  type Entry,
} from "./archiveFixture.ts";

let bench: Bench;
beforeAll(async () => {
  bench = openBench();
  await exportArchive(bench.history, bench.home, bench.id, bench.archive);
});
afterAll(() => bench.close());

const importIt = (file: string) => importArchive(bench.history, bench.home, file);

const text = (value: string) => Buffer.from(value);
const json = (content: Buffer) => JSON.parse(content.toString("utf8")) as Record<string, never>;
const changed = (content: Buffer, change: object): Buffer => text(JSON.stringify({ ...json(content), ...change }));
const lines = (events: readonly object[]): Buffer => text(events.map((event) => `${JSON.stringify(event)}\n`).join(""));
const named = (entries: readonly Entry[], name: string) => entries.find(({ header }) => header.name === name)!.content;
const replacing = (entries: readonly Entry[], name: string, change: (content: Buffer) => Buffer): Entry[] =>
  withContents(entries, { [name]: change(named(entries, name)) });
const rewritten = (entries: readonly Entry[], index: number, change: Partial<Entry["header"]>): Entry[] =>
  entries.map((entry, i) => (i === index ? { ...entry, header: { ...entry.header, ...change } } : entry));
const manifest = ([first, ...rest]: readonly Entry[], change: object): Entry[] => [
  { ...first, content: changed(first.content, change) },
  ...rest,
];

interface Hostile {
  readonly what: string;
  readonly says: RegExp;
  readonly entries: (entries: Entry[]) => Entry[];
  /** What happens to the tar's and the gzip's bytes. */
  readonly bytes?: (archive: Buffer) => Buffer;
}

const same = (entries: Entry[]) => entries;
const last = "checkpoints/last.safetensors";
const hostile: Hostile[] = [
  {
    what: "a path upwards",
    says: /leads out/,
    entries: (entries) => rewritten(entries, 1, { name: "../config.json" }),
  },
  { what: "an absolute path", says: /leads out/, entries: (entries) => rewritten(entries, 1, { name: "/etc/passwd" }) },
  { what: "a Windows path", says: /leads out/, entries: (entries) => rewritten(entries, 1, { name: "C:\\x" }) },
  {
    what: "a hidden way up",
    says: /leads out/,
    entries: (entries) => rewritten(entries, 3, { name: "checkpoints/../../x" }),
  },
  {
    ...{ what: "a symbolic link", says: /no file \(symlink\)/ },
    entries: (entries) => rewritten(entries, 1, { type: "symlink", linkname: "/etc/passwd", size: 0 }),
  },
  {
    ...{ what: "a hard link", says: /no file \(link\)/ },
    entries: (entries) => rewritten(entries, 1, { type: "link", linkname: "events.ndjson", size: 0 }),
  },
  {
    what: "a device",
    says: /no file/,
    entries: (entries) => rewritten(entries, 1, { type: "character-device", size: 0 }),
  },
  { what: "a file twice", says: /twice or too much/, entries: (entries) => [...entries, entries[1]] },
  {
    ...{ what: "a file too much", says: /twice or too much/ },
    entries: (entries) => [...entries, { header: { name: "saved_model.pb" }, content: text("graph") }],
  },
  { what: "a file too few", says: /lacks events\.ndjson/, entries: (entries) => entries.filter((_, i) => i !== 2) },
  { what: "its manifest not first", says: /does not begin with/, entries: (entries) => entries.toReversed() },
  {
    ...{ what: "a size that is a lie", says: /says that events\.ndjson has \d+ bytes, and holds/ },
    entries: (entries) => entries.map((entry, i) => (i === 2 ? { ...entry, content: text("{}\n") } : entry)),
  },
  {
    ...{ what: "a size beyond all bounds", says: /at most 400000000 are taken/ },
    entries: (entries) =>
      manifest(entries, { files: [{ name: "config.json", bytes: 5, sha256: "0".repeat(64) }, { name: "events.ndjson", bytes: 1e15, sha256: "0".repeat(64) }] }), // prettier-ignore
  },
  {
    ...{ what: "another content than was put in", says: /config\.json.*checksum differs/ },
    entries: (entries) =>
      entries.map((entry, i) => (i === 1 ? { ...entry, content: text(entry.content.toString().replace("quick", "quack")) } : entry)), // prettier-ignore
  },
  { what: "another format", says: /not one of a run/, entries: (entries) => manifest(entries, { format: "zip" }) },
  {
    what: "a newer version",
    says: /version 2; this program reads/,
    entries: (entries) => manifest(entries, { version: 2 }),
  },
  { what: "a manifest that is no JSON", says: /not JSON/, entries: (entries) => [{ ...entries[0], content: text("{") }, ...entries.slice(1)] }, // prettier-ignore
  {
    what: "unknown keys",
    says: /damaged archive\.json/,
    entries: (entries) => manifest(entries, { run: { evil: true } }),
  },
  {
    ...{ what: "a config that is no run's", says: /holds no whole run: config\.json/ },
    entries: (entries) =>
      replacing(entries, "config.json", (config) => changed(config, { config: { dataset: "../x" } })),
  },
  {
    ...{ what: "a config of another run", says: /another run than config\.json/ },
    entries: (entries) => replacing(entries, "config.json", (config) => changed(config, { threads: 2 })),
  },
  {
    ...{ what: "an end that its log does not know", says: /says that its run has finished/ },
    entries: (entries) => replacing(entries, "events.ndjson", () => lines(smallLog.slice(0, -1))),
  },
  {
    what: "an empty log",
    says: /empty events/,
    entries: (entries) => replacing(entries, "events.ndjson", () => text("")),
  },
  {
    ...{ what: "a bomb of empty lines", says: /line 1002 is no run event, as many before it/ },
    entries: (entries) =>
      replacing(entries, "events.ndjson", (log) =>
        Buffer.concat([log.subarray(0, log.indexOf(10) + 1), Buffer.alloc(9_000_000, 10)]),
      ),
  },
  {
    ...{ what: "half a line", says: /ends within a line/ },
    entries: (entries) => replacing(entries, "events.ndjson", (log) => log.subarray(0, -5)),
  },
  {
    ...{ what: "an iteration twice", says: /line 5 goes on at iteration 0 instead of 3/ },
    entries: (entries) => replacing(entries, "events.ndjson", () => lines(smallLog.map((event, i) => (i === 4 ? smallLog[1] : event)))),
  }, // prettier-ignore
  {
    ...{ what: "more iterations than it has", says: /line 13 is of iteration 9/ },
    entries: (entries) => replacing(entries, "events.ndjson", () => lines(smallLog.map((event) => (event.type === "finished" ? { ...event, iteration: 9 } : event)))),
  }, // prettier-ignore
  {
    ...{ what: "too few predictions", says: /has 1 predictions for 5 test images/ },
    entries: (entries) => replacing(entries, "events.ndjson", () => lines(smallLog.map((event) => (event.type === "evaluated" ? { ...event, predictions: "AA==" } : event)))),
  }, // prettier-ignore
  {
    ...{ what: "a checkpoint whose header leaves the file", says: /holds no whole run: .*header leaves the file/ },
    entries: (entries) =>
      replacing(entries, last, (bytes) => {
        const copy = Buffer.from(bytes);
        copy.writeBigUInt64LE(1n << 40n);
        return copy;
      }),
  },
  {
    ...{ what: "a checkpoint with a tensor out of bounds", says: /has not the bytes of its shape/ },
    entries: (entries) =>
      replacing(entries, last, (bytes) => Buffer.from(bytes.toString("latin1").replace("data_offsets\":[0,", "data_offsets\":[9,"), "latin1")), // prettier-ignore
  },
  {
    ...{ what: "a checkpoint with other bits", says: /checksum differs/ },
    entries: (entries) =>
      replacing(entries, last, (bytes) => {
        const copy = Buffer.from(bytes);
        copy[copy.length - 3] ^= 1;
        return copy;
      }),
  },
  { what: "a cut gzip", says: /damaged or incomplete/, entries: same, bytes: (archive) => archive.subarray(0, -20) },
  { what: "half a gzip", says: /damaged or incomplete/, entries: same, bytes: (archive) => archive.subarray(0, archive.length / 2) }, // prettier-ignore
  { what: "no gzip at all", says: /damaged or incomplete/, entries: same, bytes: () => text("I am an archive.") },
  { what: "nothing", says: /damaged or incomplete|is empty/, entries: same, bytes: () => Buffer.alloc(0) },
  { what: "an empty gzip", says: /is empty|damaged/, entries: same, bytes: () => gzipSync(Buffer.alloc(1024)) },
  {
    ...{ what: "far more than it says", says: /unpacks to more than/, entries: same },
    bytes: (archive) => Buffer.concat([archive, gzipSync(Buffer.alloc(20_000_000))]),
  },
];

describe("a hostile archive", () => {
  it.each(hostile)("with $what is refused", async ({ says, entries, bytes = (archive) => archive }) => {
    const file = path.join(bench.home, "hostile.tar.gz");
    writeFileSync(file, bytes(await archiveOf(entries(await entriesOf(readFileSync(bench.archive))))));
    const error: unknown = await importIt(file).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(WorkbenchError);
    expect((error as WorkbenchError).code).toBe("archive-invalid");
    expect((error as WorkbenchError).message).toMatch(says);
    expect((error as WorkbenchError).mend).toBeDefined();
    expect(leftBehind(bench)).toEqual([]);
  });

  it("that is not there, or larger than a bound, is refused", async () => {
    await expect(importIt("/nonexistent/run.tar.gz")).rejects.toThrow(/is not there/);
    await expect(importIt(bench.home)).rejects.toThrow(/is a folder/);
    const tight = { ...archiveLimits, checkpointBytes: 100 };
    await expect(importArchive(bench.history, bench.home, bench.archive, tight)).rejects.toThrow(
      /at most 100 are taken/,
    );
    const tiny = { ...archiveLimits, manifestBytes: 10 };
    await expect(importArchive(bench.history, bench.home, bench.archive, tiny)).rejects.toThrow(
      /archive\.json of \d+ bytes/,
    );
    expect(leftBehind(bench)).toEqual([]);
  });
});
