/**
 * How far bfloat16's first losses are from float32's: the same initial state, the same batches, a recipe's settings. The
 * loss of one batch is noisy, so both series are smoothed (trailing means over 10, and over 20, iterations) before they
 * are compared. The control is float32 again, in twice the lanes. By hand, where the data set is:
 *
 *     node_modules/node-*\/bin/node test/bench/bfloat16-losses.ts [--recipe course|paper] [--dataset cifar10] [--home DIR]
 *         [--depths 20,56] [--seeds 1,2] [--steps 100] [--threads 2]
 */
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { recipes } from "../../src-shared/recipes.ts";
import { families, precisions, type RunConfig } from "../../src-shared/runConfig.ts";
import { buildProgram, largestDivisor } from "../../src-main/compiler/program.ts";
import { createPlanner, openDataset, type PreparedDataset } from "../../src-main/dataset/index.ts";
import { workbenchHome } from "../../src-main/home.ts";
import { initialState } from "../../src-main/trainer/initialize.ts";
import { ProgressBatch } from "../../src-main/trainer/progressBatch.ts";
import { openSession } from "../../src-main/trainer/session.ts";
import { trainStep } from "../../src-main/trainer/step.ts";
import { openTrainingData } from "../../src-main/trainer/trainingData.ts";

const { values } = parseArgs({
  options: {
    recipe: { type: "string", default: "course" },
    dataset: { type: "string", default: "cifar10" },
    home: { type: "string" },
    depths: { type: "string", default: "20" },
    seeds: { type: "string", default: "1" },
    steps: { type: "string", default: "100" },
    /** Learning rate; the recipe's own without it. */
    rate: { type: "string" },
    threads: { type: "string", default: String(availableParallelism()) },
  },
});
const steps = Number(values.steps);
const windows = [10, 20];

async function firstLosses(config: RunConfig, dataset: PreparedDataset, threads: number): Promise<number[]> {
  const { training, seed, precision, augmentation } = config;
  const lanes = largestDivisor(training.batchSize, threads);
  const data = await openTrainingData(dataset, config);
  const classes = dataset.classes.length;
  const { network } = config;
  const program = buildProgram({ network, classes, precision, training, lanes, images: data.source, probe: false });
  const session = await openSession(program, { lanes, precision });
  session.run("loadData", { mean: data.mean, divisor: data.divisor });
  session.run("restore", { ...initialState(program.layout, seed) });
  const { batchSize } = training;
  const planner = createPlanner({ seed, trainImages: data.training.length, batchSize, ...augmentation });
  const progress = new ProgressBatch(batchSize, () => {});
  const parts = { session, planner, data, training, classes, progress };
  const losses = Array.from({ length: steps }, (_, iteration) => trainStep(parts, iteration).loss);
  session.close();
  return losses;
}

/** Mean of the last `window` values; of all so far, where there are fewer. */
const smoothed = (losses: readonly number[], window: number): number[] =>
  losses.map((_, end) => {
    const part = losses.slice(Math.max(0, end + 1 - window), end + 1);
    return part.reduce((sum, loss) => sum + loss, 0) / part.length;
  });

const dataset = await openDataset(workbenchHome(values.home), values.dataset);
const recipe = recipes[values.recipe as keyof typeof recipes];
console.log(
  `network      seed  last loss f32 / bf16   largest deviation of smoothed losses, window ${windows.join(" / ")}`,
);
for (const depth of values.depths.split(",").map(Number)) {
  for (const family of [...families].reverse()) {
    for (const seed of values.seeds.split(",").map(Number)) {
      const base = recipe.config({ family, depth });
      const { learningRate } = base.training;
      const rate = values.rate === undefined ? learningRate.base : Number(values.rate);
      const training = { ...base.training, learningRate: { ...learningRate, base: rate } };
      const config = { ...base, training, dataset: values.dataset, seed };
      const threads = Number(values.threads);
      const float = await firstLosses({ ...config, precision: precisions[0] }, dataset, threads);
      const others = {
        bfloat16: await firstLosses({ ...config, precision: precisions[1] }, dataset, threads),
        // float32 in twice the lanes: the same numbers but for rounding, so what lies between is chaos, not precision.
        control: await firstLosses({ ...config, precision: precisions[0] }, dataset, 2 * threads),
      };
      for (const [name, losses] of Object.entries(others)) {
        const deviations = windows.map((window) => {
          const [a, b] = [smoothed(float, window), smoothed(losses, window)];
          const relative = a.map((loss, i) => Math.abs(b[i] - loss) / loss);
          const largest = Math.max(...relative);
          return `${(100 * largest).toFixed(2)} % at ${relative.indexOf(largest)}`;
        });
        const last = [float, losses].map((series) => smoothed(series, 10).at(-1)!.toFixed(4)).join(" / ");
        const row = [`${family}-${depth}`.padEnd(12), String(seed).padEnd(5), name.padEnd(9), last.padEnd(16)];
        console.log(`${row.join(" ")} ${deviations.join(" / ")}`);
      }
    }
  }
}
