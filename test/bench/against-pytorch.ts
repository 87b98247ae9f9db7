/**
 * The step and the whole loop beside PyTorch, in one sitting: rounds alternate between the two, the best of each counts.
 * Run on a quiet machine, nothing else running:
 *
 *     node bin/rwb.mjs setup && node_modules/node-*\/bin/node test/bench/against-pytorch.ts \
 *       --python PYTHON --script torch_resnet.py --data cifar-10-batches-bin [--rounds 2] [--steps 8] [--only bare|train|packed]
 *
 * PYTHON has torch, torchvision and numpy; torch_resnet.py is the peer's script (bench and train).
 */
import { execFile } from "node:child_process";
import { loadavg } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";

const run = promisify(execFile);
const main = fileURLToPath(new URL("../../src-main/cli/main.ts", import.meta.url));
const { values } = parseArgs({
  options: {
    python: { type: "string", default: "python3" },
    script: { type: "string" },
    data: { type: "string" },
    rounds: { type: "string", default: "2" },
    steps: { type: "string", default: "8" },
    only: { type: "string" },
    depths: { type: "string", default: "20,56" },
  },
});
const rounds = Number(values.rounds);

const rateOf = (text: string): number =>
  Number(/([\d.]+) images\/s/.exec(text.split("\n").findLast((line) => line.startsWith("torch"))!)![1]);

async function torch(...args: string[]): Promise<number> {
  const { stdout } = await run(values.python, [values.script!, ...args]);
  return rateOf(stdout);
}

async function ours(depth: string, precision: string, threads: string) {
  const args = [
    main,
    "bench",
    "--depth",
    depth,
    "--precision",
    precision,
    "--threads",
    threads,
    "--steps",
    values.steps,
    "--json",
  ];
  const { stdout } = await run(process.execPath, args);
  return JSON.parse(stdout) as { imagesPerSecond: number; wholeRunImagesPerSecond: number; peakMemoryBytes: number };
}

const best = (rates: number[]) => Math.max(...rates);
const line = (...cells: (string | number)[]) =>
  console.log(
    `| ${cells.map((cell) => (typeof cell === "number" ? cell.toFixed(cell < 10 ? 2 : 0) : cell)).join(" | ")} |`,
  );

console.log(`load before: ${loadavg()[0].toFixed(2)}`);
const cells = values.depths
  .split(",")
  .flatMap((depth) => ["float32", "bfloat16"].map((precision) => ({ depth, precision })));

if (!values.only || values.only === "bare") {
  line(
    "network",
    "threads",
    "ours bare",
    "ours whole loop",
    "PyTorch bare",
    "bare / PyTorch",
    "whole / bare",
    "peak MB",
  );
  for (const { depth, precision } of cells) {
    for (const threads of ["1", "2"]) {
      const [bare, whole, peer, peak]: number[][] = [[], [], [], []];
      for (let round = 0; round < rounds; round++) {
        peer.push(
          await torch(
            "bench",
            "--depth",
            depth,
            "--precision",
            precision,
            "--threads",
            threads,
            "--steps",
            values.steps,
          ),
        );
        const result = await ours(depth, precision, threads);
        bare.push(result.imagesPerSecond);
        whole.push(result.wholeRunImagesPerSecond);
        peak.push(result.peakMemoryBytes / 1e6);
      }
      line(
        `residual-${depth} ${precision}`,
        threads,
        best(bare),
        best(whole),
        best(peer),
        best(bare) / best(peer),
        best(whole) / best(bare),
        best(peak),
      );
    }
  }
}

if (!values.only || values.only === "train") {
  line("network", "ours, both cores", "script, workers 0", "workers 1", "workers 2", "ours / best");
  for (const { depth, precision } of cells) {
    const [whole, ...peers]: number[][] = [[], [], [], []];
    for (let round = 0; round < rounds; round++) {
      whole.push((await ours(depth, precision, "2")).wholeRunImagesPerSecond);
      for (const [index, workers] of ["0", "1", "2"].entries()) {
        peers[index].push(
          await torch(
            "train",
            "--depth",
            depth,
            "--precision",
            precision,
            "--data",
            values.data!,
            "--steps",
            "45",
            "--workers",
            workers,
          ),
        );
      }
    }
    line(`residual-${depth} ${precision}`, best(whole), ...peers.map(best), best(whole) / best(peers.flat()));
  }
}

if (!values.only || values.only === "packed") {
  line("network", "ours, two runs of one thread", "script, two packed", "ours / script packed");
  for (const { depth, precision } of cells) {
    const [packed, peer]: number[][] = [[], []];
    for (let round = 0; round < rounds; round++) {
      const two = await Promise.all([ours(depth, precision, "1"), ours(depth, precision, "1")]);
      packed.push(two.reduce((sum, { wholeRunImagesPerSecond }) => sum + wholeRunImagesPerSecond, 0));
      process.env.OMP_NUM_THREADS = "1";
      const args = [
        "train",
        "--depth",
        depth,
        "--precision",
        precision,
        "--data",
        values.data!,
        "--steps",
        "45",
        "--workers",
        "0",
      ];
      const scripts = await Promise.all([torch(...args), torch(...args)]);
      delete process.env.OMP_NUM_THREADS;
      peer.push(scripts.reduce((sum, rate) => sum + rate, 0));
    }
    line(`residual-${depth} ${precision}`, best(packed), best(peer), best(packed) / best(peer));
  }
}
