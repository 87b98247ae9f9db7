import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import type { Device } from "../../src-main/engine/platform.ts";
import { parseSafetensors, type TensorData } from "../../src-main/trainer/safetensors.ts";

/** What a step is made for. */
export interface Setting {
  readonly device: Device;
  /** The check's own workbench folder. */
  readonly home: string;
  /** Of the short trainings. */
  readonly iterations: number;
}

/** What `rwb` said, and how it ended. */
export interface Said {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
  readonly seconds: number;
}

export interface Verdict {
  readonly isGood: boolean;
  /** One line for a person. */
  readonly detail: string;
  /** Numbers to keep. */
  readonly measured?: Readonly<Record<string, number | string>>;
}

/** One thing that is run and judged. */
export interface Step {
  readonly name: string;
  /** What it shows where it passes. */
  readonly shows: string;
  /** Commands of `rwb`, one after the other; the first that fails ends the step. */
  readonly commands: (setting: Setting) => readonly (readonly string[])[];
  readonly environment?: Readonly<Record<string, string>>;
  /** @param said one for each command */
  readonly judge: (said: readonly Said[], setting: Setting) => Verdict;
}

const golden = path.resolve(import.meta.dirname, "..", "golden");
const goldenFiles = (): string[] =>
  readdirSync(golden)
    .filter((file) => file.endsWith(".safetensors"))
    .toSorted();

/** Float32 is to mean float32; the engine says so too, and here it cannot be forgotten. */
const noTf32 = { NVIDIA_TF32_OVERRIDE: "0" };

const linesOf = <T>(schema: z.ZodType<T>, { out }: Said): T[] =>
  out.split("\n").flatMap((line) => {
    try {
      return schema.safeParse(JSON.parse(line)).data ?? [];
    } catch {
      return [];
    }
  });

const checkLine = z.object({ check: z.string(), status: z.string(), detail: z.string() });
const ratioLine = z.object({ tensor: z.string(), ratio: z.union([z.number(), z.string()]) });
const okLine = z.object({ ok: z.boolean() });
const finishedLine = z.object({ type: z.literal("finished"), testAccuracy: z.number() });
const benchLine = z.object({ imagesPerSecond: z.number(), wholeRunImagesPerSecond: z.number() });
const runLine = z.object({ id: z.string(), status: z.string(), seed: z.number() });

const train = ({ home, iterations }: Setting, name: string): string[] => [
  ...["train", "--recipe", "quick", "--set", `training.iterations=${iterations}`],
  ...["--set", `evaluation.everyIterations=${iterations}`, "--set", `checkpoint.everyIterations=${iterations}`],
  ...["--threads", "1", "--home", home, "--out", path.join(home, "check", name), "--json"],
];

/** Weights, momenta and statistics at the end; what the file says of times beside them is of no matter. */
function lastTensors(home: string, name: string): ReadonlyMap<string, Uint8Array> {
  const file = path.join(home, "check", name, "checkpoints", "last.safetensors");
  const { tensors } = parseSafetensors(readFileSync(file), file, "checkpoint-invalid");
  return new Map([...tensors].map(([tensor, { data }]) => [tensor, bytesOf(data)]));
}

const bytesOf = ({ buffer, byteOffset, byteLength }: TensorData): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

const bench = (precision: string): Step => ({
  name: `speed-${precision}`,
  shows: `steps of residual-20 in ${precision}: images a second, to be compared with other machines`,
  commands: () => [
    ["bench", "--family", "residual", "--depth", "20", "--precision", precision, "--steps", "50", "--threads", "1", "--json"],
  ],
  judge: ([said]) => {
    const [speed] = linesOf(benchLine, said);
    if (!speed) return { isGood: false, detail: "it named no speed" };
    return { isGood: speed.imagesPerSecond > 0, detail: `${Math.round(speed.imagesPerSecond)} images/s`, measured: speed };
  },
}); // prettier-ignore

/** In their order; each stands on those before it. */
export const steps: readonly Step[] = [
  {
    name: "set-up",
    shows: "the engine for this device can be fetched and built",
    commands: ({ device }) => [["setup", "--device", device, "--json"]],
    judge: ([said], { device }) => {
      const [engine] = linesOf(z.object({ device: z.string(), tensorflow: z.string(), bytes: z.number() }), said);
      return { isGood: engine?.device === device, detail: `TensorFlow ${engine?.tensorflow} (${engine?.device})` };
    },
  },
  {
    name: "doctor",
    shows: "the engine loads, multiplies, and uses the device",
    commands: ({ home }) => [["doctor", "--home", home, "--json"]],
    judge: ([said], { device }) => {
      const checks = linesOf(checkLine, said);
      const engine = checks.find(({ check }) => check === "engine");
      const hasDevice = device === "cpu" || checks.some(({ check }) => check === "GPU");
      const isGood = engine?.status === "ok" && engine.detail.includes(`(${device})`) && hasDevice;
      const gpus = checks.filter(({ check }) => check === "GPU").map(({ detail }) => detail);
      return { isGood, detail: [engine?.detail ?? "no word of the engine", ...gpus].join("; ") };
    },
  },
  {
    name: "golden",
    shows: "the same trajectory as PyTorch's, tensor by tensor, in float32 without TF32 and in bfloat16",
    commands: () => goldenFiles().map((file) => ["golden", path.join(golden, file), "--json"]),
    environment: noTf32,
    judge: (said) => {
      const files = goldenFiles();
      const worst = said.map((each) => Number(linesOf(ratioLine, each)[0]?.ratio ?? NaN));
      const bad = files.filter((_, at) => !said[at] || linesOf(okLine, said[at]).at(-1)?.ok !== true);
      const largest = Math.max(...worst);
      return {
        isGood: bad.length === 0,
        detail: bad.length > 0 ? `beyond its allowance: ${bad.join(", ")}` : `worst ratio ${largest.toFixed(3)} of 1`,
        measured: Object.fromEntries(
          worst.map((ratio, at) => [files[at], Number.isFinite(ratio) ? ratio : `${ratio}`]),
        ),
      };
    },
  },
  bench("float32"),
  bench("bfloat16"),
  {
    name: "train",
    shows: "a short training comes to its end and learns",
    commands: (setting) => [train(setting, "first")],
    judge: ([said]) => {
      const [end] = linesOf(finishedLine, said);
      if (!end) return { isGood: false, detail: "it did not finish" };
      const detail = `test accuracy ${(100 * end.testAccuracy).toFixed(2)} % after ${said.seconds.toFixed(1)} s`;
      return { isGood: true, detail, measured: { testAccuracy: end.testAccuracy, seconds: said.seconds } };
    },
  },
  {
    name: "determinism",
    shows: "the same training again gives the same bits",
    commands: (setting) => [train(setting, "second")],
    judge: (_, { home }) => {
      const [first, second] = [lastTensors(home, "first"), lastTensors(home, "second")];
      const other = [...first].filter(([name, bytes]) => Buffer.compare(bytes, second.get(name) ?? Buffer.of()) !== 0);
      if (other.length > 0) return { isGood: false, detail: `other bits: ${other.map(([name]) => name).join(", ")}` };
      return { isGood: first.size > 0, detail: `${first.size} tensors are equal, bit by bit` };
    },
  },
  {
    name: "packing",
    shows: "two runs train side by side on the device, and both finish",
    commands: ({ home, iterations }) => [
      [
        ...["queue", "add", "--recipe", "quick", "--seeds", "1,2", "--threads", "1", "--home", home, "--json"],
        ...["--set", `training.iterations=${iterations}`, "--set", `evaluation.everyIterations=${iterations}`],
      ],
      ["queue", "run", "--home", home],
      ["runs", "--home", home, "--json"],
    ],
    judge: ([, run, listed], { home }) => {
      const runs = linesOf(runLine, listed);
      const isDone = runs.length === 2 && runs.every(({ status }) => status === "finished");
      const spans = runs.map(({ id }) => spanOf(path.join(home, "runs", id, "events.ndjson")));
      const together = isDone ? Math.min(...spans.map(([, to]) => to)) - Math.max(...spans.map(([from]) => from)) : 0;
      const words = `${runs.map(({ status }) => status).join(" and ")} in ${run.seconds.toFixed(1)} s`;
      return {
        isGood: isDone && together > 0,
        detail:
          together > 0 ? `${words}, ${(together / 1000).toFixed(1)} s of it side by side` : `${words}, one by one`,
        measured: { seconds: run.seconds, togetherMs: together },
      };
    },
  },
];

const eventTime = z.object({ type: z.string(), timeMs: z.number() });

/** From a run's first event to its last, in milliseconds since 1970. */
function spanOf(log: string): [number, number] {
  const events = linesOf(eventTime, { code: 0, out: readFileSync(log, "utf8"), err: "", seconds: 0 });
  return [events[0]?.timeMs ?? 0, events.at(-1)?.timeMs ?? 0];
}
