import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { dataFile, openDataset, type PreparedDataset } from "../../src-main/dataset/index.ts";
import { openWorkbench, type Workbench } from "../../src-main/workbench.ts";
import { predictImage } from "../../src-main/runner/predictImage.ts";
import { predict } from "../../src-main/trainer/predict.ts";
import { RunFolder } from "../../src-main/trainer/runFolder.ts";
import { rwb } from "./rwb.ts";
import { eventsOf, smallRun, temporaryFolder } from "./trainFixture.ts";

const images = 200;
const imageBytes = 3072;
const folder = temporaryFolder();
const home = path.join(folder.path, "home");
const runs = {
  "residual-8-s1-float1": ["--threads", "1"],
  "residual-8-s1-bfloa2": ["--threads", "2", "--set", "precision=bfloat16", "--set", "validationImages=1000"],
} as const;
const [first] = Object.keys(runs);
const folderOf = (name: string) => path.join(home, "runs", name);
let dataset: PreparedDataset;
let workbench: Workbench;

beforeAll(async () => {
  for (const [name, more] of Object.entries(runs)) {
    expect((await rwb(smallRun("--out", folderOf(name), ...more), home)).code).toBe(0);
  }
  dataset = await openDataset(home, "shapes");
  workbench = await openWorkbench({ home });
});
afterAll(async () => {
  await workbench.close("the test is over");
  folder.remove();
});

it.each(Object.keys(runs))("says of %s's test images what its evaluations say", async (name) => {
  const run = RunFolder.open(folderOf(name));
  const pixels = Uint8Array.from(readFileSync(dataFile(dataset, "testImages")).subarray(0, images * imageBytes));
  const { config, lanes } = run.read();
  for (const checkpoint of ["last", "best"] as const) {
    const options = { config, lanes, checkpoints: run.checkpoints, checkpoint, dataset };
    const { iteration, probabilities } = await predict(options, pixels);
    const evaluated = eventsOf(run.path).find((event) => event.type === "evaluated" && event.iteration === iteration);
    if (evaluated?.type !== "evaluated") throw new Error(`no evaluation at ${iteration}`);
    const classes = dataset.classes.length;
    const predicted = Array.from({ length: images }, (_, image) => {
      const own = [...probabilities.subarray(image * classes, (image + 1) * classes)];
      expect(own.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 5);
      return own.indexOf(Math.max(...own));
    });
    expect(predicted).toEqual([...Buffer.from(evaluated.predictions, "base64").subarray(0, images)]);
  }
});

const show = (bytes: Uint8Array) =>
  predictImage(home, workbench.history.runs.get(first), {
    checkpoint: "last",
    image: { kind: "picture", base64: Buffer.from(bytes).toString("base64") },
  });

describe("a picture", () => {
  it("of a test image is that image", async () => {
    const pixels = readFileSync(dataFile(dataset, "testImages")).subarray(5 * imageBytes, 6 * imageBytes);
    const png = await sharp(pixels, { raw: { width: 32, height: 32, channels: 3 } })
      .png()
      .toBuffer();
    const run = workbench.history.runs.get(first);
    const own = await predictImage(home, run, { checkpoint: "last", image: { kind: "data", part: "test", image: 5 } });
    const shown = await show(png);
    expect([...shown.pixels]).toEqual([...pixels]);
    expect(shown.probabilities).toEqual(own.probabilities);
    expect([shown.label, own.label]).toEqual([null, readFileSync(dataFile(dataset, "testLabels"))[5]]);
    expect(shown.iteration).toBe(60);
  });

  it("of another shape is scaled and cut in the centre", async () => {
    const sides = { top: 0, bottom: 0, left: 200, right: 200 };
    const middle = { width: 100, height: 100, channels: 3 as const, background: "#00ff00" };
    const jpeg = await sharp({ create: middle })
      .extend({ ...sides, background: "#ff0000" })
      .png()
      .toBuffer();
    const { pixels } = await show(jpeg);
    expect([...pixels.subarray(16 * 32 * 3 + 48, 16 * 32 * 3 + 51)]).toEqual([0, 255, 0]);
  });

  it.each<[string, () => Promise<Uint8Array>]>([
    ["that is none", async () => Buffer.from("hello")],
    ["that is cut off", async () => (await sharp({ create: { width: 64, height: 64, channels: 3, background: "red" } }).png().toBuffer()).subarray(0, 60)],
    ["of more pixels than a photograph has", async () => sharp({ create: { width: 8000, height: 8000, channels: 3, background: "red" }, limitInputPixels: false }).png().toBuffer()],
    ["as SVG, which may name other files", async () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')],
  ])("%s is refused", async (_, make) => {
    await expect(show(await make())).rejects.toMatchObject({ code: "usage", mend: expect.stringContaining("JPEG") as string });
  }); // prettier-ignore
});

describe("what is missing is said", () => {
  const ask = (checkpoint: "last" | "best" = "last", image = 0, signal?: AbortSignal) =>
    predictImage(home, workbench.history.runs.get(first), { checkpoint, image: { kind: "data", part: "test", image } }, signal); // prettier-ignore

  it("an image", () => expect(ask("last", 99_999)).rejects.toMatchObject({ code: "usage" }));

  it("an engine", async () => {
    vi.stubEnv("RWB_ENGINE", path.join(folder.path, "no-engine"));
    try {
      await expect(ask()).rejects.toMatchObject({ code: "engine-missing" });
    } finally {
      vi.unstubAllEnvs();
    }
  });

  it("a checkpoint, or a whole one", async () => {
    const file = path.join(folderOf(first), "checkpoints", "best.safetensors");
    const bytes = readFileSync(file);
    renameSync(file, `${file}.away`);
    await expect(ask("best")).rejects.toMatchObject({ code: "checkpoint-invalid" });
    writeFileSync(file, bytes.with(bytes.length - 5, bytes[bytes.length - 5] ^ 1));
    await expect(ask("best")).rejects.toMatchObject({ code: "checkpoint-invalid" });
    expect(existsSync(`${file}.away`)).toBe(true);
    renameSync(`${file}.away`, file);
  });

  it("the data set, or the same one", async () => {
    const description = path.join(dataset.folder, "dataset.json");
    const text = readFileSync(description, "utf8");
    writeFileSync(description, text.replace(dataset.checksum, "0".repeat(64)));
    await expect(ask()).rejects.toMatchObject({ code: "dataset-missing" });
    writeFileSync(description, text);
  });

  it("and whoever leaves ends it", async () => {
    const left = new AbortController();
    const asked = Promise.all([ask("last", 1, left.signal), ask("last", 2, left.signal)]);
    setTimeout(() => left.abort(), 100);
    await expect(asked).rejects.toMatchObject({ code: "interrupted" });
    expect((await ask("last", 3)).iteration).toBe(60);
  });
});
