/**
 * From `rwb train` to its first iteration, its peak memory, and what the estimate said (Linux):
 *
 *     RWB_HOME=HOME node_modules/node-*\/bin/node test/bench/train-start.ts [--depths 20,56,110] [--iterations 12] [--threads 2]
 *
 * A line a network, with JSON last; on the imported CIFAR-10, an evaluation of the whole test set included.
 */
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { workbenchHome } from "../../src-main/home.ts";
import { estimateRun } from "../../src-main/trainer/estimate.ts";
import { RunFolder } from "../../src-main/trainer/runFolder.ts";
import { trainersOf } from "../faults/processes.ts";
import { startRwb } from "../integration/rwb.ts";
import { eventsOf, temporaryFolder } from "../integration/trainFixture.ts";

const { values } = parseArgs({
  options: {
    depths: { type: "string", default: "20,56,110" },
    precisions: { type: "string", default: "float32,bfloat16" },
    iterations: { type: "string", default: "12" },
    threads: { type: "string", default: String(availableParallelism()) },
  },
});

/** Peak resident memory of the run's trainer; 0 where there is none at this moment. */
function peakBytes(run: string): number {
  const trainer = trainersOf(workbenchHome()).find((found) => found.run === path.basename(run));
  try {
    return trainer
      ? 1024 * Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${trainer.pid}/status`, "utf8"))?.[1] ?? 0)
      : 0;
  } catch {
    return 0; // it ended between two looks
  }
}

const folder = temporaryFolder();
const results = [];
for (const precision of values.precisions.split(",")) {
  for (const depth of values.depths.split(",")) {
    const run = path.join(folder.path, `${depth}-${precision}`);
    const set = [`network.depth=${depth}`, `precision=${precision}`, `training.iterations=${values.iterations}`];
    const startMs = performance.now();
    let [firstMs, peak, over] = [0, 0, false];
    const args = ["train", "--recipe", "course", "--threads", values.threads, "--out", run, "--json"];
    const child = startRwb([...args, ...set.flatMap((setting) => ["--set", setting])], workbenchHome());
    child.stdout?.on("data", (chunk: Buffer) => {
      if (firstMs === 0 && chunk.toString().includes('"progress"')) firstMs = performance.now() - startMs;
    });
    void child.ended.then(() => (over = true));
    while (!over) {
      peak = Math.max(peak, peakBytes(run));
      await sleep(50);
    }
    const { code, err } = await child.ended;
    if (code !== 0) throw new Error(err);
    const { config, lanes } = RunFolder.open(run).read();
    const estimated = estimateRun(config, { images: 60_000, classes: 10, lanes }).memoryBytes;
    const progress = eventsOf(run).find((event) => event.type === "progress")!;
    const result = { depth: Number(depth), precision, lanes, firstIterationMs: Math.round(firstMs), peakBytes: peak, estimatedBytes: Math.round(estimated), firstBatch: progress.loss.length }; // prettier-ignore
    results.push(result);
    console.log(`residual-${depth} ${precision}, ${lanes} lanes: first iteration logged after ${(firstMs / 1000).toFixed(1)} s, peak ${(peak / 1e6).toFixed(0)} MB, estimated ${(estimated / 1e6).toFixed(0)} MB`); // prettier-ignore
  }
}
folder.remove();
console.log(JSON.stringify(results));
