import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { buffer } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import tar, { type Header } from "tar-stream";
import type { ImportLimits } from "../../src-main/dataset/import/importLimits.ts";

/** Formats with a handful of images, so that an import takes milliseconds. */
export const smallLimits: ImportLimits = {
  cifar10BatchImages: 4,
  cifar100TrainImages: 12,
  cifar100TestImages: 4,
  mostImages: 50,
};

export type Files = ReadonlyMap<string, Buffer>;

/** Bytes that look random and are always the same. */
export const noise = (length: number, seed: number): Buffer =>
  Buffer.from(Uint8Array.from({ length }, (_, i) => Math.imul(i + 1, 2654435761 + seed * 0x9e3779b2) >>> 24));

const record = (labels: readonly number[], seed: number): Buffer =>
  Buffer.concat([Buffer.from(labels), noise(3072, seed)]);

const records = (count: number, seed: number, labels: (index: number) => number[]): Buffer =>
  Buffer.concat(Array.from({ length: count }, (_, index) => record(labels(index), seed + index)));

export const cifar10Files: Files = new Map([
  ...[1, 2, 3, 4, 5].map((batch): [string, Buffer] => [
    `data_batch_${batch}.bin`,
    records(smallLimits.cifar10BatchImages, 100 * batch, (index) => [(batch + 3 * index) % 10]),
  ]),
  ["test_batch.bin", records(smallLimits.cifar10BatchImages, 600, (index) => [index])],
  ["batches.meta.txt", Buffer.from("airplane\nautomobile\nbird\ncat\ndeer\ndog\nfrog\nhorse\nship\ntruck\n\n")],
]);

export const cifar100Files: Files = new Map([
  ["train.bin", records(smallLimits.cifar100TrainImages, 0, (index) => [index, 99 - index])],
  ["test.bin", records(smallLimits.cifar100TestImages, 50, (index) => [index, 50 + index])],
  ["fine_label_names.txt", Buffer.from(Array.from({ length: 100 }, (_, i) => `fine${i}\n`).join(""))],
]);

function idx(dimensions: readonly number[], data: Buffer): Buffer {
  const header = Buffer.alloc(4 + 4 * dimensions.length);
  header.writeUInt32BE(0x0800 + dimensions.length, 0);
  dimensions.forEach((size, i) => header.writeUInt32BE(size, 4 + 4 * i));
  return Buffer.concat([header, data]);
}

export const idxFiles: Files = new Map([
  ["train-images-idx3-ubyte", idx([7, 28, 28], noise(7 * 784, 1))],
  ["train-labels-idx1-ubyte", idx([7], Buffer.from([0, 1, 2, 3, 9, 8, 7]))],
  ["t10k-images-idx3-ubyte", idx([3, 28, 28], noise(3 * 784, 2))],
  ["t10k-labels-idx1-ubyte", idx([3], Buffer.from([4, 5, 6]))],
]);

export const gzipped = (files: Files): Files =>
  new Map([...files].map(([name, data]) => [`${name}.gz`, gzipSync(data, { level: 1 })]));

export type Member = Partial<Header> & { name: string; data?: Buffer };

export const members = (files: Files, prefix: string): Member[] =>
  [...files].map(([name, data]) => ({ name: prefix + name, data }));

export async function tarOf(list: readonly Member[]): Promise<Buffer> {
  const pack = tar.pack();
  for (const { data = Buffer.alloc(0), ...header } of list) pack.entry({ mtime: new Date(0), ...header }, data);
  pack.finalize();
  return buffer(pack);
}

export const temporaryFolder = (): Promise<string> => mkdtemp(path.join(os.tmpdir(), "rwb-dataset-"));

export const removeFolder = (folder: string): Promise<void> => rm(folder, { recursive: true, force: true });

export async function writeFiles(folder: string, files: Files): Promise<string> {
  for (const [name, data] of files) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), data);
  }
  return folder;
}

/** Everything in the workbench folder's datasets, hidden or not. */
export async function datasetsIn(home: string): Promise<string[]> {
  return (await readdir(path.join(home, "datasets")).catch(() => [])).sort();
}
