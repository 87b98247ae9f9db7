import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import type { History } from "../../src-main/history/index.ts";
import { parseSafetensors } from "../../src-main/trainer/safetensors.ts";

/** What of a run must be the same to the last bit, whatever happened on the way: a digest of each part. */
export type Facts = Readonly<Record<string, string>>;

export function factsOf(history: History, home: string, id: string): Facts {
  const series = (["loss", "accuracy", "learningRate"] as const).map((name) => {
    const { from, values } = history.series.read(id, name);
    return [`series ${name}`, `from ${from}, ${values.length} values, ${digest(values)}`];
  });
  const evaluations = history.evaluations
    .of(id)
    .map(({ iteration, testLoss, testAccuracy }) => [
      `evaluation after ${iteration}`,
      `loss ${testLoss}, accuracy ${testAccuracy}, predictions ${digest(history.evaluations.predictions(id, iteration)!)}`,
    ]);
  const probes = history.probes
    .of(id)
    .map(({ iteration, responses, gradientNorms }) => [
      `probe at ${iteration}`,
      digest(Buffer.from(JSON.stringify([responses, gradientNorms]))),
    ]);
  return Object.fromEntries([...series, ...evaluations, ...probes, ...tensorsOf(home, id)]) as Facts;
}

function tensorsOf(home: string, id: string): [string, string][] {
  const file = path.join(home, "runs", id, "checkpoints", "last.safetensors");
  if (!existsSync(file)) return [];
  const { tensors, metadata } = parseSafetensors(readFileSync(file), file, "checkpoint-invalid");
  const digests = [...tensors].map(([name, { data }]): [string, string] => [`tensor ${name}`, digest(data)]);
  return [["checkpoint's iteration", metadata.iteration], ...digests];
}

const digest = (data: ArrayBufferView): string =>
  createHash("sha256")
    .update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
    .digest("hex")
    .slice(0, 16);
