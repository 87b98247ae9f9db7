import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import protobuf from "google-protobuf";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { crc32c } from "../../src-main/archive/crc32c.ts";
import { exportTensorBoard } from "../../src-main/archive/index.ts";
import { iterationTimes, type Moment } from "../../src-main/archive/iterationTimes.ts";
import { openBench, type Bench } from "./archiveFixture.ts";

let bench: Bench;
beforeEach(() => (bench = openBench()));
afterEach(() => bench.close());

/** A reader that owes nothing to the writer: RFC 3720's polynomial bit by bit, fields by number. */
function recordsOf(file: Buffer): Buffer[] {
  const masked = (bytes: Uint8Array): number => {
    let crc = 0xffffffff;
    for (const byte of bytes) {
      crc ^= byte;
      for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
    }
    crc = ~crc >>> 0;
    return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
  };
  const records: Buffer[] = [];
  for (let at = 0; at < file.length;) {
    const length = Number(file.readBigUInt64LE(at));
    expect(file.readUInt32LE(at + 8)).toBe(masked(file.subarray(at, at + 8)));
    const bytes = file.subarray(at + 12, at + 12 + length);
    expect(file.readUInt32LE(at + 12 + length)).toBe(masked(bytes));
    records.push(bytes);
    at += length + 16;
  }
  return records;
}

type Fields = Record<number, (number | Buffer)[]>;

function fieldsOf(bytes: Uint8Array): Fields {
  const fields: Fields = {};
  const reader = new protobuf.BinaryReader(bytes);
  while (reader.nextField() && !reader.isEndGroup()) {
    const kind = Number(reader.getWireType());
    const value =
      kind === 0
        ? reader.readInt64()
        : kind === 1
          ? reader.readDouble()
          : kind === 5
            ? reader.readFloat()
            : Buffer.from(reader.readBytes());
    (fields[reader.getFieldNumber()] ??= []).push(value);
  }
  return fields;
}

interface Point {
  readonly tag: string;
  readonly step: number;
  readonly seconds: number;
  readonly value: number | string;
}

function pointsOf(file: Buffer): Point[] {
  const [first, ...events] = recordsOf(file).map(fieldsOf);
  expect(String(first[3][0])).toBe("brain.Event:2");
  return events.flatMap((event) =>
    fieldsOf(event[5][0] as Buffer)[1].map((bytes) => {
      const value = fieldsOf(bytes as Buffer);
      const text = (): string => String(fieldsOf(value[8][0] as Buffer)[8][0]);
      return {
        ...{ tag: String(value[1][0]), step: Number(event[2]?.[0] ?? 0), seconds: Number(event[1][0]) },
        value: value[2] ? Number(value[2][0]) : text(),
      };
    }),
  );
}

describe("the event file", () => {
  it("has every raw value, every evaluation and the configuration, with sound checksums", async () => {
    const file = await exportTensorBoard(bench.history, bench.id, path.join(bench.home, "logs", "one"));
    const points = pointsOf(readFileSync(file));
    const under = (tag: string) => points.filter((point) => point.tag === tag).map(({ step, value }) => [step, value]);
    expect(under("loss/train")).toEqual([
      ...[
        [0, Math.fround(2.302585)],
        [1, 2.25],
        [2, 2.125],
        [3, 2.0625],
        [4, NaN],
        [5, 1.875],
      ],
    ]);
    expect(under("learning_rate")).toHaveLength(6);
    expect(under("accuracy/train")[0]).toEqual([0, 0.25]);
    expect(under("step_ms")[0]).toEqual([0, 7.5]);
    expect(under("loss/test")).toEqual([
      [3, 1.5],
      [6, 1.5],
    ]);
    expect(under("accuracy/test")).toEqual([
      [3, Math.fround(0.4)],
      [6, Math.fround(0.4)],
    ]);
    expect(under("loss/validation")).toEqual([]);
    expect(points.find(({ tag }) => tag === "config")?.value).toContain('"batchSize": 4');
    const steps = points.map(({ step }) => step);
    expect(steps).toEqual(steps.toSorted((a, b) => a - b));
    for (const { seconds } of points) expect(Math.abs(seconds - 1_700_000_000)).toBeLessThan(1);
  });

  it("replaces itself, and refuses a folder that has another run's", async () => {
    const out = path.join(bench.home, "logs");
    const file = await exportTensorBoard(bench.history, bench.id, out);
    await exportTensorBoard(bench.history, bench.id, out);
    expect(readdirSync(out)).toEqual([path.basename(file)]);
    const other = path.join(bench.home, "other");
    mkdirSync(other);
    writeFileSync(path.join(other, "events.out.tfevents.1.someone"), "");
    await expect(exportTensorBoard(bench.history, bench.id, other)).rejects.toMatchObject({ code: "usage" });
    expect(readdirSync(other)).toHaveLength(1);
  });
});

it("has the checksum of RFC 3720's examples", () => {
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
  expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43);
  expect(crc32c(Buffer.from("123456789"))).toBe(0xe3069283);
});

describe("iterations' times", () => {
  const start = { iteration: 0, timeMs: 1_000 };
  it.each<[string, number, number[], Moment[], number[]]>([
    ["count on from the start", 0, [10, 10, 10], [start], [1_010, 1_020, 1_030]],
    ["count back from what is known", 0, [10, 10, 10], [start, { iteration: 3, timeMs: 2_000 }], [1_980, 1_990, 2_000]],
    [
      "leave a pause where it was",
      0,
      [10, 10, 10, 10],
      [start, { iteration: 2, timeMs: 1_020 }, { iteration: 2, timeMs: 9_000 }, { iteration: 4, timeMs: 9_020 }],
      [1_010, 1_020, 9_010, 9_020],
    ],
    ["go on behind the last", 0, [10, 10, NaN], [start, { iteration: 1, timeMs: 3_000 }], [3_000, 3_010, 3_010]],
    ["of a fork begin where it began", 100, [10, 10], [start, { iteration: 102, timeMs: 1_500 }], [1_490, 1_500]],
    ["never run back", 0, [10, 999], [start, { iteration: 2, timeMs: 1_100 }], [1_000, 1_100]],
  ])("%s", (_, from, stepMs, moments, times) => {
    expect([...iterationTimes(from, Float32Array.from(stepMs), moments)]).toEqual(times);
  });
});
