/**
 * How long `queue.plan` holds main, with 2,000 waiting runs of 40 networks:
 *
 *     node_modules/node-*\/bin/node test/bench/plan-cost.ts [--runs 2000] [--rounds 30]
 *
 * Three histories of speeds: none (all is estimated), one network (the others are scaled from it), every network beside
 * one and two trainers (measured). The first call of a main, the median and the longest of the others. The last line is
 * JSON.
 */
import { parseArgs } from "node:util";
import { gridConfigs } from "../../src-shared/grid.ts";
import { openDataset } from "../../src-main/dataset/index.ts";
import { speedKey } from "../../src-main/runner/speedKey.ts";
import { openWorkbench } from "../../src-main/workbench.ts";
import { temporaryFolder } from "../integration/trainFixture.ts";

const { values } = parseArgs({
  options: { runs: { type: "string", default: "2000" }, rounds: { type: "string", default: "30" } },
});
const families = ["plain", "residual"] as const;
const depths = Array.from({ length: 20 }, (_, i) => 8 + 6 * i);
const networks = families.length * depths.length;
const seeds = Array.from({ length: Math.ceil(Number(values.runs) / networks) }, (_, i) => i + 1);
const configs = gridConfigs({ recipe: "quick", families, depths, seeds }).slice(0, Number(values.runs));

const folder = temporaryFolder();
await openDataset(folder.path, "shapes");
const filling = await openWorkbench({ home: folder.path, cores: 2 });
await filling.runs.add(configs.map((config) => ({ config, recipe: "quick" })));
await filling.close("filled");

const measured = {
  none: [],
  one: configs.slice(0, 1),
  all: gridConfigs({ recipe: "quick", families, depths, seeds: [1] }),
};
const rows = [];
for (const [speeds, networksMeasured] of Object.entries(measured)) {
  const workbench = await openWorkbench({ home: folder.path, cores: 2 });
  for (const config of networksMeasured)
    for (const concurrent of [1, 2])
      workbench.history.speeds.record(speedKey(config, 1, concurrent), config.network.depth);
  const times = Array.from({ length: 1 + Number(values.rounds) }, () => {
    const startMs = performance.now();
    workbench.planner.plan();
    return performance.now() - startMs;
  });
  await workbench.close("measured");
  const [firstMs, ...others] = times;
  const sorted = others.toSorted((a, b) => a - b);
  const row = { speeds, firstMs, medianMs: sorted[sorted.length >> 1], longestMs: sorted.at(-1)! };
  rows.push(row);
  const [first, median, longest] = [row.firstMs, row.medianMs, row.longestMs].map((ms) => ms.toFixed(1));
  console.log(`speeds of ${speeds}: first ${first} ms, median ${median} ms, longest ${longest} ms`);
}
folder.remove();
console.log(JSON.stringify({ runs: configs.length, rows }));
