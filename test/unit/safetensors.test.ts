import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { WorkbenchError } from "../../src-shared/errors.ts";
import {
  parseSafetensors,
  serializeSafetensors,
  type Safetensors,
  type StoredTensor,
} from "../../src-main/trainer/safetensors.ts";

const parse = (bytes: Uint8Array) => parseSafetensors(bytes, "file", "checkpoint-invalid");

const shapes = fc.array(fc.nat(4), { maxLength: 4 });
const size = (shape: readonly number[]) => shape.reduce((product, side) => product * side, 1);
const tensors: fc.Arbitrary<StoredTensor> = fc.oneof(
  shapes.chain((shape) =>
    fc
      .float32Array({ minLength: size(shape), maxLength: size(shape) })
      .map((data) => ({ dtype: "F32" as const, shape, data })),
  ),
  shapes.chain((shape) =>
    fc
      .float64Array({ minLength: size(shape), maxLength: size(shape) })
      .map((data) => ({ dtype: "F64" as const, shape, data })),
  ),
  shapes.chain((shape) =>
    fc
      .uint8Array({ minLength: size(shape), maxLength: size(shape) })
      .map((data) => ({ dtype: "U8" as const, shape, data })),
  ),
  shapes.chain((shape) =>
    fc
      .int32Array({ minLength: size(shape), maxLength: size(shape) })
      .map((data) => ({ dtype: "I32" as const, shape, data })),
  ),
);
const names = fc.string({ minLength: 1, unit: "grapheme" }).filter((name) => !name.startsWith("__"));
const files: fc.Arbitrary<Safetensors> = fc.record({
  metadata: fc.dictionary(names, fc.string({ unit: "grapheme" }), { maxKeys: 4 }),
  tensors: fc.array(fc.tuple(names, tensors), { maxLength: 5 }).map((entries) => new Map(entries)),
});

const bytesOf = ({ data }: StoredTensor) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

const small: Safetensors = {
  metadata: { iteration: "3", config: '{"depth":8}' },
  tensors: new Map<string, StoredTensor>([
    ["stem.conv.kernel", { dtype: "F32", shape: [3, 2], data: Float32Array.of(1, -2, 3.5, NaN, Infinity, -0) }],
    ["labels", { dtype: "U8", shape: [3], data: Uint8Array.of(0, 7, 255) }],
    ["losses", { dtype: "F64", shape: [2], data: Float64Array.of(2.30258509299, 1e-300) }],
    ["scalar", { dtype: "I32", shape: [], data: Int32Array.of(-7) }],
  ]),
};

/** A file with the given header text, and `body` behind it. */
function withHeader(header: unknown, body = new Uint8Array()): Uint8Array {
  const json = Buffer.from(typeof header === "string" ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json, body]);
}

describe("round trip", () => {
  test("what was written is read: names, types, shapes and bits, metadata", () => {
    fc.assert(
      fc.property(files, fc.nat(7), (file, shift) => {
        const written = serializeSafetensors(file);
        // Somewhere in a larger buffer, as a file that is read in pieces: alignment must not matter.
        const shifted = new Uint8Array(written.length + shift).subarray(shift);
        shifted.set(written);
        const { metadata, tensors: read } = parse(shifted);
        expect(metadata).toEqual({ ...file.metadata });
        expect([...read.keys()].sort()).toEqual([...file.tensors.keys()].sort());
        for (const [name, tensor] of file.tensors) {
          const { dtype, shape } = read.get(name)!;
          expect({ dtype, shape }).toEqual({ dtype: tensor.dtype, shape: tensor.shape });
          expect(Buffer.compare(bytesOf(read.get(name)!), bytesOf(tensor))).toBe(0);
        }
      }),
      { numRuns: 300 },
    );
  });

  test("tensors start at a multiple of 8", () => {
    const written = serializeSafetensors(small);
    expect(Number(new DataView(written.buffer).getBigUint64(0, true)) % 8).toBe(0);
  });
});

test("Python's safetensors reads it", ({ skip }) => {
  const python = process.env.RWB_PYTHON ?? "python3";
  const script = `
import sys, json
from safetensors import safe_open
with safe_open(sys.argv[1], "np") as f:
    print(json.dumps({"metadata": f.metadata(), "tensors": {k: [str(f.get_tensor(k).dtype), list(f.get_tensor(k).shape), repr(f.get_tensor(k).ravel().tolist())] for k in f.keys()}}))
`;
  if (spawnSync(python, ["-c", "import safetensors, numpy"]).status !== 0) {
    skip(`${python} has no safetensors; RWB_PYTHON names another Python`);
  }
  const folder = mkdtempSync(path.join(os.tmpdir(), "rwb-safetensors-"));
  try {
    const file = path.join(folder, "small.safetensors");
    writeFileSync(file, serializeSafetensors(small));
    const { stdout, stderr, status } = spawnSync(python, ["-c", script, file], { encoding: "utf8" });
    expect({ status, stderr }).toMatchObject({ status: 0 });
    expect(JSON.parse(stdout)).toEqual({
      metadata: small.metadata,
      tensors: {
        "stem.conv.kernel": ["float32", [3, 2], "[1.0, -2.0, 3.5, nan, inf, -0.0]"],
        labels: ["uint8", [3], "[0, 7, 255]"],
        losses: ["float64", [2], "[2.30258509299, 1e-300]"],
        scalar: ["int32", [], "[-7]"],
      },
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

describe("refuses, and says what", () => {
  const tensor = (shape: unknown, data_offsets: unknown, dtype: unknown = "F32") => ({
    a: { dtype, shape, data_offsets },
  });
  const four = new Uint8Array(4);
  const cases: [string, Uint8Array, string][] = [
    ["nothing", new Uint8Array(), "too short"],
    ["a header beyond the file", withHeader({}).subarray(0, 9), "header"],
    ["an element type that it does not know", withHeader(tensor([2], [0, 4], "BF16"), four), "a"],
    ["a negative size", withHeader(tensor([-1], [0, 4]), four), "a"],
    ["half a size", withHeader(tensor([0.5, 2], [0, 4]), four), "a"],
    ["a size as text", withHeader(tensor(["1"], [0, 4]), four), "a"],
    ["too few bytes", withHeader(tensor([2], [0, 4]), four), "'a'"],
    ["too many bytes", withHeader(tensor([1], [0, 8]), new Uint8Array(8)), "'a'"],
    ["bytes beyond the file", withHeader(tensor([1], [4, 8]), four), "'a'"],
    ["bytes backwards", withHeader(tensor([1], [4, 0]), four), "'a'"],
    ["one offset", withHeader(tensor([1], [0]), four), "a"],
    ["a size beyond all numbers", withHeader(tensor(Array(40).fill(2 ** 52), [0, 4]), four), "'a'"],
    ["bytes that no tensor has", withHeader(tensor([1], [0, 4]), new Uint8Array(8)), "cover"],
    ["a gap", withHeader({ ...tensor([1], [4, 8]) }, new Uint8Array(8)), "gap"],
    [
      "tensors that overlap",
      withHeader(
        {
          a: { dtype: "U8", shape: [4], data_offsets: [0, 4] },
          b: { dtype: "U8", shape: [4], data_offsets: [2, 6] },
          c: { dtype: "U8", shape: [2], data_offsets: [8, 10] },
        },
        new Uint8Array(10),
      ),
      "overlap",
    ],
    ["a tensor that is none", withHeader({ a: { kind: "text" } }), "'a'"],
    ["metadata that is no text", withHeader({ __metadata__: { iteration: 3 } }), "__metadata__"],
    ["a list", withHeader("[1, 2]"), "header"],
    ["null", withHeader("null"), "header"],
    ["deep nesting", withHeader("[".repeat(200_000)), "header"],
  ];
  test.for(cases)("%s", ([, bytes, says]) => {
    expect(() => parse(bytes)).toThrow(WorkbenchError);
    expect(() => parse(bytes)).toThrow(says);
  });

  test("a name as objects have it by nature is a tensor like any other, or refused", () => {
    const header =
      '{"__proto__":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"constructor":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}';
    let read: Safetensors | undefined;
    try {
      read = parse(withHeader(header, Uint8Array.of(1, 2)));
    } catch (error) {
      expect(error).toBeInstanceOf(WorkbenchError);
    }
    if (read) expect([...read.tensors.keys()].sort()).toEqual(["__proto__", "constructor"]);
    expect(Object.prototype).not.toHaveProperty("dtype");
  });
});

test("1,000 damaged files: each is read or refused, quickly", () => {
  const written = serializeSafetensors(small);
  const headerEnd = 8 + Number(new DataView(written.buffer).getBigUint64(0, true));
  const inHeader = fc.nat(headerEnd - 1);
  const anywhere = fc.nat(written.length - 1);
  const damage: fc.Arbitrary<(file: Uint8Array) => Uint8Array> = fc.oneof(
    fc.tuple(inHeader, fc.nat(255)).map(([at, byte]) => (file: Uint8Array) => {
      file[at] = byte;
      return file;
    }),
    fc.tuple(inHeader, fc.nat(7)).map(([at, bit]) => (file: Uint8Array) => {
      file[at] ^= 1 << bit;
      return file;
    }),
    anywhere.map((at) => (file: Uint8Array) => file.subarray(0, at)),
    fc.tuple(anywhere, fc.uint8Array({ maxLength: 20 })).map(
      ([at, added]) =>
        (file: Uint8Array) =>
          Buffer.concat([file.subarray(0, at), added, file.subarray(at)]),
    ),
    fc.tuple(anywhere, anywhere).map(
      ([from, to]) =>
        (file: Uint8Array) =>
          Buffer.concat([file.subarray(0, Math.min(from, to)), file.subarray(Math.max(from, to))]),
    ),
    // A digit of the header for another: sizes and offsets that are well formed and wrong.
    fc.tuple(inHeader, fc.nat(9)).map(([at, digit]) => (file: Uint8Array) => {
      const next = file.subarray(at, headerEnd).findIndex((byte) => byte >= 0x30 && byte <= 0x39);
      if (next >= 0) file[at + next] = 0x30 + digit;
      return file;
    }),
  );
  const outcomes = { read: 0, refused: 0 };
  const startMs = performance.now();
  fc.assert(
    fc.property(fc.array(damage, { minLength: 1, maxLength: 4 }), (damages) => {
      const file = damages.reduce<Uint8Array>(
        (bytes, change) => (bytes.length > headerEnd ? change(bytes) : bytes),
        written.slice(),
      );
      try {
        const { tensors: read } = parse(file);
        for (const { data, shape } of read.values()) expect(data.length).toBe(size(shape));
        outcomes.read++;
      } catch (error) {
        expect(error).toBeInstanceOf(WorkbenchError);
        outcomes.refused++;
      }
    }),
    { numRuns: 1000 },
  );
  expect(outcomes.read).toBeGreaterThan(0);
  expect(outcomes.refused).toBeGreaterThan(500);
  expect(performance.now() - startMs).toBeLessThan(20_000);
});
