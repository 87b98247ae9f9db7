import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { imageStatistics } from "../../src-main/dataset/statistics.ts";

const images = 1300; // more than two chunks, and no multiple of one
const bytes = Uint8Array.from({ length: images * 3072 }, (_, i) => Math.imul(i, 2654435761) >>> (24 + (i % 3)));
let folder = "";
let file = "";

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "rwb-statistics-"));
  file = path.join(folder, "images.u8");
  await writeFile(file, bytes);
});
afterAll(() => rm(folder, { recursive: true }));

/** Textbook formulas in two passes, over the images at `indices`. */
function plain(indices: readonly number[]) {
  const mean = new Array<number>(3072).fill(0);
  for (const image of indices) for (let i = 0; i < 3072; i++) mean[i] += bytes[image * 3072 + i] / indices.length;
  const channels = [0, 1, 2].map((c) => {
    const values = indices.flatMap((image) =>
      [...bytes.subarray(image * 3072, (image + 1) * 3072)].filter((_, i) => i % 3 === c),
    );
    const average = values.reduce((sum, value) => sum + value, 0) / values.length;
    return { average, std: Math.sqrt(values.reduce((sum, value) => sum + (value - average) ** 2, 0) / values.length) };
  });
  return { mean, channels };
}

test.each([
  { name: "all images", indices: undefined, plainIndices: [...Array(images).keys()] },
  { name: "some images", indices: [3, 4, 600, 1299], plainIndices: [3, 4, 600, 1299] },
])("statistics of $name", async ({ indices, plainIndices }) => {
  const statistics = await imageStatistics(file, images, indices);
  const expected = plain(plainIndices);
  expected.mean.forEach((value, i) => expect(statistics.perPixelMean[i]).toBeCloseTo(value, 4));
  expected.channels.forEach(({ average, std }, c) => {
    expect(statistics.perChannelMean[c]).toBeCloseTo(average, 9);
    expect(statistics.perChannelStd[c]).toBeCloseTo(std, 9);
  });
});

test("a file that ends early, and statistics of nothing, are errors", async () => {
  await expect(imageStatistics(file, images + 1)).rejects.toThrow("ends early");
  await expect(imageStatistics(file, images, [])).rejects.toThrow("no images");
});
