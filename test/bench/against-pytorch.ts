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

interface Cell {
  readonly depth: string;
  readonly precision: string;
}

const network = ({ depth, precision }: Cell): string[] => ["--depth", depth, "--precision", precision];

async function torch(args: string[], env: Record<string, string> = {}): Promise<number> {
  const { stdout } = await run(values.python, [values.script!, ...args], { env: { ...process.env, ...env } });
  const last = stdout.split("\n").findLast((text) => text.startsWith("torch"))!;
  return Number(/([\d.]+) images\/s/.exec(last)![1]);
}

const torchStep = (cell: Cell, threads: string): Promise<number> =>
  torch(["bench", ...network(cell), "--threads", threads, "--steps", values.steps]);

const scriptSteps = "45";
const torchScript = (cell: Cell, workers: string, env?: Record<string, string>): Promise<number> =>
  torch(["train", ...network(cell), "--data", values.data!, "--steps", scriptSteps, "--workers", workers], env);

async function ours(cell: Cell, threads: string) {
  const args = [main, "bench", ...network(cell), "--threads", threads, "--steps", values.steps, "--json"];
  const { stdout } = await run(process.execPath, args);
  return JSON.parse(stdout) as { imagesPerSecond: number; wholeRunImagesPerSecond: number; peakMemoryBytes: number };
}

const sum = (rates: number[]) => rates.reduce((total, rate) => total + rate, 0);
const best = (rates: number[]) => Math.max(...rates);
const line = (...cells: (string | number)[]) =>
  console.log(
    `| ${cells.map((cell) => (typeof cell === "number" ? cell.toFixed(cell < 10 ? 2 : 0) : cell)).join(" | ")} |`,
  );

const title = ({ depth, precision }: Cell): string => `residual-${depth} ${precision}`;

async function bareTable(cells: readonly Cell[]): Promise<void> {
  line("network", "threads", "ours bare", "whole loop", "PyTorch bare", "bare / PyTorch", "whole / bare", "peak MB");
  for (const cell of cells) {
    for (const threads of ["1", "2"]) {
      const [bare, whole, peer, peak]: number[][] = [[], [], [], []];
      for (let round = 0; round < rounds; round++) {
        peer.push(await torchStep(cell, threads));
        const result = await ours(cell, threads);
        bare.push(result.imagesPerSecond);
        whole.push(result.wholeRunImagesPerSecond);
        peak.push(result.peakMemoryBytes / 1e6);
      }
      const ratios = [best(bare) / best(peer), best(whole) / best(bare)];
      line(title(cell), threads, best(bare), best(whole), best(peer), ...ratios, best(peak));
    }
  }
}

async function scriptTable(cells: readonly Cell[]): Promise<void> {
  line("network", "ours, both cores", "script, workers 0", "workers 1", "workers 2", "ours / best");
  for (const cell of cells) {
    const [whole, ...peers]: number[][] = [[], [], [], []];
    for (let round = 0; round < rounds; round++) {
      whole.push((await ours(cell, "2")).wholeRunImagesPerSecond);
      for (const [index, workers] of ["0", "1", "2"].entries()) peers[index].push(await torchScript(cell, workers));
    }
    line(title(cell), best(whole), ...peers.map(best), best(whole) / best(peers.flat()));
  }
}

async function packedTable(cells: readonly Cell[]): Promise<void> {
  line("network", "ours, two runs of one thread", "script, two packed", "ours / script packed");
  for (const cell of cells) {
    const [packed, peer]: number[][] = [[], []];
    for (let round = 0; round < rounds; round++) {
      const two = await Promise.all([ours(cell, "1"), ours(cell, "1")]);
      packed.push(sum(two.map(({ wholeRunImagesPerSecond }) => wholeRunImagesPerSecond)));
      const oneThread = { OMP_NUM_THREADS: "1" };
      peer.push(sum(await Promise.all([torchScript(cell, "0", oneThread), torchScript(cell, "0", oneThread)])));
    }
    line(title(cell), best(packed), best(peer), best(packed) / best(peer));
  }
}

const tables = { bare: bareTable, train: scriptTable, packed: packedTable };
const cells = values.depths
  .split(",")
  .flatMap((depth) => ["float32", "bfloat16"].map((precision): Cell => ({ depth, precision })));
console.log(`load before: ${loadavg()[0].toFixed(2)}`);
for (const [name, table] of Object.entries(tables)) if (!values.only || values.only === name) await table(cells);
