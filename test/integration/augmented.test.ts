import { readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ProgramGraph } from "../../src-main/compiler/programGraph.ts";
import { augmentedImages, createPlanner, dataFile, splitValidation } from "../../src-main/dataset/index.ts";
import { writeDataset } from "../../src-main/dataset/datasetWriter.ts";
import { imageBytes, type PreparedDataset } from "../../src-main/dataset/preparedDataset.ts";
import { withGraph } from "./smallGraph.ts";
import { temporaryFolder } from "./trainFixture.ts";

const folder = temporaryFolder();
afterAll(() => folder.remove());

const trainImages = 90;
let dataset: PreparedDataset;
beforeAll(async () => {
  dataset = await writeDataset(
    path.join(folder.path, "home"),
    "noise",
    async (sink) => {
      const labels = Uint8Array.from({ length: trainImages }, (_, image) => image % 10);
      const pixels = Uint8Array.from({ length: trainImages * imageBytes }, (_, at) => Math.imul(at, 0x9e3779b1) >>> 24);
      for (const part of ["train", "test"] as const) await sink.add(part, pixels, labels);
      return { title: "Noise", source: "image-folder", original: false, classes: [..."0123456789"] };
    },
    "new",
  );
});

/** The operation of the training graph on whole numbers from 1 on: what it fills is 0. */
async function byTheGraph(images: Float32Array, transforms: Float32Array): Promise<Float32Array> {
  const count = transforms.length / 8;
  const graph = new ProgramGraph();
  const inputs = {
    images: graph.placeholder("images", "float32", count, 32, 32, 3),
    transforms: graph.placeholder("transforms", "float32", count, 8),
  };
  const seen = graph.add("ImageProjectiveTransformV3", [inputs.images, inputs.transforms], {});
  return withGraph(graph, inputs, { seen }, (run) => run({ images, transforms }).seen);
}

it.each([
  { seed: 1, batchSize: 40, padPixels: 4, flipProbability: 0.5, validationImages: 0, iteration: 0, most: 40 },
  { seed: 7, batchSize: 64, padPixels: 9, flipProbability: 0.3, validationImages: 25, iteration: 12, most: 64 },
  { seed: 3, batchSize: 16, padPixels: 0, flipProbability: 0, validationImages: 1, iteration: 99, most: 5 },
])("images are what the graph makes of the plan: $padPixels pixels, seed $seed", async (options) => {
  const { seed, batchSize, padPixels, flipProbability, validationImages, iteration, most } = options;
  const seen = await augmentedImages(dataset, options);
  const { training } = splitValidation(trainImages, validationImages);
  const planner = createPlanner({ seed, batchSize, padPixels, flipProbability, trainImages: training.length });
  const plan = planner.plan(iteration);
  const images = [...plan.indices.subarray(0, most)].map((index) => training[index]);
  expect([...seen.images]).toEqual(images);
  const file = readFileSync(dataFile(dataset, "trainImages"));
  const raw = images.flatMap((image) => [...file.subarray(image * imageBytes, (image + 1) * imageBytes)]);
  const made = await byTheGraph(
    Float32Array.from(raw, (value) => value + 1),
    plan.transforms.slice(0, 8 * most),
  );
  const fill = dataset.perChannelMean.map(Math.round);
  const expected = Uint8Array.from(made, (value, at) => (value === 0 ? fill[at % 3] : value - 1));
  expect(Buffer.compare(Buffer.from(seen.pixels), Buffer.from(expected))).toBe(0);
  expect(Math.max(...seen.shifts.map(Math.abs))).toBe(padPixels);
  expect(seen.flipped.some((is) => is === 1)).toBe(flipProbability > 0);
  expect([...seen.labels]).toEqual(images.map((image) => image % 10));
});

it("there must be images to train on", async () => {
  const settings = { seed: 1, batchSize: 4, padPixels: 4, flipProbability: 0.5, iteration: 0, most: 4 };
  const asked = augmentedImages(dataset, { ...settings, validationImages: trainImages });
  await expect(asked).rejects.toMatchObject({ code: "config-invalid" });
});
