/**
 * The size of a compiled program, and, with --out, its SavedModel for other tools (trace-step.py):
 *
 *     node_modules/node-*\/bin/node test/bench/saved-model.ts [--depth 20] [--precision float32] [--lanes 1]
 *         [--shortcut none] [--probe] [--out FOLDER]
 *
 * With --out the program trains on one fixed batch; otherwise on the pool of a data set, with evaluation and, if asked,
 * probes. The last line is JSON.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { serializeSavedModel } from "../../src-main/compiler/graphDef.ts";
import { buildProgram } from "../../src-main/compiler/program.ts";
import { recipes } from "../../src-shared/recipes.ts";
import { runConfigSchema } from "../../src-shared/runConfig.ts";

const { values } = parseArgs({
  options: {
    depth: { type: "string", default: "20" },
    precision: { type: "string", default: "float32" },
    lanes: { type: "string", default: "1" },
    shortcut: { type: "string", default: "none" },
    probe: { type: "boolean", default: false },
    out: { type: "string" },
  },
});
const course = recipes.course.config({ depth: Number(values.depth) });
const { network, training, precision } = runConfigSchema.parse({
  ...course,
  network: { ...course.network, shortcut: values.shortcut },
  precision: values.precision,
});
const startMs = performance.now();
const program = buildProgram({
  ...{ network, training, precision, classes: 10, lanes: Number(values.lanes), probe: values.probe },
  images: values.out
    ? { kind: "fixed-batch" }
    : { kind: "pool", files: [{ images: "images.u8", labels: "labels.u8", count: 50_000 }] },
});
const builtMs = performance.now();
const bytes = serializeSavedModel(program);
const serializedMs = performance.now();
if (values.out) {
  mkdirSync(values.out, { recursive: true });
  writeFileSync(path.join(values.out, "saved_model.pb"), bytes);
}
console.log(
  JSON.stringify({
    nodes: program.graph.nodes.length,
    savedModelBytes: bytes.length,
    buildMs: Math.round(builtMs - startMs),
    serializeMs: Math.round(serializedMs - builtMs),
    peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
    trainableParameters: program.trainableParameters,
    ...{ weights: program.layout.weightCount, averages: program.layout.averageCount },
  }),
);
