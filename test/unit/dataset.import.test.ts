import { mkdir, readFile, stat, symlink, truncate, writeFile } from "node:fs/promises";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { addDataset, openDataset, verifyDataset } from "../../src-main/dataset/index.ts";
import {
  cifar100Files,
  cifar10Files,
  datasetsIn,
  gzipped,
  idxFiles,
  members,
  noise,
  removeFolder,
  smallLimits,
  tarOf,
  temporaryFolder,
  writeFiles,
  type Files,
  type Member,
} from "./datasetFixtures.ts";

let folder = "";
let home = "";
beforeEach(async () => {
  folder = await temporaryFolder();
  home = path.join(folder, "home");
});
afterEach(() => removeFolder(folder));

const add = (name: string, from: string, replace = false) =>
  addDataset(home, name, from, { replace, limits: smallLimits });

const without = (files: Files, name: string): Files => new Map([...files].filter(([key]) => key !== name));
const changed = (files: Files, name: string, change: (data: Buffer) => Buffer): Files =>
  new Map([...files].map(([key, data]) => [key, key === name ? change(Buffer.from(data)) : data]));
const setByte = (at: number, value: number) => (data: Buffer) => {
  data[at] = value;
  return data;
};

async function archive(list: readonly Member[], compress = true): Promise<string> {
  const file = path.join(folder, "archive.tar.gz");
  const data = await tarOf(list);
  await writeFile(file, compress ? gzipSync(data) : data);
  return file;
}

const source = (name = "source") => path.join(folder, name);

describe("CIFAR-10", () => {
  test.each(["the folder itself", "its parent"])("from %s: pixels, labels, mean, names", async (which) => {
    const inner = await writeFiles(path.join(source(), "cifar-10-batches-bin"), cifar10Files);
    const dataset = await add("cifar10", which === "its parent" ? source() : inner);
    expect(dataset).toMatchObject({ source: "cifar10", original: false, trainImages: 20, testImages: 4 });
    expect(dataset.title).toContain("not the original archive");
    expect(dataset.classes[9]).toBe("truck");
    const images = await readFile(path.join(dataset.folder, "train-images.u8"));
    const labels = await readFile(path.join(dataset.folder, "train-labels.u8"));
    for (const { image, batch, record } of [
      { image: 0, batch: 1, record: 0 },
      { image: 11, batch: 3, record: 3 },
      { image: 19, batch: 5, record: 3 },
    ]) {
      const raw = cifar10Files.get(`data_batch_${batch}.bin`)!.subarray(record * 3073, (record + 1) * 3073);
      expect(labels[image]).toBe(raw[0]);
      for (const [y, x, c] of [
        [0, 0, 0],
        [0, 0, 2],
        [5, 31, 1],
        [31, 31, 2],
      ]) {
        expect(images[image * 3072 + (y * 32 + x) * 3 + c]).toBe(raw[1 + c * 1024 + y * 32 + x]);
      }
    }
    const mean = await readFile(path.join(dataset.folder, "mean.f32"));
    const first = Array.from({ length: 20 }, (_, image) => images[image * 3072 + 100]);
    expect(mean.readFloatLE(400)).toBe(Math.fround(first.reduce((sum, value) => sum + value, 0) / 20));
    expect(await openDataset(home, "cifar10")).toEqual(dataset);
    expect(await verifyDataset(home, "cifar10")).toEqual(dataset);
  });

  test("an archive gives the same bytes, whatever the order of its members", async () => {
    const fromFolder = await add("a", await writeFiles(source(), cifar10Files));
    const list = members(cifar10Files, "cifar-10-batches-bin/").reverse();
    const extra: Member[] = [
      { name: "cifar-10-batches-bin/", type: "directory" },
      { name: "cifar-10-batches-bin/readme.html", data: noise(2000, 1) },
    ];
    const fromArchive = await add("b", await archive([...extra, ...list]));
    expect(fromArchive.checksum).toBe(fromFolder.checksum);
    expect(fromArchive.note).toContain("checksum is not that of cifar-10-binary.tar.gz");
    const plainTar = await add("c", await archive(members(cifar10Files, "./"), false));
    expect(plainTar.checksum).toBe(fromFolder.checksum);
  });

  test("without the names file the well-known names stand", async () => {
    const dataset = await add("a", await writeFiles(source(), without(cifar10Files, "batches.meta.txt")));
    expect(dataset.classes.slice(0, 2)).toEqual(["airplane", "automobile"]);
  });

  test("the name cifar10 is for CIFAR-10", async () => {
    await expect(add("cifar10", await writeFiles(source(), cifar100Files))).rejects.toMatchObject({
      code: "dataset-invalid",
    });
    expect(await datasetsIn(home)).toEqual([]);
  });
});

test("CIFAR-100: the fine label counts", async () => {
  const dataset = await add("cifar100", await writeFiles(source(), cifar100Files));
  expect(dataset).toMatchObject({ source: "cifar100", trainImages: 12, testImages: 4 });
  expect(dataset.classes).toHaveLength(100);
  const labels = await readFile(path.join(dataset.folder, "train-labels.u8"));
  expect([...labels].slice(0, 3)).toEqual([99, 98, 97]);
});

describe("idx", () => {
  test.each([
    { how: "plain", files: idxFiles },
    { how: "gzipped", files: gzipped(idxFiles) },
  ])("$how: padded by 2 with 0, three equal channels", async ({ files }) => {
    const dataset = await add("fashion-mnist", await writeFiles(source(), files));
    expect(dataset).toMatchObject({ source: "fashion-mnist", original: false, trainImages: 7, testImages: 3 });
    expect(dataset.classes[0]).toBe("T-shirt/top");
    const images = await readFile(path.join(dataset.folder, "train-images.u8"));
    const raw = idxFiles.get("train-images-idx3-ubyte")!.subarray(16);
    const pixel = (image: number, y: number, x: number) => [
      ...images.subarray(image * 3072 + (y * 32 + x) * 3).subarray(0, 3),
    ];
    expect(pixel(6, 1, 15)).toEqual([0, 0, 0]);
    expect(pixel(6, 15, 30)).toEqual([0, 0, 0]);
    const grey = raw[6 * 784 + 27 * 28 + 3];
    expect(pixel(6, 29, 5)).toEqual([grey, grey, grey]);
  });

  test("under another name the classes are numbers: the files do not say what they show", async () => {
    const dataset = await add("digits", await writeFiles(source(), idxFiles));
    expect(dataset.classes).toEqual(["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
  });
});

describe("refused, with nothing left behind", () => {
  const batch = "data_batch_3.bin";
  test.each<{ what: string; files: Files; says: string }>([
    {
      what: "a truncated batch",
      files: changed(cifar10Files, batch, (data) => data.subarray(0, 5000)),
      says: "5000 bytes",
    },
    {
      what: "a batch cut at a record",
      files: changed(cifar10Files, batch, (data) => data.subarray(3073)),
      says: "9219 bytes",
    },
    {
      what: "a batch with more",
      files: changed(cifar10Files, batch, (data) => Buffer.concat([data, data])),
      says: "24584 bytes",
    },
    { what: "a missing batch", files: without(cifar10Files, batch), says: "data_batch_3.bin is missing" },
    { what: "a missing test part", files: without(cifar10Files, "test_batch.bin"), says: "test_batch.bin is missing" },
    {
      what: "a label out of range",
      files: changed(cifar10Files, batch, setByte(3073, 10)),
      says: "record 1 has label 10",
    },
    {
      what: "too few names",
      files: changed(cifar10Files, "batches.meta.txt", () => Buffer.from("cat\ndog\n")),
      says: "10 different classes",
    },
    {
      what: "a fine label out of range",
      files: changed(cifar100Files, "test.bin", setByte(1, 100)),
      says: "label 100",
    },
    {
      what: "an idx of another size",
      files: changed(idxFiles, "t10k-images-idx3-ubyte", setByte(15, 32)),
      says: "28 x 32 pixels",
    },
    {
      what: "an idx with a huge count",
      files: changed(idxFiles, "train-labels-idx1-ubyte", setByte(4, 255)),
      says: "at most 50",
    },
    {
      what: "images and labels of different number",
      files: changed(idxFiles, "train-labels-idx1-ubyte", setByte(7, 6)),
      says: "7 images, but",
    },
    {
      what: "an idx that ends early",
      files: changed(idxFiles, "train-images-idx3-ubyte", (data) => data.subarray(0, 3000)),
      says: "ends early",
    },
    {
      what: "an idx that goes on",
      files: changed(idxFiles, "train-images-idx3-ubyte", (data) => Buffer.concat([data, Buffer.alloc(1)])),
      says: "goes on",
    },
    {
      what: "an idx label out of range",
      files: changed(idxFiles, "train-labels-idx1-ubyte", setByte(10, 10)),
      says: "label 2 is 10",
    },
    {
      what: "a gzip that ends early",
      files: changed(gzipped(idxFiles), "train-images-idx3-ubyte.gz", (data) => data.subarray(0, 900)),
      says: "damaged",
    },
    {
      what: "an idx with no images",
      files: changed(
        changed(idxFiles, "t10k-images-idx3-ubyte", (data) => setByte(7, 0)(data.subarray(0, 16))),
        "t10k-labels-idx1-ubyte",
        (data) => setByte(7, 0)(data.subarray(0, 8)),
      ),
      says: "No test images",
    },
    { what: "nothing known", files: new Map([["notes.txt", Buffer.from("x")]]), says: "No data set was recognised" },
  ])("$what", async ({ files, says }) => {
    await writeFiles(source(), files);
    await expect(add("a", source())).rejects.toMatchObject({
      code: "dataset-invalid",
      message: expect.stringContaining(says) as string,
    });
    expect(await datasetsIn(home)).toEqual([]);
  });

  const good = members(cifar10Files, "cifar-10-batches-bin/");
  test.each<{ what: string; list: Member[]; code: string; says: string }>([
    {
      what: "a path that climbs",
      list: [...good, { name: "../../evil.bin", data: noise(9, 1) }],
      code: "archive-unsafe",
      says: "leads out",
    },
    {
      what: "a wanted name that climbs",
      list: [{ name: "a/../../data_batch_1.bin" }, ...good],
      code: "archive-unsafe",
      says: "leads out",
    },
    {
      what: "an absolute path",
      list: [{ name: "/tmp/data_batch_1.bin" }, ...good],
      code: "archive-unsafe",
      says: "leads out",
    },
    {
      what: "a Windows path",
      list: [{ name: "C:\\data_batch_1.bin" }, ...good],
      code: "archive-unsafe",
      says: "leads out",
    },
    {
      what: "a symbolic link",
      list: [
        { name: "cifar-10-batches-bin/data_batch_1.bin", type: "symlink", linkname: "/etc/passwd" },
        ...good.slice(1),
      ],
      code: "archive-unsafe",
      says: "symlink",
    },
    {
      what: "a hard link",
      list: [...good, { name: "cifar-10-batches-bin/x", type: "link", linkname: "../../home" }],
      code: "archive-unsafe",
      says: "neither file nor folder",
    },
    {
      what: "a device",
      list: [...good, { name: "zero", type: "character-device" }],
      code: "archive-unsafe",
      says: "character-device",
    },
    { what: "a pipe", list: [...good, { name: "pipe", type: "fifo" }], code: "archive-unsafe", says: "fifo" },
    {
      what: "a member twice",
      list: [...good, { name: "other/data_batch_1.bin", data: good[0].data }],
      code: "dataset-invalid",
      says: "twice",
    },
    {
      what: "a member that is too large",
      list: [{ name: "train.bin", data: noise(40_000, 1) }],
      code: "dataset-invalid",
      says: "at most",
    },
    {
      what: "a bomb",
      list: [...good, { name: "big", data: Buffer.alloc(20_000_000) }],
      code: "archive-unsafe",
      says: "when unpacked",
    },
    {
      what: "very many members",
      list: Array.from({ length: 1001 }, (_, i) => ({ name: `f${i}` })),
      code: "archive-unsafe",
      says: "1000 members",
    },
    {
      what: "none of the files",
      list: [{ name: "readme", data: noise(10, 1) }],
      code: "dataset-invalid",
      says: "none of the files",
    },
  ])("an archive with $what", async ({ list, code, says }) => {
    await expect(add("a", await archive(list))).rejects.toMatchObject({
      code,
      message: expect.stringContaining(says) as string,
    });
    expect(await datasetsIn(home)).toEqual([]);
  });

  test("an archive that ends early", async () => {
    const file = await archive(good);
    await truncate(file, Math.floor((await stat(file)).size / 2));
    await expect(add("a", file)).rejects.toMatchObject({ code: "dataset-invalid" });
    expect(await datasetsIn(home)).toEqual([]);
  });

  test("links out of the folder, while links within it and to it are fine", async () => {
    const inner = await writeFiles(path.join(source(), "inner"), without(cifar10Files, batch));
    await writeFile(path.join(folder, "elsewhere.bin"), cifar10Files.get(batch)!);
    await symlink(path.join(folder, "elsewhere.bin"), path.join(inner, batch));
    await expect(add("a", inner)).rejects.toMatchObject({ code: "archive-unsafe" });
    expect(await datasetsIn(home)).toEqual([]);

    const tidy = await writeFiles(source("tidy"), without(cifar10Files, batch));
    await writeFile(path.join(tidy, "kept.bin"), cifar10Files.get(batch)!);
    await symlink("kept.bin", path.join(tidy, batch));
    await symlink(tidy, source("link"));
    expect((await add("a", source("link"))).trainImages).toBe(20);
  });

  test("a folder where a file should be, and a path that is not there", async () => {
    const inner = await writeFiles(source(), without(cifar10Files, batch));
    await mkdir(path.join(inner, batch));
    await expect(add("a", inner)).rejects.toMatchObject({ code: "dataset-invalid" });
    await expect(add("a", source("nowhere"))).rejects.toMatchObject({ code: "usage" });
    await expect(add("a", path.join(inner, "test_batch.bin"))).rejects.toMatchObject({ code: "dataset-invalid" });
    expect(await datasetsIn(home)).toEqual([]);
  });

  test.each(["..", "../x", ".hidden", "A", "a/b", "", "a".repeat(65), "shapes"])("the name %j", async (name) => {
    await writeFiles(source(), cifar10Files);
    await expect(add(name, source())).rejects.toMatchObject({ code: "dataset-unknown" });
    expect(await datasetsIn(home)).toEqual([]);
  });
});
