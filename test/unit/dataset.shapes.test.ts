import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dataFile, openDataset, verifyDataset, type PreparedDataset } from "../../src-main/dataset/index.ts";
import { drawShape, shapeClasses } from "../../src-main/dataset/shapes/drawShape.ts";
import { datasetsIn, removeFolder, temporaryFolder } from "./datasetFixtures.ts";

/** Of every image and label: a platform that draws one pixel differently fails here. */
const checksum = "2f05c604d8b6ffd1364cf01f3a1efeb5d2d7f8a0bf10d510fbe65abd4a220a64";

let home = "";
let dataset: PreparedDataset;
beforeAll(async () => {
  home = await temporaryFolder();
  dataset = await openDataset(home, "shapes");
});
afterAll(() => removeFolder(home));

describe("shapes", () => {
  test("are drawn on first use, the same everywhere, and pass their check", async () => {
    expect(dataset.checksum).toBe(checksum);
    expect(dataset).toMatchObject({ source: "shapes", original: true, trainImages: 10_000, testImages: 2000 });
    expect(await datasetsIn(home)).toEqual(["shapes"]);
    expect((await verifyDataset(home, "shapes")).checksum).toBe(checksum);
  });

  test("have ten classes of the same size, mixed evenly", async () => {
    const labels = await readFile(dataFile(dataset, "trainLabels"));
    for (let first = 0; first < 10_000; first += 1000) {
      const here = labels.subarray(first, first + 1000);
      for (let label = 0; label < 10; label++) expect(here.filter((value) => value === label).length).toBe(100);
    }
    expect(shapeClasses).toEqual(dataset.classes);
  });

  test("say nothing by their mean colour", async () => {
    const images = await readFile(dataFile(dataset, "trainImages"));
    const sums = new Float64Array(10);
    for (let image = 0; image < 10_000; image++) {
      let sum = 0;
      for (let i = 0; i < 3072; i++) sum += images[image * 3072 + i];
      sums[image % 10] += sum / 3072 / 1000;
    }
    // An image's mean has std 44, a class's mean of 1,000 images 1.4: all within 3.5 of these of the middle.
    const middle = sums.reduce((sum, value) => sum + value, 0) / 10;
    for (const mean of sums) expect(Math.abs(mean - middle)).toBeLessThan(5);
  });

  test("an image is a function of its number, not of what was drawn before", () => {
    const draw = (index: number): Buffer => {
      const out = Buffer.alloc(3072);
      drawShape(out, 0, { seed: 1, part: 0, index, label: index % 10 });
      return out;
    };
    const late = draw(77);
    draw(3);
    expect(draw(77)).toEqual(late);
    expect(draw(78)).not.toEqual(late);
  });

  test("those of another version are drawn anew, also by two runs that start together", async () => {
    const file = path.join(dataset.folder, "dataset.json");
    const text = await readFile(file, "utf8");
    await writeFile(
      file,
      text.replace(/"generatorVersion": \d+/, '"generatorVersion": 0').replace(checksum, "0".repeat(64)),
    );
    const opened = await Promise.all([openDataset(home, "shapes"), openDataset(home, "shapes")]);
    expect(opened.map((found) => found.checksum)).toEqual([checksum, checksum]);
    expect(await datasetsIn(home)).toEqual(["shapes"]);
  });
});
