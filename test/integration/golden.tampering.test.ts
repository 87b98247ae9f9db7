import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WorkbenchError } from "../../src-shared/errors.ts";
import { isWithinAllowance, replayGolden } from "../../src-main/trainer/golden.ts";
import { parseSafetensors, serializeSafetensors, type StoredTensor } from "../../src-main/trainer/safetensors.ts";
import { trajectoryFile } from "../golden/trajectories.ts";
import { rwb } from "./rwb.ts";

const original = readFileSync(trajectoryFile("residual-none"));
let folder: string;
let file: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), "rwb-tampering-"));
  file = path.join(folder, "trajectory.safetensors");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Parts {
  readonly metadata: Record<string, string>;
  readonly tensors: Map<string, StoredTensor>;
}

/** The trajectory with something changed. */
function tampered(change: (parts: Parts) => void): void {
  const { metadata, tensors } = parseSafetensors(original, "original", "golden-invalid");
  const parts = { metadata: { ...metadata }, tensors: new Map(tensors) };
  change(parts);
  writeFileSync(file, serializeSafetensors(parts));
}

const refusal = async (): Promise<WorkbenchError> => {
  const error: unknown = await replayGolden(file, 1).then(
    () => "accepted",
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(WorkbenchError);
  return error as WorkbenchError;
};

/** A value flipped: another sign, or the highest bit of a byte. */
function flip({ data }: StoredTensor, index: number): void {
  if (data instanceof Uint8Array) data[index] ^= 0x80;
  else data[index] = data[index] === 0 ? 1e-3 : -data[index];
}

describe("one flipped value is a difference", () => {
  const cases = [
    "stem.conv.kernel", "stage2.block1.bn1.gamma", "stem.bn.beta", "stem.bn.mean", "stage3.block1.bn2.variance",
    "head.kernel", "head.bias", "golden.losses", "golden.logits", "golden.mean",
    "after1.stem.conv.kernel", "after1.stage3.block1.conv2.kernel", "after1.stage2.block1.bn1.gamma",
    "after1.stem.bn.mean", "after1.stem.bn.variance", "after1.head.bias",
    // One pixel of the first batch; one of a later batch moves less than rounding may, and no replay could tell.
    "golden.images",
  ]; // prettier-ignore
  test.for(cases)("%s", async (name) => {
    tampered(({ tensors }) => flip(tensors.get(name)!, 0));
    const comparisons = await replayGolden(file, 1);
    expect(comparisons.every(isWithinAllowance)).toBe(false);
    const tensorItself = comparisons.find(({ tensor }) => tensor === name || tensor === `after1.${name}`);
    if (tensorItself) expect(isWithinAllowance(tensorItself)).toBe(false);
  });

  test.for([0, 16, 31])("golden.labels, image %i", async (image) => {
    tampered(({ tensors }) => {
      const { data } = tensors.get("golden.labels")!;
      data[image] = (data[image] + 1) % 10;
    });
    expect((await replayGolden(file, 1)).every(isWithinAllowance)).toBe(false);
  });
});

describe("a damaged file is refused, and the message names what is wrong", () => {
  const replace = (name: string, change: (tensor: StoredTensor) => StoredTensor) => (parts: Parts) =>
    parts.tensors.set(name, change(parts.tensors.get(name)!));
  const setValue = (name: string, value: number) => (parts: Parts) => (parts.tensors.get(name)!.data[0] = value);
  const remove = (name: string) => (parts: Parts) => parts.tensors.delete(name);
  const reshape = (name: string, shape: number[]) => replace(name, (tensor) => ({ ...tensor, shape }));
  const doubled = (name: string) =>
    replace(name, ({ shape, data }) => ({ dtype: "F64", shape, data: Float64Array.from(data) }));

  const cases: { title: string; names: string; change: (parts: Parts) => unknown }[] = [
    ...["stem.conv.kernel", "after1.head.bias", "golden.losses", "golden.images", "allowed.after1.stem.bn.mean"].map(
      (name) => ({ title: `without ${name}`, names: `'${name}' is missing`, change: remove(name) }),
    ),
    {
      title: "an extra tensor",
      names: "'stage9.block1.conv1.kernel' does not belong here",
      change: ({ tensors }) => tensors.set("stage9.block1.conv1.kernel", tensors.get("stem.bn.mean")!),
    },
    {
      title: "a projection's tensor in a network without",
      names: "'stage2.block1.shortcut.bn.gamma'",
      change: ({ tensors }) => tensors.set("stage2.block1.shortcut.bn.gamma", tensors.get("stage2.block1.bn1.gamma")!),
    },
    { title: "another shape", names: "'stem.conv.kernel' is F32[27, 8]", change: reshape("stem.conv.kernel", [27, 8]) },
    { title: "transposed", names: "'head.kernel' is F32[10, 32]", change: reshape("head.kernel", [10, 32]) },
    { title: "losses as a column", names: "'golden.losses' is F64[4, 1]", change: reshape("golden.losses", [4, 1]) },
    { title: "kernel as float64", names: "'stem.conv.kernel' is F64", change: doubled("stem.conv.kernel") },
    { title: "logits as float64", names: "'golden.logits' is F64", change: doubled("golden.logits") },
    {
      title: "labels as int32",
      names: "'golden.labels' is I32",
      change: replace("golden.labels", ({ shape, data }) => ({ dtype: "I32", shape, data: Int32Array.from(data) })),
    },
    ...["stem.conv.kernel", "after1.stem.bn.mean", "golden.mean", "golden.losses", "golden.logits"].flatMap((name) => [
      { title: `NaN in ${name}`, names: `'${name}' has a value that is not finite`, change: setValue(name, NaN) },
      { title: `Infinity in ${name}`, names: `'${name}'`, change: setValue(name, Infinity) },
    ]),
    ...["golden.losses", "golden.logits", "after1.head.bias"].flatMap((name) =>
      [NaN, Infinity, 0, -0.001, 1e6].map((value) => ({
        title: `${value} allowed for ${name}`,
        names: `'allowed.${name}'`,
        change: setValue(`allowed.${name}`, value),
      })),
    ),
    { title: "a label out of range", names: "'golden.labels'", change: setValue("golden.labels", 10) },
    { title: "fewer steps than images", names: "'golden.images'", change: ({ metadata }) => (metadata.steps = "3") },
    {
      title: "more layers than tensors",
      names: "'stage1.block2.conv1.kernel'",
      change: ({ metadata }) => (metadata.depth = "14"),
    },
    { title: "depth 9", names: "depth 9", change: ({ metadata }) => (metadata.depth = "9") },
    { title: "another width", names: "'stem.conv.kernel'", change: ({ metadata }) => (metadata.width = "16") },
    {
      title: "no metadata",
      names: "family",
      change: ({ metadata }) => Object.keys(metadata).forEach((key) => delete metadata[key]),
    },
    { title: "an unknown precision", names: "precision", change: ({ metadata }) => (metadata.precision = "float16") },
    { title: "a learning rate that is no number", names: "lr", change: ({ metadata }) => (metadata.lr = "fast") },
    { title: "steps beyond reason", names: "steps", change: ({ metadata }) => (metadata.steps = "1e12") },
  ];

  test.for(cases)("$title", async ({ names, change }) => {
    tampered(change);
    const error = await refusal();
    expect(error.code).toBe("golden-invalid");
    expect(error.message).toContain(names);
    expect(error.mend).toBeTruthy();
  });

  const header = (length: bigint, rest: Uint8Array | string): Uint8Array => {
    const head = Buffer.alloc(8);
    head.writeBigUInt64LE(length);
    return Buffer.concat([head, typeof rest === "string" ? Buffer.from(rest) : rest]);
  };
  const bytes: [string, Uint8Array][] = [
    ["empty", new Uint8Array()],
    ["seven bytes", original.subarray(0, 7)],
    ["cut in the header", original.subarray(0, 400)],
    ["cut in the tensors", original.subarray(0, original.length - 1)],
    ["a byte too many", Buffer.concat([original, Buffer.of(0)])],
    ["a huge header", header(2n ** 64n - 1n, original.subarray(8))],
    ["a header of 2^53", header(2n ** 53n, original.subarray(8))],
    ["a header beyond the file", header(BigInt(original.length), original.subarray(8))],
    ["a header that is not JSON", header(12n, '{"a": oops}  ')],
    ["a header that is a list", header(2n, "[]")],
    ["a header that is not UTF-8", header(4n, Uint8Array.of(0x7b, 0xff, 0xfe, 0x7d))],
    ["text", Buffer.from("not a safetensors file at all, just some words")],
  ];
  test.for(bytes)("%s", async ([, content]) => {
    writeFileSync(file, content);
    expect((await refusal()).code).toBe("golden-invalid");
  });

  test("no such file is wrong usage", async () => {
    rmSync(file, { force: true });
    expect((await refusal()).exitCode).toBe(2);
  });
});

describe("rwb golden", () => {
  const run = (...args: string[]) => rwb(["golden", ...args], folder);
  const objects = (stdout: string) =>
    stdout.trimEnd().split("\n").map((line) => JSON.parse(line) as Record<string, unknown>); // prettier-ignore

  test("--json: a comparison a line, worst first, then the verdict, and nothing else", async () => {
    const { code, out: stdout } = await run(trajectoryFile("residual-none"), "--threads", "2", "--json");
    expect(code).toBe(0);
    const lines = objects(stdout);
    expect(lines.pop()).toEqual({ ok: true });
    for (const line of lines) {
      expect(Object.keys(line)).toEqual(["tensor", "difference", "allowed", "ratio"]);
      expect(line.ratio).toBeCloseTo(Number(line.difference) / Number(line.allowed), 9);
    }
    const ratios = lines.map(({ ratio }) => Number(ratio));
    expect(ratios).toEqual([...ratios].sort((a, b) => b - a));
    const stored = [...parseSafetensors(original, "original", "golden-invalid").tensors.keys()];
    const compared = stored.filter((name) => name.startsWith("allowed.")).map((name) => name.slice("allowed.".length));
    expect(lines.map(({ tensor }) => tensor).sort()).toEqual(compared.sort());
  });

  test("a difference: exit 1, and the tensor stands first", async () => {
    tampered(({ tensors }) => flip(tensors.get("golden.losses")!, 0));
    const { code, out: stdout } = await run(file, "--json");
    expect(code).toBe(1);
    const lines = objects(stdout);
    expect(lines[0].tensor).toBe("golden.losses");
    expect(lines.at(-1)).toEqual({ ok: false });
  });

  test("a missing tensor: exit 1, named on standard error, standard output empty", async () => {
    tampered(({ tensors }) => tensors.delete("after1.head.bias"));
    const { code, out: stdout, err: stderr } = await run(file, "--json");
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain("'after1.head.bias' is missing");
  });

  test("a truncated file: exit 1; no file: exit 2", async () => {
    writeFileSync(file, original.subarray(0, 100_000));
    expect((await run(file)).code).toBe(1);
    expect((await run(path.join(folder, "nowhere.safetensors"))).code).toBe(2);
  });
});
