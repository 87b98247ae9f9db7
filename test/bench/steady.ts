/**
 * Whether training stays as it began: resident memory and tensors alive in JavaScript, over many iterations of a run's
 * whole loop with its evaluations, on the imported CIFAR-10.
 *
 *     RWB_HOME=HOME node_modules/node-*\/bin/node test/bench/steady.ts [--depth 20] [--iterations 2000] [--batch 128] [--threads 2]
 *
 * Ten lines, then JSON: memory in bytes after a tenth of the run and at its end.
 */
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { recipes } from "../../src-shared/recipes.ts";
import { buildProgram, largestDivisor } from "../../src-main/compiler/program.ts";
import { createPlanner, openDataset } from "../../src-main/dataset/index.ts";
import { workbenchHome } from "../../src-main/home.ts";
import { evaluate, nextTurn } from "../../src-main/trainer/evaluation.ts";
import { initialState } from "../../src-main/trainer/initialize.ts";
import { ProgressBatch } from "../../src-main/trainer/progressBatch.ts";
import { openSession } from "../../src-main/trainer/session.ts";
import { trainStep } from "../../src-main/trainer/step.ts";
import { openTrainingData } from "../../src-main/trainer/trainingData.ts";

const { values } = parseArgs({
  options: {
    depth: { type: "string", default: "20" },
    iterations: { type: "string", default: "2000" },
    batch: { type: "string", default: "128" },
    threads: { type: "string", default: String(availableParallelism()) },
    precision: { type: "string", default: "float32" },
    "no-evaluation": { type: "boolean", default: false },
  },
});
const iterations = Number(values.iterations);
const base = recipes.course.config({ depth: Number(values.depth) });
const precision = values.precision === "bfloat16" ? "bfloat16" : "float32";
const config = { ...base, precision, training: { ...base.training, batchSize: Number(values.batch) } } as const;
const startMs = performance.now();
const dataset = await openDataset(workbenchHome(), config.dataset);
const data = await openTrainingData(dataset, config);
const lanes = largestDivisor(config.training.batchSize, Number(values.threads));
const classes = dataset.classes.length;
const program = buildProgram({ ...config, classes, lanes, images: data.source, probe: false });
console.log(`${program.graph.nodes.length} nodes, ${program.trainableParameters} parameters, ${lanes} lanes`);
const session = await openSession(program, { lanes, precision });
session.run("loadData", { mean: data.mean, divisor: data.divisor });
session.run("restore", { ...initialState(program.layout, config.seed) });
const { training, augmentation, seed } = config;
const planner = createPlanner({ seed, trainImages: data.training.length, batchSize: training.batchSize, ...augmentation }); // prettier-ignore
const parts = { session, planner, data, training, classes, progress: new ProgressBatch(training.batchSize, () => {}) };
const samples: { iteration: number; rss: number; numTensors: number }[] = [];
const every = Math.max(1, Math.floor(iterations / 10));
for (let iteration = 0; iteration < iterations; iteration++) {
  const { loss } = trainStep(parts, iteration);
  if (iteration === 0) console.log(`first step done after ${((performance.now() - startMs) / 1000).toFixed(1)} s, loss ${loss.toFixed(4)}`); // prettier-ignore
  await nextTurn();
  if ((iteration + 1) % every !== 0) continue;
  if (!values["no-evaluation"]) await evaluate(session, program.evaluationBatch, data.test, data.labelOf, classes, () => {}); // prettier-ignore
  const sample = { iteration: iteration + 1, rss: process.memoryUsage.rss(), numTensors: session.numTensors() };
  samples.push(sample);
  console.log(`after ${sample.iteration}: ${(sample.rss / 1e6).toFixed(0)} MB resident, ${sample.numTensors} tensors, loss ${loss.toFixed(4)}`); // prettier-ignore
}
const peakMemoryBytes = process.resourceUsage().maxRSS * 1024;
const ms = (performance.now() - startMs) / iterations;
console.log(JSON.stringify({ depth: config.network.depth, iterations, lanes, first: samples[0], last: samples.at(-1), peakMemoryBytes, msAnIteration: ms })); // prettier-ignore
