import { mkdir, readFile, rm, stat, truncate, utimes, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { writeDataset, type Importer, type WriteMode } from "../../src-main/dataset/datasetWriter.ts";
import { addDataset, listDatasets, openDataset, removeDataset, verifyDataset } from "../../src-main/dataset/index.ts";
import { cifar10Files, datasetsIn, removeFolder, smallLimits, temporaryFolder, writeFiles } from "./datasetFixtures.ts";

let home = "";
let datasets = "";
beforeEach(async () => {
  home = await temporaryFolder();
  datasets = path.join(home, "datasets");
});
afterEach(() => removeFolder(home));

/** Two images a part, of a colour. */
const plain =
  (value: number): Importer =>
  async (sink) => {
    const images = new Uint8Array(2 * 3072).fill(value);
    await sink.add("train", images, Uint8Array.of(0, 1));
    await sink.add("test", images, Uint8Array.of(1, 0));
    return { title: String(value), source: "image-folder", original: false, classes: ["a", "b"] };
  };

const failing: Importer = async (sink) => {
  await plain(9)(sink);
  throw new Error("out of the blue");
};

const write = (name: string, importer: Importer, mode: WriteMode = "new") => writeDataset(home, name, importer, mode);
const titleOf = async (name: string) => (await openDataset(home, name)).title;
const host =
  os
    .hostname()
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, "") || "host";
/** No process has this number: Linux ends at 2^22. */
const deadPid = 2 ** 22 + 1;

describe("writeDataset", () => {
  test("an existing data set stays unless it is to be replaced, and then until the new one is complete", async () => {
    await write("a", plain(1));
    await expect(write("a", plain(2))).rejects.toMatchObject({ code: "dataset-exists", exitCode: 2 });
    await expect(write("a", failing, "replace")).rejects.toThrow("out of the blue");
    expect(await titleOf("a")).toBe("1");
    await write("a", plain(2), "replace");
    expect(await titleOf("a")).toBe("2");
    expect((await write("a", plain(3), "keep")).title).toBe("3");
    expect(await titleOf("a")).toBe("2");
    expect(await datasetsIn(home)).toEqual(["a"]);
  });

  test("ten at once: one stands, whole, and nothing else", async () => {
    const results = await Promise.allSettled(Array.from({ length: 10 }, (_, i) => write("a", plain(i))));
    expect(results.filter((result) => result.status === "fulfilled").length).toBe(1);
    for (const result of results) {
      if (result.status === "rejected") expect(result.reason).toMatchObject({ code: "dataset-exists" });
    }
    await verifyDataset(home, "a");
    await Promise.all(Array.from({ length: 10 }, (_, i) => write("a", plain(i), "replace")));
    await verifyDataset(home, "a");
    expect(await datasetsIn(home)).toEqual(["a"]);
  });

  test("what a dead process left is swept, what a living one is writing is not", async () => {
    const dead = `.new-b-${host}-${deadPid}-00000000`;
    const alive = `.new-b-${host}-${process.ppid}-00000000`;
    const elsewhere = `.new-b-other-1-00000000`;
    const elsewhereLongAgo = `.new-b-other-1-00000001`;
    for (const name of [dead, alive, elsewhere, elsewhereLongAgo])
      await mkdir(path.join(datasets, name), { recursive: true });
    const longAgo = new Date(Date.now() - 2 * 60 * 60 * 1000);
    await utimes(path.join(datasets, elsewhereLongAgo), longAgo, longAgo);
    await write("a", plain(1));
    expect(await datasetsIn(home)).toEqual([alive, elsewhere, "a"].sort());
  });

  test("a process that died between the two renames has lost nothing", async () => {
    await write("a", plain(1));
    const { rename } = await import("node:fs/promises");
    await rename(path.join(datasets, "a"), path.join(datasets, `.old-a-${host}-${deadPid}-00000000`));
    expect(await titleOf("a")).toBe("1");
    expect(await datasetsIn(home)).toEqual(["a"]);
  });

  test.each<{ what: string; importer: Importer; says: string }>([
    {
      what: "no test images",
      importer: async (sink) => {
        await sink.add("train", new Uint8Array(3072), Uint8Array.of(0));
        return { title: "x", source: "image-folder", original: false, classes: ["a", "b"] };
      },
      says: "No test images",
    },
    {
      what: "a label without a class",
      importer: async (sink) => {
        await plain(1)(sink);
        await sink.add("test", new Uint8Array(3072), Uint8Array.of(2));
        return { title: "x", source: "image-folder", original: false, classes: ["a", "b"] };
      },
      says: "Label 2",
    },
  ])("$what is an error", async ({ importer, says }) => {
    await expect(write("a", importer)).rejects.toMatchObject({
      code: "dataset-invalid",
      message: expect.stringContaining(says) as string,
    });
    expect(await datasetsIn(home)).toEqual([]);
  });
});

describe("openDataset and verifyDataset", () => {
  test("a data set that is not there: exit 3, and the command that mends it", async () => {
    const error = { code: "dataset-missing", exitCode: 3 };
    await expect(openDataset(home, "cifar10")).rejects.toMatchObject({
      ...error,
      mend: expect.stringMatching(/^rwb dataset download cifar10\b/) as string,
    });
    await expect(openDataset(home, "mine")).rejects.toMatchObject({
      ...error,
      mend: "rwb dataset add mine --from PATH",
    });
    await expect(openDataset(home, "../mine")).rejects.toMatchObject({ code: "dataset-unknown" });
  });

  test.each<{ what: string; damage: (folder: string) => Promise<void>; says: string }>([
    {
      what: "a shorter file",
      damage: (folder) => truncate(path.join(folder, "train-images.u8"), 100),
      says: "100 bytes",
    },
    { what: "a missing file", damage: (folder) => rm(path.join(folder, "mean.f32")), says: "mean.f32 is missing" },
    {
      what: "half a description",
      damage: (folder) => truncate(path.join(folder, "dataset.json"), 30),
      says: "not JSON",
    },
    {
      what: "another version",
      damage: (folder) => writeFile(path.join(folder, "dataset.json"), '{"version":2}'),
      says: "version",
    },
  ])("$what is noticed at once", async ({ damage, says }) => {
    const { folder } = await write("a", plain(1));
    await damage(folder);
    const error = { code: "dataset-invalid", message: expect.stringContaining(says) as string };
    await expect(openDataset(home, "a")).rejects.toMatchObject(error);
    expect(await listDatasets(home)).toContainEqual(expect.objectContaining({ name: "a", status: "damaged" }));
  });

  test.each([
    { file: "train-images.u8", at: 5000, says: "checksum" },
    { file: "test-labels.u8", at: 1, says: "checksum" },
    { file: "mean.f32", at: 4, says: "mean" },
  ])("a changed byte in $file is found by verify", async ({ file, at, says }) => {
    const { folder } = await write("a", plain(1));
    const data = await readFile(path.join(folder, file));
    data[at] ^= 1;
    await writeFile(path.join(folder, file), data);
    await openDataset(home, "a");
    await expect(verifyDataset(home, "a")).rejects.toMatchObject({
      code: "dataset-invalid",
      message: expect.stringContaining(says) as string,
    });
  });
});

test("list and remove", async () => {
  await write("mine", plain(1));
  expect((await listDatasets(home)).map(({ name, status }) => `${name}: ${status}`)).toEqual([
    "mine: ready",
    "shapes: built-in",
    "cifar10: downloadable",
    "cifar100: downloadable",
    "fashion-mnist: downloadable",
  ]);
  await removeDataset(home, "mine");
  expect(await datasetsIn(home)).toEqual([]);
  await expect(removeDataset(home, "mine")).rejects.toMatchObject({ code: "dataset-unknown" });
  await expect(removeDataset(home, "..")).rejects.toMatchObject({ code: "dataset-unknown" });
  await stat(home);
});

test("the files are complete on their own: a copy under another name is that data set", async () => {
  const source = await writeFiles(path.join(home, "source"), cifar10Files);
  await addDataset(home, "a", source, { limits: smallLimits });
  const { cp } = await import("node:fs/promises");
  await cp(path.join(datasets, "a"), path.join(datasets, "b"), { recursive: true });
  expect((await openDataset(home, "b")).name).toBe("b");
});
