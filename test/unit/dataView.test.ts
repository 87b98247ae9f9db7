import { describe, expect, test } from "vitest";
import type { Run } from "../../src-shared/contract/index.ts";
import { datasetNameSchema } from "../../src-shared/runConfig.ts";
import {
  classCounts,
  imagePages,
  imagesOnPage,
  pageImages,
  pageWith,
} from "../../src-renderer/views/data/imagePages.ts";
import { suggestedName } from "../../src-renderer/views/data/suggestedName.ts";
import { usedBy } from "../../src-renderer/views/data/usedBy.ts";
import { draftOf, settingsOf, wrongIn } from "../../src-renderer/views/setup/settingsDraft.ts";

describe("pages of a data set's images", () => {
  const labels = Uint8Array.from({ length: 150 }, (_, index) => index % 3);

  test("have all images, or one class's, each once", () => {
    const all = imagePages(labels, undefined);
    expect(all.pages).toBe(3);
    expect(imagesOnPage(all, 2)).toHaveLength(150 - 2 * pageImages);
    const second = imagePages(labels, 1);
    expect(second.pages).toBe(1);
    expect(imagesOnPage(second, 0).slice(0, 3)).toEqual([1, 4, 7]);
    expect(imagePages(labels, 9)).toMatchObject({ pages: 1, indexes: new Int32Array() });
  });

  test("are found by an image's number", () => {
    expect(pageWith(imagePages(labels, undefined), 149)).toBe(2);
    expect(pageWith(imagePages(labels, 2), 149)).toBe(0);
    expect(pageWith(imagePages(labels, 1), 149)).toBeUndefined();
  });

  test("classes are counted, those without images too", () => expect(classCounts(labels, 4)).toEqual([50, 50, 50, 0]));
});

test.each([
  ["cifar-10-binary.tar.gz", "cifar10"],
  ["cifar-100-binary.tar.gz", "cifar100"],
  ["cifar10", "cifar10"],
  ["FashionMNIST", "fashion-mnist"],
  ["My Birds (2).tgz", "my-birds-2"],
  ["__x__.tar", "x"],
  ["鳥.tar", ""],
])("%s is suggested as %j", (file, name) => {
  expect(suggestedName(file)).toBe(name);
  if (name !== "") expect(datasetNameSchema.safeParse(name).success).toBe(true);
});

test("a data set's runs, newest first, and those that still need it", () => {
  const run = (id: string, dataset: string, status: string, createdMs: number) => ({ id, dataset, status, createdMs }) as Run; // prettier-ignore
  const found = usedBy([
    run("a", "x", "finished", 1),
    run("b", "x", "paused", 3),
    run("c", "y", "failed", 2),
    run("d", "x", "queued", 2),
  ]);
  expect(found.get("x")?.runs.map(({ id }) => id)).toEqual(["b", "d", "a"]);
  expect([found.get("x")?.unfinished, found.get("y")?.unfinished, found.get("z")]).toEqual([2, 0, undefined]);
});

describe("settings as they are typed", () => {
  const stored = { slots: 2, cores: null, retention: { keep: "best-and-last", days: 1.5 } } as const;

  test("come back as they were", () => {
    expect(draftOf(stored)).toEqual({ slots: "2", cores: "", days: "1.5" });
    expect(settingsOf(draftOf(stored))).toEqual(stored);
  });

  test.each([
    ["slots", "0"],
    ["slots", "1.5"],
    ["slots", "many"],
    ["cores", "-1"],
    ["cores", "5000"],
    ["days", "-1"],
    ["days", "1e3"],
  ] as const)("%s cannot be %s", (field, text) => {
    const draft = { ...draftOf(stored), [field]: text };
    expect([...wrongIn(draft)]).toEqual([field]);
    expect(settingsOf(draft)).toBeUndefined();
  });
});
