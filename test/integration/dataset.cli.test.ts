import { spawn, spawnSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { addDataset, openDataset } from "../../src-main/dataset/index.ts";
import {
  cifar10Files,
  datasetsIn,
  removeFolder,
  smallLimits,
  temporaryFolder,
  writeFiles,
} from "../unit/datasetFixtures.ts";
import { rwb } from "./rwb.ts";

let home = "";
beforeEach(async () => void (home = await temporaryFolder()));
afterEach(() => removeFolder(home));

const rwbDataset = (...args: string[]) => rwb(["dataset", ...args, "--home", home], home);

describe("rwb dataset", () => {
  test.each([
    { args: ["verify", "cifar10"], code: 3, says: "rwb dataset download cifar10" },
    { args: ["verify", "../x"], code: 2, says: "dataset-unknown" },
    { args: ["remove", "mine"], code: 2, says: "rwb dataset list" },
    { args: ["add", "mine", "--from", "/nowhere/at/all"], code: 2, says: "train/CLASS" },
    { args: ["add", "mine"], code: 2, says: "--from" },
    { args: ["download", "imagenet"], code: 2, says: "cifar10" },
  ])("$args exits $code", async ({ args, code, says }) => {
    const result = await rwbDataset(...args);
    expect(result).toMatchObject({ code, out: "" });
    expect(result.err).toContain(says);
  });

  test("list, verify and remove, for people and as JSON", async () => {
    const source = await writeFiles(path.join(home, "source"), cifar10Files);
    const { checksum } = await addDataset(home, "cifar10", source, { limits: smallLimits });
    const lines = (await rwbDataset("list", "--json")).out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { name: string; status: string });
    expect(lines[0]).toMatchObject({ name: "cifar10", status: "ready", original: false, trainImages: 20 });
    expect(lines.map(({ name }) => name)).toEqual(["cifar10", "shapes", "cifar100", "fashion-mnist"]);
    expect((await rwbDataset("list")).out).toMatch(/^cifar10 +CIFAR-10 \(not the original archive\), 10 classes/);
    expect(JSON.parse((await rwbDataset("verify", "cifar10", "--json")).out)).toEqual({
      name: "cifar10",
      ok: true,
      checksum,
    });
    expect(JSON.parse((await rwbDataset("remove", "cifar10", "--json")).out)).toEqual({
      name: "cifar10",
      removed: true,
    });
    expect(await datasetsIn(home)).toEqual([]);
  });
});

const program = (call: string): string => `
  import { addDataset } from ${JSON.stringify(new URL("../../src-main/dataset/index.ts", import.meta.url).href)};
  import { writeDataset } from ${JSON.stringify(new URL("../../src-main/dataset/datasetWriter.ts", import.meta.url).href)};
  ${call}`;

describe("a process that is killed in the middle of an import", () => {
  test("leaves the old data set, and its traces are swept by the next import", async () => {
    const source = await writeFiles(path.join(home, "source"), cifar10Files);
    const before = await addDataset(home, "a", source, { limits: smallLimits });
    const script = path.join(home, "import.ts");
    await writeFile(
      script,
      program(`
        await writeDataset(process.argv[2], "a", async (sink) => {
          await sink.add("train", new Uint8Array(3072), Uint8Array.of(0));
          console.log("half");
          await new Promise((resolve) => setTimeout(resolve, 60_000));
        }, "replace");`),
    );
    const child = spawn(process.execPath, [script, home], { stdio: ["ignore", "pipe", "inherit"] });
    await new Promise((half) => child.stdout.once("data", half));
    const ended = new Promise((resolve) => child.once("exit", resolve));
    expect((await datasetsIn(home)).length).toBe(2);
    child.kill("SIGKILL");
    await ended;
    expect(await openDataset(home, "a")).toEqual(before);
    await addDataset(home, "b", source, { limits: smallLimits });
    expect(await datasetsIn(home)).toEqual(["a", "b"]);
  });
});

/** A file system of 1 MB; only root may mount one. */
async function tinyDisk(): Promise<string | undefined> {
  const folder = path.join(home, "tiny");
  await mkdir(folder);
  const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", folder]).status === 0;
  return mounted ? folder : undefined;
}

test("a full disk is said as such, and the old data set stays", async ({ skip }) => {
  const disk = await tinyDisk();
  if (disk === undefined) return skip("mounting needs root");
  try {
    const source = await writeFiles(path.join(home, "source"), cifar10Files);
    const before = await addDataset(disk, "a", source, { limits: smallLimits });
    const large = { ...smallLimits, cifar10BatchImages: 100 };
    const more = new Map(
      [...cifar10Files].map(([name, data]) => [
        name,
        name.endsWith(".bin") ? Buffer.concat(Array<Buffer>(25).fill(data)) : data,
      ]),
    );
    const from = await writeFiles(path.join(home, "more"), more);
    await expect(addDataset(disk, "a", from, { limits: large, replace: true })).rejects.toMatchObject({
      code: "disk-full",
      mend: expect.stringContaining("Free some disk space") as string,
    });
    expect(await openDataset(disk, "a")).toEqual(before);
    expect(await datasetsIn(disk)).toEqual(["a"]);
  } finally {
    spawnSync("umount", [disk]);
  }
});
