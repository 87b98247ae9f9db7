import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { z } from "zod";
import { WorkbenchError } from "../../src-shared/errors.ts";
import { families, precisions, shortcuts } from "../../src-shared/runConfig.ts";
import { buildProgram, largestDivisor, type Program, type ProgramOptions } from "../compiler/program.ts";
import { parseSafetensors, type ElementType, type Safetensors, type StoredTensor } from "./safetensors.ts";
import { openSession, type Session } from "./session.ts";
import { stateFromTensors, stateToTensors } from "./state.ts";

/**
 * Golden trajectories: what an independent implementation (PyTorch, in float64) computed, step by step, and how near
 * this one must come. The file carries its own allowances; test/golden/README.md says how it is made.
 */
export interface GoldenComparison {
  readonly tensor: string;
  readonly difference: number;
  readonly allowed: number;
  /** difference / allowed; more than 1 fails. */
  readonly ratio: number;
}

const count = z.coerce.number().int().min(1).max(1_000_000);
const flag = z.enum(["true", "false"]).transform((value) => value === "true");
const metadataSchema = z.object({
  family: z.enum(families),
  depth: z.coerce.number().int().min(8).max(1202),
  width: count,
  classes: z.coerce.number().int().min(2).max(256),
  shortcut: z.enum(shortcuts),
  batch: count,
  steps: count,
  lr: z.coerce.number().positive(),
  momentum: z.coerce.number().min(0).lt(1),
  nesterov: flag,
  weightDecay: z.coerce.number().min(0),
  decays: z.enum(["all", "kernels"]),
  labelSmoothing: z.coerce.number().min(0).lt(1),
  precision: z.enum(precisions),
});
type Settings = z.infer<typeof metadataSchema>;

/**
 * Replays the file's trajectory with `threads` cores; comparisons come worst first. `build` is there for tests, which
 * replay programs that are wrong on purpose.
 * @throws WorkbenchError `golden-invalid`, naming the tensor, where the file is damaged
 */
export async function replayGolden(
  file: string,
  threads: number,
  build: (options: ProgramOptions) => Program = buildProgram,
): Promise<GoldenComparison[]> {
  const golden = new GoldenFile(file);
  const { settings } = golden;
  const lanes = largestDivisor(settings.batch, threads);
  const folder = mkdtempSync(path.join(os.tmpdir(), "rwb-golden-"));
  try {
    const files = { images: path.join(folder, "images.u8"), labels: path.join(folder, "labels.u8") };
    writeFileSync(files.images, golden.images);
    writeFileSync(files.labels, golden.labels);
    const program = build({
      network: { ...settings, initialization: "he-normal" },
      classes: settings.classes,
      precision: settings.precision,
      training: { ...settings, batchSize: settings.batch },
      lanes,
      images: { kind: "pool", files: [{ ...files, count: golden.labels.length }] },
      probe: false,
    });
    golden.checkTensors(program);
    const session = await openSession(program, { lanes, precision: settings.precision });
    try {
      return compare(golden, program, session);
    } finally {
      session.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function compare(golden: GoldenFile, program: Program, session: Session): GoldenComparison[] {
  const { batch, steps, lr, classes } = golden.settings;
  const start = stateFromTensors(program.layout, golden.tensors, golden.refuse, { momentum: "zero" });
  session.run("loadData", { mean: golden.mean, divisor: new Float32Array(3).fill(255) });
  session.run("restore", { ...start });
  const transforms = Float32Array.from({ length: batch * 8 }, (_, i) => (i % 8 === 0 || i % 8 === 4 ? 1 : 0));
  const comparisons: GoldenComparison[] = [];
  const losses: number[] = [];
  for (let step = 0; step < steps; step++) {
    const indices = Int32Array.from({ length: batch }, (_, i) => step * batch + i);
    const { loss } = session.run("train", { indices, transforms, learningRate: Float32Array.of(lr) });
    losses.push(loss[0]);
    if (step === 0) comparisons.push(...compareFirstUpdate(golden, program, session));
  }

  const allowedLosses = golden.allowed("golden.losses", steps);
  const lossRatios = losses.map((loss, step) => {
    const difference = Math.abs(loss - golden.losses[step]);
    return {
      tensor: "golden.losses",
      difference,
      allowed: allowedLosses[step],
      ratio: difference / allowedLosses[step],
    };
  });
  comparisons.push(lossRatios.reduce(worse));

  const logits = evaluateFirst(program, session, batch).subarray(0, batch * classes);
  const difference = logits.reduce((most, value, i) => maximum(most, Math.abs(value - golden.logits[i])), 0);
  const [allowed] = golden.allowed("golden.logits", 1);
  comparisons.push({ tensor: "golden.logits", difference, allowed, ratio: difference / allowed });
  return comparisons.sort((a, b) => (worse(a, b) === a ? -1 : 1));
}

/** Every tensor after the first step: the update's distance from the reference's, relative to the latter (2-norms). */
function compareFirstUpdate(golden: GoldenFile, program: Program, session: Session): GoldenComparison[] {
  const { weights, momentum, averages } = session.run("snapshot", {});
  const after = stateToTensors(program.layout, { weights, momentum, averages });
  return tensorNames(program).map((name) => {
    const before = golden.tensors.get(name)!.data;
    const reference = golden.tensors.get(`after1.${name}`)!.data;
    const ours = after.get(name)!.data;
    let squaredDifference = 0;
    let squaredReference = 0;
    for (let i = 0; i < before.length; i++) {
      squaredDifference += (ours[i] - reference[i]) ** 2;
      squaredReference += (reference[i] - before[i]) ** 2;
    }
    const difference = squaredDifference === 0 ? 0 : Math.sqrt(squaredDifference / squaredReference);
    const [allowed] = golden.allowed(`after1.${name}`, 1);
    return { tensor: `after1.${name}`, difference, allowed, ratio: difference / allowed };
  });
}

function evaluateFirst(program: Program, session: Session, images: number): Float32Array {
  const { evaluationBatch, architecture } = program;
  const logits = new Float32Array(Math.ceil(images / evaluationBatch) * evaluationBatch * architecture.classes);
  for (let from = 0; from < images; from += evaluationBatch) {
    const indices = Int32Array.from({ length: evaluationBatch }, (_, i) => (from + i < images ? from + i : 0));
    logits.set(session.run("evaluate", { indices }).logits, from * architecture.classes);
  }
  return logits;
}

/** Not a number is worse than any number. */
const worse = (a: GoldenComparison, b: GoldenComparison): GoldenComparison =>
  Number.isNaN(a.ratio) || a.ratio > b.ratio ? a : b;
const maximum = (a: number, b: number): number => (Number.isNaN(a) || Number.isNaN(b) ? NaN : Math.max(a, b));

function largest(values: Float32Array | Float64Array): number {
  let most = 0;
  for (const value of values) most = Math.max(most, Math.abs(value));
  return most;
}

export const isWithinAllowance = ({ ratio }: GoldenComparison): boolean => ratio <= 1;

const tensorNames = ({ layout }: Program): string[] => [...layout.weights, ...layout.averages].map(({ name }) => name);

/** A golden file, with every tensor looked at before it is believed. */
class GoldenFile {
  readonly settings: Settings;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly refuse: (problem: string) => never;

  constructor(file: string) {
    this.refuse = (problem) => {
      throw new WorkbenchError("golden-invalid", `${file}: ${problem}`, {
        mend: "Make the file anew with `torch_resnet.py golden` (test/golden/README.md).",
      });
    };
    const { metadata, tensors } = readGolden(file);
    const settings = metadataSchema.safeParse(metadata);
    if (!settings.success) this.refuse(`its metadata: ${z.prettifyError(settings.error)}`);
    this.settings = settings.data!;
    if (this.settings.depth % 6 !== 2) this.refuse(`depth ${this.settings.depth} is not 6n + 2`);
    this.tensors = tensors;
  }

  get images(): Uint8Array {
    const { batch, steps } = this.settings;
    return this.#tensor("golden.images", "U8", [batch * steps, 32, 32, 3]) as Uint8Array;
  }

  get labels(): Uint8Array {
    const { batch, steps, classes } = this.settings;
    const labels = this.#tensor("golden.labels", "U8", [batch * steps]) as Uint8Array;
    if (labels.some((label) => label >= classes)) this.refuse("'golden.labels' has a label out of range");
    return labels;
  }

  get mean(): Float32Array {
    return this.#finite("golden.mean", "F32", [32, 32, 3]) as Float32Array;
  }

  get losses(): Float64Array {
    return this.#finite("golden.losses", "F64", [this.settings.steps]) as Float64Array;
  }

  get logits(): Float32Array {
    return this.#finite("golden.logits", "F32", [this.settings.batch, this.settings.classes]) as Float32Array;
  }

  allowed(name: string, length: number): Float64Array {
    const allowed = this.#finite(`allowed.${name}`, "F64", [length]) as Float64Array;
    if (allowed.some((value) => value <= 0)) this.refuse(`'allowed.${name}' is not positive`);
    const most = this.#largestAllowance(name);
    if (allowed.some((value) => value > most))
      this.refuse(`'allowed.${name}' is more than ${most}: it allows anything`);
    return allowed;
  }

  /** torch_resnet.py writes no trajectory that allows more, since that could not tell right from wrong. */
  #largestAllowance(name: string): number {
    switch (name) {
      case "golden.losses":
        return largest(this.losses);
      case "golden.logits":
        return largest(this.logits) / 2;
      default:
        return this.settings.precision === "bfloat16" ? 0.8 : 0.5;
    }
  }

  /** Exactly the tensors of the format, of the right shapes and types: none missing, none extra. */
  checkTensors(program: Program): void {
    const { steps } = this.settings;
    void [this.images, this.labels, this.mean, this.losses, this.logits];
    void [this.allowed("golden.losses", steps), this.allowed("golden.logits", 1)];
    const known = new Set(["images", "labels", "mean", "losses", "logits"].map((name) => `golden.${name}`));
    known.add("allowed.golden.losses").add("allowed.golden.logits");
    for (const { name, shape } of [...program.layout.weights, ...program.layout.averages]) {
      this.#finite(name, "F32", shape);
      this.#finite(`after1.${name}`, "F32", shape);
      this.allowed(`after1.${name}`, 1);
      known.add(name).add(`after1.${name}`).add(`allowed.after1.${name}`);
    }
    for (const name of this.tensors.keys()) if (!known.has(name)) this.refuse(`tensor '${name}' does not belong here`);
  }

  #finite(name: string, dtype: ElementType, shape: readonly number[]): Float32Array | Float64Array {
    const data = this.#tensor(name, dtype, shape) as Float32Array | Float64Array;
    if (!data.every(Number.isFinite)) this.refuse(`tensor '${name}' has a value that is not finite`);
    return data;
  }

  #tensor(name: string, dtype: ElementType, shape: readonly number[]): StoredTensor["data"] {
    const tensor = this.tensors.get(name);
    if (!tensor) return this.refuse(`tensor '${name}' is missing`);
    const expected = `${dtype}[${shape.join(", ")}]`;
    const found = `${tensor.dtype}[${tensor.shape.join(", ")}]`;
    return found === expected ? tensor.data : this.refuse(`tensor '${name}' is ${found}, not ${expected}`);
  }
}

function readGolden(file: string): Safetensors {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    throw new WorkbenchError("usage", `The golden file cannot be read: ${(error as Error).message}`, { cause: error });
  }
  return parseSafetensors(bytes, file, "golden-invalid");
}
