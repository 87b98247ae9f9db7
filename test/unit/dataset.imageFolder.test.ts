import { readFile, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import sharp from "sharp";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { addDataset } from "../../src-main/dataset/index.ts";
import { datasetsIn, noise, removeFolder, smallLimits, temporaryFolder, writeFiles } from "./datasetFixtures.ts";

let folder = "";
let home = "";
beforeEach(async () => {
  folder = await temporaryFolder();
  home = path.join(folder, "home");
});
afterEach(() => removeFolder(folder));

type Channels = 1 | 2 | 3 | 4;
const picture = (width: number, height: number, channels: Channels, data: Buffer) =>
  sharp(data, { raw: { width, height, channels } });
const png = (data: Buffer, width = 32, height = 32, channels: Channels = 3) =>
  picture(width, height, channels, data).png().toBuffer();

/** Two classes, one image each a part; `more` adds or replaces. */
async function imageFolder(more: Record<string, Buffer> = {}): Promise<string> {
  const image = await png(noise(3072, 1));
  const files = ["train/cat", "train/dog", "test/cat", "test/dog"].map((name): [string, Buffer] => [
    `${name}/1.png`,
    image,
  ]);
  return writeFiles(path.join(folder, "source"), new Map([...files, ...Object.entries(more)]));
}

const add = (from: string) => addDataset(home, "mine", from, { limits: smallLimits });
const images = async (part: "train" | "test") => readFile(path.join(home, "datasets", "mine", `${part}-images.u8`));
const labels = async (part: "train" | "test") => [
  ...(await readFile(path.join(home, "datasets", "mine", `${part}-labels.u8`))),
];

describe("image folder", () => {
  test("classes by name, images by file name, pixels as they are", async () => {
    const [first, second] = [noise(3072, 5), noise(3072, 6)];
    const from = await imageFolder({
      "train/cat/2.PNG": await png(first),
      "train/cat/10.png": await png(second),
      "train/cat/.hidden": Buffer.from("x"),
      "train/cat/notes.txt": Buffer.from("x"),
      "train/Thumbs.db": Buffer.from("x"),
    });
    const dataset = await add(from);
    expect(dataset).toMatchObject({ source: "image-folder", classes: ["cat", "dog"], trainImages: 4, testImages: 2 });
    expect(dataset.note).toMatch(/^1 files that are no/);
    expect(await labels("train")).toEqual([0, 0, 0, 1]);
    const pixels = await images("train");
    expect(pixels.subarray(3072, 6144)).toEqual(second); // "1.png" < "10.png" < "2.PNG"
    expect(pixels.subarray(6144, 9216)).toEqual(first);
  });

  test("grey, alpha, 16 bits, other sizes and orientation", async () => {
    const grey = Buffer.alloc(1024, 77);
    const clear = Buffer.alloc(4096, 0); // black, but wholly transparent
    const wide = Buffer.alloc(96 * 64 * 3, 10);
    // A cut in the centre keeps columns 16 ... 79 of 96; the filter reaches 6 pixels farther.
    for (let y = 0; y < 64; y++) wide.fill(200, (y * 96 + 9) * 3, (y * 96 + 87) * 3);
    const turned = Buffer.alloc(3072, 0);
    turned.fill(255, 0, 32 * 3); // a white row on top, which orientation 6 turns to the right
    const from = await imageFolder({
      "test/cat/1.png": await png(grey, 32, 32, 1),
      "test/cat/2.png": await png(clear, 32, 32, 4),
      "test/cat/3.png": await png(wide, 96, 64),
      "test/dog/1.png": await picture(32, 32, 3, turned).withMetadata({ orientation: 6 }).png().toBuffer(),
      "test/dog/2.jpg": await picture(32, 32, 1, grey).jpeg({ quality: 100 }).toBuffer(),
      "test/dog/3.png": await picture(32, 32, 3, noise(3072, 4)).toColourspace("rgb16").png().toBuffer(),
    });
    await add(from);
    const pixels = await images("test");
    const image = (index: number) => pixels.subarray(index * 3072, (index + 1) * 3072);
    expect(image(0)).toEqual(Buffer.alloc(3072, 77));
    expect(image(1)).toEqual(Buffer.alloc(3072, 255));
    expect(image(2)).toEqual(Buffer.alloc(3072, 200));
    expect(image(3)[31 * 3]).toBe(255);
    expect(image(3)[0]).toBe(0);
    expect(image(4)).toEqual(Buffer.alloc(3072, 77));
    expect(image(5)).toEqual(noise(3072, 4));
  });

  test.each<{ what: string; more: () => Promise<Record<string, Buffer>>; says: string }>([
    {
      what: "a class that only train has",
      more: async () => ({ "train/owl/1.png": await png(noise(3072, 1)) }),
      says: 'test has no "owl"',
    },
    {
      what: "a class that only test has",
      more: async () => ({ "test/owl/1.png": await png(noise(3072, 1)) }),
      says: 'train has no "owl"',
    },
    {
      what: "a class without images",
      more: async () => ({ "train/owl/a.txt": Buffer.alloc(1), "test/owl/a.txt": Buffer.alloc(1) }),
      says: "train/owl has no",
    },
    {
      what: "a truncated image",
      more: async () => ({ "train/cat/2.png": (await png(noise(3072, 1))).subarray(0, 900) }),
      says: "2.png cannot be read",
    },
    {
      what: "a truncated JPEG",
      more: async () => ({
        "train/cat/2.jpg": (await picture(32, 32, 3, noise(3072, 1)).jpeg().toBuffer()).subarray(0, -100),
      }),
      says: "2.jpg cannot be read",
    },
    {
      what: "an SVG that calls itself PNG",
      more: async () => ({ "train/cat/2.png": Buffer.from("<svg xmlns='http://www.w3.org/2000/svg'/>") }),
      says: "neither a JPEG nor a PNG",
    },
    {
      what: "an empty file",
      more: async () => ({ "train/cat/2.png": Buffer.alloc(0) }),
      says: "neither a JPEG nor a PNG",
    },
    {
      what: "an image that claims too many pixels",
      more: async () => {
        const bomb = Buffer.from(await png(noise(3072, 1)));
        bomb.writeUInt32BE(60_000, 16);
        bomb.writeUInt32BE(60_000, 20);
        return { "train/cat/2.png": bomb };
      },
      says: "2.png cannot be read",
    },
    {
      what: "too many images",
      more: async () => {
        const image = await png(noise(3072, 1));
        return Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`train/dog/${i}.png`, image]));
      },
      says: "More than 50 images",
    },
    {
      what: "a file instead of a class folder",
      more: async () => ({ "train/zebra": Buffer.alloc(1), "test/zebra": Buffer.alloc(1) }),
      says: "zebra is not a folder",
    },
  ])("refuses $what", async ({ more, says }) => {
    const from = await imageFolder(await more());
    await expect(add(from)).rejects.toMatchObject({
      code: "dataset-invalid",
      message: expect.stringContaining(says) as string,
    });
    expect(await datasetsIn(home)).toEqual([]);
  });

  test("refuses links out of the folder", async () => {
    const from = await imageFolder();
    await writeFile(path.join(folder, "elsewhere.png"), await png(noise(3072, 9)));
    await symlink(path.join(folder, "elsewhere.png"), path.join(from, "train", "cat", "2.png"));
    await expect(add(from)).rejects.toMatchObject({ code: "archive-unsafe" });
    expect(await datasetsIn(home)).toEqual([]);
  });

  test("one class, or more than 256, are refused", async () => {
    const image = await png(noise(3072, 1));
    const one = await writeFiles(
      path.join(folder, "one"),
      new Map([
        ["train/a/1.png", image],
        ["test/a/1.png", image],
      ]),
    );
    await expect(add(one)).rejects.toMatchObject({
      code: "dataset-invalid",
      message: "train has 1 class folders; 2 to 256 are possible.",
    });
  });
});
