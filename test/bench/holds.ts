/**
 * How long main computes without a turn for others (wanted: 50 ms at most): exports, imports, forks and figures of runs of
 * several depths, and lists beside 10,000 runs. By the thread's own time, so that other programs on the machine count little.
 *
 *     node_modules/node-*\/bin/node test/bench/holds.ts [--depths 20,110,1202] [--rounds 3]
 *
 * The best of the rounds; the last line is JSON.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { createRouterClient } from "@orpc/server";
import { flatLayout } from "../../src-main/compiler/flatLayout.ts";
import { router } from "../../src-main/rpc/router.ts";
import { RunList } from "../../src-main/server/runList.ts";
import { CheckpointFolder } from "../../src-main/trainer/checkpoint.ts";
import { RunFolder } from "../../src-main/trainer/runFolder.ts";
import { emptyState } from "../../src-main/trainer/state.ts";
import { openWorkbench } from "../../src-main/workbench.ts";
import { describeArchitecture, networkTensors } from "../../src-shared/architecture.ts";
import { recipes } from "../../src-shared/recipes.ts";
import { event, toLines } from "../unit/historyFixtures.ts";

const { values } = parseArgs({
  options: { depths: { type: "string", default: "20,110,1202" }, rounds: { type: "string", default: "3" } },
});
const rounds = Number(values.rounds);
const iterations = 64_000;
const manyRuns = 10_000;
const studies = 5;
const figures: Record<string, number> = {};

const threadMs = (): number => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
};
let longestMs = 0;
let usedMs = threadMs();
setInterval(() => {
  const nowMs = threadMs();
  longestMs = Math.max(longestMs, nowMs - usedMs);
  usedMs = nowMs;
}, 1);

async function measure(what: string, work: () => unknown): Promise<void> {
  const held: number[] = [];
  for (let round = 0; round < rounds; round++) {
    await sleep(20);
    longestMs = 0;
    await work();
    await sleep(5);
    held.push(longestMs);
  }
  figures[what] = Math.min(...held);
  console.log(`${what.padEnd(48)} ${figures[what].toFixed(1).padStart(8)} ms   (at first ${held[0].toFixed(1)})`);
}

const home = mkdtempSync(path.join(os.tmpdir(), "rwb-holds-"));
process.on("exit", () => rmSync(home, { recursive: true, force: true }));
const workbench = await openWorkbench({ home });
const { history } = workbench;
const services = createRouterClient(router, { context: { workbench, purpose: "serve" } });

/** A run with its log and a checkpoint, last and best, as a trainer leaves them. */
function addRun(depth: number): string {
  const config = { ...recipes.course.config({ family: "residual", depth }), dataset: "shapes" };
  const id = `residual-${depth}`;
  const createdMs = Date.now();
  const createdAt = new Date(createdMs).toISOString();
  const file = { version: 1, config, threads: 1, lanes: 1, queued: true, createdAt } as const;
  const folder = RunFolder.create(path.join(home, "runs", id), file);
  const dataset = { name: "shapes", title: "Shapes", original: true, checksum: "abc" };
  const progress = Array.from({ length: iterations / 10 }, (_, line) => event.progress(10 * line, 10 * line + 10));
  writeFileSync(folder.events, toLines([event.started({ iterations, dataset, threads: 1, lanes: 1 }), ...progress]));
  const layout = flatLayout(networkTensors(describeArchitecture(config.network, 10)));
  const checkpoints = new CheckpointFolder(folder.checkpoints, { config, datasetChecksum: "abc", layout });
  checkpoints.save({ state: emptyState(layout), progress: { iteration: 6, elapsedMs: 1 } }, { best: true });
  history.runs.add({ id, config, deviations: [], codeVersion: "0", createdMs, threads: 1, lanes: 1 });
  history.runs.act(id, "start");
  history.runs.act(id, "started");
  while (history.ingest(id, folder.events).more);
  history.runs.act(id, "cancel");
  return id;
}

for (const depth of values.depths.split(",").map(Number)) {
  const run = addRun(depth);
  const out = path.join(home, `${depth}.tar.gz`);
  await measure(`residual-${depth} exported`, () => services.archive.export({ run, format: "archive", out }));
  await measure(`residual-${depth} imported`, () => services.archive.import({ file: out }));
  await measure(`residual-${depth} forked`, () =>
    services.runs.fork({ run, from: "last", set: ["training.weightDecay=0"] }),
  );
  const csv = path.join(home, `${depth}.csv`);
  await measure(`residual-${depth} as CSV`, () => services.archive.export({ run, format: "csv", out: csv }));
  const recipe = { kind: "run", run, figure: "curves" } as const;
  await measure(`residual-${depth} drawn`, () => services.figures.draw({ recipe, style: "screen" }));
  await measure(`residual-${depth} as PNG, 1200 dpi`, () =>
    services.figures.render({ recipe, style: "slide", format: "png", dpi: 1200 }),
  );
}

const base = recipes.course.config({ family: "residual", depth: 20 });
history.transaction(() => {
  for (let seed = 0; seed < manyRuns; seed++) {
    const status = seed % 3 === 0 ? "queued" : "finished";
    const config = { ...base, seed };
    history.runs.add({ id: `many-${seed}`, config, status, deviations: ["one"], codeVersion: "0", createdMs: seed });
  }
});
for (let study = 0; study < studies; study++) {
  const grid = {
    recipe: "course",
    families: ["plain", "residual"],
    depths: [20, 32, 44, 56],
    seeds: [1, 2, 3],
  } as const;
  history.studies.create({ name: `study-${study}`, grid });
}
await measure(`GET /api/runs beside ${manyRuns} runs`, () => {
  const list = new RunList(workbench);
  list.text();
  list.close();
});
await measure("runs.list, 2,000 of them", () => services.runs.list({ skip: 4_000 }));
await measure(`studies.list, ${studies} studies`, () => services.studies.list());
await measure("figures.list", () => services.figures.list({ study: "study-1" }));
await measure("studies.show", () => services.studies.show({ study: "study-1" }));
await measure(`queue.list, ${Math.ceil(manyRuns / 3)} waiting`, () => services.queue.list());
await measure(`queue.plan, ${Math.ceil(manyRuns / 3)} waiting`, () => services.queue.plan({}));
await workbench.close("measured");
console.log(JSON.stringify(figures));
process.exit();
