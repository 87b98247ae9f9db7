import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { WorkbenchError } from "../../src-shared/errors.ts";
import { exportArchive, importArchive } from "../../src-main/archive/index.ts";
import { entriesOf, leftBehind, openBench, tarOf, withContents, type Bench, type Entry } from "./archiveFixture.ts";

/**
 * 1,000 archives that were damaged or tampered with: bytes of the gzip, of the tar, and of each file in it, with an
 * `archive.json` that vouches for what was changed. Each imports or is refused as `archive-invalid`.
 */
const count = 1_000;
const importTakesAtMostMs = 5_000;

type Mutation = (data: Buffer) => Buffer;

const fraction = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
/** Where the structure is: the first bytes, and anywhere. */
const place = fc.oneof(
  fraction.map((at) => (data: Buffer) => Math.floor(at * data.length)),
  fc.integer({ min: 0, max: 600 }).map((offset) => (data: Buffer) => Math.min(offset, Math.max(0, data.length - 1))),
);
const words = ["0", "-1", "1e308", "99999999999", "null", "[]", "{}", '"NaN"', '"../x"', "true", '""', '"finished"'];

const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.tuple(place, fc.integer({ min: 1, max: 255 })).map(([where, bits]): Mutation => (data) => {
    if (data.length > 0) data[where(data)] ^= bits;
    return data;
  }),
  place.map(
    (where): Mutation =>
      (data) =>
        data.subarray(0, where(data)),
  ),
  fc.tuple(place, fc.uint8Array({ minLength: 1, maxLength: 2_000 })).map(([where, noise]): Mutation => (data) => {
    const cut = where(data);
    return Buffer.concat([data.subarray(0, cut), noise, data.subarray(cut)]);
  }),
  fc.tuple(place, place).map(([one, other]): Mutation => (data) => {
    const [from, to] = [one(data), other(data)].sort((a, b) => a - b);
    return Buffer.concat([data.subarray(0, to), data.subarray(from)]);
  }),
);
/** Another value where JSON has one: what bytes alone would seldom hit. */
const otherValue = fc.tuple(fc.nat(), fc.constantFrom(...words)).map(([nth, word]): Mutation => (data) => {
  const values = [...data.toString("utf8").matchAll(/[:[,]("[^"\\]*"|-?\d[\d.e+-]*|true|false)(?=[,\]}])/g)];
  if (values.length === 0) return data;
  const { index, 1: value } = values[nth % values.length];
  const text = data.toString("utf8");
  return Buffer.from(text.slice(0, index + 1) + word + text.slice(index + 1 + value.length));
});
/** Lines of a log in another order, left out, or twice. */
const otherLines = fc.array(fc.nat({ max: 13 }), { maxLength: 20 }).map((order): Mutation => (data) => {
  const lines = data.toString("utf8").split("\n").slice(0, -1);
  return Buffer.from(order.map((line) => `${lines[line % lines.length]}\n`).join(""));
});

const tampering = fc.oneof(
  fc.record({ layer: fc.constant("gzip"), changes: fc.array(mutation, { minLength: 1, maxLength: 3 }) }),
  fc.record({ layer: fc.constant("tar"), changes: fc.array(mutation, { minLength: 1, maxLength: 3 }) }),
  fc.record({
    layer: fc.constantFrom("archive.json", "config.json", "events.ndjson", "checkpoints/last.safetensors"),
    changes: fc.array(fc.oneof(mutation, otherValue, otherValue), { minLength: 1, maxLength: 2 }),
  }),
  fc.record({
    layer: fc.constant("events.ndjson"),
    changes: fc.array(fc.oneof(otherLines, otherValue), { minLength: 1, maxLength: 2 }),
  }),
);

let bench: Bench;
let entries: Entry[] = [];
beforeAll(async () => {
  bench = openBench();
  await exportArchive(bench.history, bench.home, bench.id, bench.archive);
  entries = await entriesOf(readFileSync(bench.archive));
});
afterAll(() => bench.close());

async function tamper(layer: string, changes: readonly Mutation[]): Promise<Buffer> {
  const change = (data: Buffer) => changes.reduce<Buffer>((all, one) => one(all), Buffer.from(data));
  if (layer === "gzip") return change(readFileSync(bench.archive));
  if (layer === "tar") return gzipSync(change(await tarOf(entries)), { level: 1 });
  const { content } = entries.find(({ header }) => header.name === layer)!;
  const changed =
    layer === "archive.json"
      ? entries.map((entry) => (entry.content === content ? { ...entry, content: change(content) } : entry))
      : withContents(entries, { [layer]: change(content) });
  return gzipSync(await tarOf(changed), { level: 1 });
}

test(
  `${count} tampered archives: each imports or is refused, none crashes or hangs`,
  { timeout: 300_000 },
  async () => {
    const file = path.join(bench.home, "tampered.tar.gz");
    const outcomes = { imported: 0, refused: 0 };
    await fc.assert(
      fc.asyncProperty(tampering, async ({ layer, changes }) => {
        writeFileSync(file, await tamper(layer, changes));
        const startMs = performance.now();
        try {
          const id = await importArchive(bench.history, bench.home, file);
          outcomes.imported++;
          // What was let in can be read, and taken away again.
          bench.history.dump(id);
          bench.history.purge(id, path.join(bench.home, "runs", id));
        } catch (error) {
          expect(error).toBeInstanceOf(WorkbenchError);
          expect((error as WorkbenchError).code).toBe("archive-invalid");
          outcomes.refused++;
        }
        expect(performance.now() - startMs).toBeLessThan(importTakesAtMostMs);
        expect(leftBehind(bench)).toEqual([]);
      }),
      { numRuns: count, seed: 20_201_231, endOnFailure: true },
    );
    expect(outcomes.imported + outcomes.refused).toBe(count);
    expect(outcomes.imported).toBeGreaterThan(20);
    expect(outcomes.refused).toBeGreaterThan(500);
  },
);
