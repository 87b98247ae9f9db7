import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { WorkbenchError } from "../../src-shared/errors.ts";
import { addDataset, verifyDataset } from "../../src-main/dataset/index.ts";
import {
  cifar100Files,
  cifar10Files,
  datasetsIn,
  gzipped,
  idxFiles,
  members,
  noise,
  removeFolder,
  smallLimits,
  tarOf,
  temporaryFolder,
  writeFiles,
  type Files,
} from "./datasetFixtures.ts";

/** What bad input may lead to. Anything else (a crash, "internal", a hang) is a bug in the importer. */
const foreseen = ["dataset-invalid", "archive-unsafe"];
const importTakesAtMostMs = 5000;

type Mutation = (data: Buffer) => Buffer;
const at = (data: Buffer, fraction: number): number => Math.floor(fraction * data.length);

const fraction = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const byte = fc.integer({ min: 0, max: 255 });
/** Where the structure is: the first bytes of a file, and anywhere. */
const place = fc.oneof(
  fraction,
  fc.integer({ min: 0, max: 600 }).map((offset) => -offset),
);
const offsetOf = (data: Buffer, where: number): number =>
  where < 0 || Object.is(where, -0) ? Math.min(-where, Math.max(0, data.length - 1)) : at(data, where);

const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.tuple(place, byte).map(([where, value]): Mutation => (data) => {
    if (data.length > 0) data[offsetOf(data, where)] = value;
    return data;
  }),
  fc.tuple(place, fc.integer({ min: 0, max: 7 })).map(([where, bit]): Mutation => (data) => {
    if (data.length > 0) data[offsetOf(data, where)] ^= 1 << bit;
    return data;
  }),
  fraction.map(
    (where): Mutation =>
      (data) =>
        data.subarray(0, at(data, where)),
  ),
  fraction.map(
    (where): Mutation =>
      (data) =>
        data.subarray(at(data, where)),
  ),
  fc.tuple(place, fc.integer({ min: 1, max: 5000 })).map(([where, length]): Mutation => (data) => {
    const cut = offsetOf(data, where);
    return Buffer.concat([data.subarray(0, cut), noise(length, length), data.subarray(cut)]);
  }),
  fc.tuple(fraction, fraction).map(([from, to]): Mutation => (data) => {
    return Buffer.concat([data, data.subarray(at(data, from), at(data, Math.max(from, to)))]);
  }),
  fc.tuple(place, fc.constantFrom(0xffffffff, 0x7fffffff, 0, 0x80000000)).map(([where, value]): Mutation => (data) => {
    if (data.length >= 4) data.writeUInt32BE(value, Math.min(offsetOf(data, where), data.length - 4));
    return data;
  }),
);

let folder = "";
const kinds = ["cifar10", "cifar100", "idx", "idx.gz", "tar", "tar.gz", "gz of tar"] as const;
const fileSets: Partial<Record<(typeof kinds)[number], Files>> = {
  cifar10: cifar10Files,
  cifar100: cifar100Files,
  idx: idxFiles,
  "idx.gz": gzipped(idxFiles),
};
let archives: Readonly<Record<string, Buffer>>;

beforeAll(async () => {
  folder = await temporaryFolder();
  const tar = await tarOf(members(cifar100Files, "cifar-100-binary/"));
  archives = { tar: tar, "tar.gz": tar, "gz of tar": gzipSync(tar, { level: 1 }) };
});
afterAll(() => removeFolder(folder));

/** Writes the mutated input; returns what to import. */
async function prepare(kind: (typeof kinds)[number], which: number, mutations: readonly Mutation[]): Promise<string> {
  const source = path.join(folder, "source");
  await rm(source, { recursive: true, force: true });
  const mutate = (data: Buffer): Buffer => mutations.reduce<Buffer>((now, change) => change(now), Buffer.from(data));
  const files = fileSets[kind];
  if (files === undefined) {
    const data = mutate(archives[kind]);
    // "tar.gz": a sound gzip around a damaged tar, so that the damage reaches the tar reader.
    await mkdir(source);
    await writeFile(path.join(source, "archive"), kind === "tar.gz" ? gzipSync(data, { level: 1 }) : data);
    return path.join(source, "archive");
  }
  const names = [...files.keys()];
  const target = names[which % names.length];
  return writeFiles(source, new Map([...files].map(([name, data]) => [name, name === target ? mutate(data) : data])));
}

test("1,000 damaged inputs: each is imported whole, or refused with a reason and without a trace", async () => {
  const home = path.join(folder, "home");
  const outcomes = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...kinds),
      fc.nat(10),
      fc.array(mutation, { minLength: 1, maxLength: 3 }),
      async (kind, which, mutations) => {
        const from = await prepare(kind, which, mutations);
        const startMs = performance.now();
        let outcome = "imported";
        try {
          const { name } = await addDataset(home, "a", from, { limits: smallLimits });
          await verifyDataset(home, name);
          expect(await datasetsIn(home)).toEqual(["a"]);
          await rm(path.join(home, "datasets"), { recursive: true });
        } catch (error) {
          if (!(error instanceof WorkbenchError) || !foreseen.includes(error.code)) throw error;
          expect(await datasetsIn(home)).toEqual([]);
          outcome = error.code;
        }
        expect(performance.now() - startMs).toBeLessThan(importTakesAtMostMs);
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      },
    ),
    { numRuns: 1000, seed: 20151210 },
  );
  // The mutations are neither all harmless nor all caught by the first check.
  expect(outcomes.get("imported")).toBeGreaterThan(50);
  expect(outcomes.get("dataset-invalid")).toBeGreaterThan(300);
});
