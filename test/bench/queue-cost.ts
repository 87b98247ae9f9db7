/**
 * What the queue costs and gains, on a quiet machine, with the imported CIFAR-10:
 *
 *     RWB_HOME=HOME node_modules/node-*\/bin/node test/bench/queue-cost.ts --only supervision|packing [--rounds 3] [--iterations 200]
 *
 * supervision: a run's loop under the queue beside the same under `rwb train`, by turns; the best of each counts.
 * packing: eight runs of residual-20, one thread each side by side, beside the same eight one after the other with all
 * cores. The last line is JSON.
 */
import { cpSync } from "node:fs";
import { availableParallelism, loadavg } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { gridConfigs } from "../../src-shared/grid.ts";
import { workbenchHome } from "../../src-main/home.ts";
import { openWorkbench } from "../../src-main/workbench.ts";
import { rwb } from "../integration/rwb.ts";
import { eventsOf, temporaryFolder } from "../integration/trainFixture.ts";

const { values } = parseArgs({
  options: {
    only: { type: "string", default: "supervision" },
    rounds: { type: "string", default: "3" },
    iterations: { type: "string", default: "200" },
    depth: { type: "string", default: "20" },
    precision: { type: "string", default: "float32" },
    runs: { type: "string", default: "8" },
  },
});
const iterations = Number(values.iterations);
const set = [`training.iterations=${iterations}`, "evaluation.everyIterations=100000", `precision=${values.precision}`];
const configs = (seeds: number[]) =>
  gridConfigs({ recipe: "course", families: ["residual"], depths: [Number(values.depth)], seeds, set });

function newHome() {
  const folder = temporaryFolder();
  cpSync(path.join(workbenchHome(), "datasets"), path.join(folder.path, "datasets"), { recursive: true });
  return folder;
}

/** Milliseconds an iteration between the first and the last progress event: start and last evaluation apart. */
function loopMs(run: string): number {
  const progress = eventsOf(run).filter((event) => event.type === "progress");
  const [first, last] = [progress[0], progress.at(-1)!];
  const count = last.fromIteration + last.loss.length - first.fromIteration - first.loss.length;
  return (last.timeMs - first.timeMs) / count;
}

async function queued(
  home: string,
  seeds: number[],
  threads: number | undefined,
): Promise<{ ms: number; ids: string[] }> {
  const workbench = await openWorkbench({ home });
  const runs = await workbench.runs.add(configs(seeds).map((config) => ({ config, recipe: "course", threads })));
  const startMs = performance.now();
  workbench.queue.work();
  await workbench.queue.untilEmpty(new AbortController().signal);
  const ms = performance.now() - startMs;
  const bad = runs.filter(({ id }) => workbench.history.runs.get(id).status !== "finished");
  await workbench.close("done");
  if (bad.length > 0) throw new Error(`${bad.length} runs did not finish`);
  return { ms, ids: runs.map(({ id }) => id) };
}

async function supervision(): Promise<void> {
  const folder = newHome();
  const best = { queue: Infinity, train: Infinity };
  for (let round = 0; round < Number(values.rounds); round++) {
    const { ids } = await queued(folder.path, [round + 1], 1);
    best.queue = Math.min(best.queue, loopMs(path.join(folder.path, "runs", ids[0])));
    const out = path.join(folder.path, `train${round}`);
    const args = ["train", "--recipe", "course", "--threads", "1", "--out", out, "--set", `seed=${round + 1}`];
    const { code, err } = await rwb([...args, "--set", `network.depth=${values.depth}`, ...set.flatMap((s) => ["--set", s])], folder.path); // prettier-ignore
    if (code !== 0) throw new Error(err);
    best.train = Math.min(best.train, loopMs(out));
    console.log(
      `round ${round + 1}: ${best.queue.toFixed(2)} ms under the queue, ${best.train.toFixed(2)} ms under rwb train`,
    );
  }
  folder.remove();
  console.log(JSON.stringify({ queueMs: best.queue, trainMs: best.train, ratio: best.queue / best.train }));
}

async function packing(): Promise<void> {
  const seeds = Array.from({ length: Number(values.runs) }, (_, i) => i + 1);
  const folder = newHome();
  const packed = await queued(folder.path, seeds, undefined);
  console.log(`packed: ${(packed.ms / 1000).toFixed(1)} s`);
  const sequential = await queued(folder.path, seeds, availableParallelism());
  console.log(`one after the other on all cores: ${(sequential.ms / 1000).toFixed(1)} s`);
  folder.remove();
  console.log(JSON.stringify({ packedMs: packed.ms, sequentialMs: sequential.ms, ratio: packed.ms / sequential.ms, runs: seeds.length })); // prettier-ignore
}

console.log(`load before: ${loadavg()[0].toFixed(2)}`);
await (values.only === "packing" ? packing() : supervision());
