import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import http from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { downloadDataset, removeDataset, verifyDataset } from "../../src-main/dataset/index.ts";
import type { Download } from "../../src-main/dataset/downloads.ts";
import {
  cifar100Files,
  datasetsIn,
  members,
  removeFolder,
  smallLimits,
  tarOf,
  temporaryFolder,
} from "../unit/datasetFixtures.ts";

/** How the server answers a request for the archive, from byte `start` on where the client asks for a rest. */
type Answer = (response: http.ServerResponse, start: number) => void;

let home = "";
let server: http.Server;
let baseUrl = "";
let archive = Buffer.alloc(0);
let download: Download;
let answers: Answer[] = [];
let requests: (string | undefined)[] = [];

const sound: Answer = (response, start) => {
  if (start > 0) response.setHeader("content-range", `bytes ${start}-${archive.length - 1}/${archive.length}`);
  response.writeHead(start > 0 ? 206 : 200, { "content-length": archive.length - start }).end(archive.subarray(start));
};
const ignoresRange: Answer = (response) => sound(response, 0);
const breaksOff: Answer = (response, start) => {
  response.writeHead(200, { "content-length": archive.length });
  response.write(archive.subarray(start, 5000), () => setTimeout(() => response.destroy(), 50));
};
/** Ends in good order, only too early, and says nothing of the length. */
const endsEarly: Answer = (response) => response.writeHead(200).end(archive.subarray(0, 5000));
const otherBytes: Answer = (response) => response.writeHead(200).end(Buffer.alloc(5000, 1));
const stalls: Answer = (response) => void response.writeHead(200).write(archive.subarray(0, 5000));
const notFound: Answer = (response) => response.writeHead(404).end("no");
const endless: Answer = (response) => {
  const write = (): void =>
    void (response.destroyed || response.write(Buffer.alloc(1 << 16), () => setImmediate(write)));
  write();
};

beforeAll(async () => {
  archive = Buffer.from(gzipSync(await tarOf(members(cifar100Files, "cifar-100-binary/"))));
  const md5 = createHash("md5").update(archive).digest("hex");
  download = {
    title: "CIFAR-100",
    baseUrl: "http://authors.example/",
    needBytes: 1,
    files: [{ name: "cifar-100-binary.tar.gz", md5, mostBytes: archive.length + 1000 }],
  };
  server = http.createServer((request, response) => {
    requests.push(request.headers.range);
    const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
    (answers.shift() ?? notFound)(response, start);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/mirror`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(async () => {
  home = await temporaryFolder();
  requests = [];
});
afterEach(() => removeFolder(home));

const fetchWith = (list: Answer[], options: { download?: Download } = {}) => {
  answers = list;
  return downloadDataset(home, "cifar100", { baseUrl, download, limits: smallLimits, stalledAfterMs: 500, ...options });
};

async function partBytes(): Promise<number> {
  const part = (await datasetsIn(home)).find((name) => name.startsWith(".part-cifar100"));
  if (part === undefined) return 0;
  const [file] = await readdir(path.join(home, "datasets", part));
  return (await readFile(path.join(home, "datasets", part, file))).length;
}

test("fetched, checked, imported, and nothing left over", async () => {
  expect((await fetchWith([sound])).trainImages).toBe(12);
  await verifyDataset(home, "cifar100");
  expect(await datasetsIn(home)).toEqual(["cifar100"]);
  await expect(fetchWith([sound])).rejects.toMatchObject({ code: "dataset-exists" });
  expect(requests.length).toBe(1);
});

test.each<{ what: string; interrupted: Answer; then: Answer[]; ranges: (string | undefined)[] }>([
  { what: "goes on where it broke off", interrupted: breaksOff, then: [sound], ranges: [undefined, "bytes=5000-"] },
  {
    what: "starts anew where the server knows no ranges",
    interrupted: breaksOff,
    then: [ignoresRange],
    ranges: [undefined, "bytes=5000-"],
  },
  { what: "goes on after a stall", interrupted: stalls, then: [sound], ranges: [undefined, "bytes=5000-"] },
])("$what", async ({ interrupted, then, ranges }) => {
  await expect(fetchWith([interrupted])).rejects.toMatchObject({
    code: "network",
    mend: expect.stringMatching(/Run the same command again.*rwb dataset add cifar100 --from/) as string,
  });
  expect(await partBytes()).toBe(5000);
  expect((await fetchWith(then)).trainImages).toBe(12);
  expect(requests).toEqual(ranges);
  expect(await datasetsIn(home)).toEqual(["cifar100"]);
});

test("a first part that was not of this file costs one more attempt, no more", async () => {
  const broken: Answer = (response) => {
    response.writeHead(200, { "content-length": archive.length });
    response.write(Buffer.alloc(5000, 1), () => setTimeout(() => response.destroy(), 50));
  };
  await expect(fetchWith([broken])).rejects.toMatchObject({ code: "network" });
  expect((await fetchWith([sound, sound])).trainImages).toBe(12);
  expect(requests).toEqual([undefined, "bytes=5000-", undefined]);
});

test.each([
  { what: "other bytes", answer: otherBytes },
  { what: "an end that comes too early, unannounced", answer: endsEarly },
  { what: "more than the file could have", answer: endless },
])("$what: the checksum refuses it, and nothing of it stays", async ({ answer }) => {
  await expect(fetchWith([answer])).rejects.toMatchObject({
    code: "checksum",
    mend: expect.stringContaining("rwb dataset add") as string,
  });
  expect(await partBytes()).toBe(0);
  expect((await datasetsIn(home)).filter((name) => !name.startsWith("."))).toEqual([]);
  expect((await fetchWith([sound])).trainImages).toBe(12);
});

test("no such file, and no server", async () => {
  await expect(fetchWith([notFound])).rejects.toMatchObject({
    code: "network",
    message: expect.stringContaining("404") as string,
  });
  answers = [];
  const nobody = { baseUrl: "http://127.0.0.1:9", download, limits: smallLimits };
  await expect(downloadDataset(home, "cifar100", nobody)).rejects.toMatchObject({ code: "network" });
  expect(await datasetsIn(home)).toEqual([]);
});

test("too little room is said before a byte is fetched", async () => {
  const huge = { ...download, needBytes: Number.MAX_SAFE_INTEGER };
  await expect(fetchWith([sound], { download: huge })).rejects.toMatchObject({
    code: "disk-full",
    message: expect.stringMatching(/CIFAR-100 needs \d+ MB/) as string,
  });
  expect(requests).toEqual([]);
});

test("a sound archive whose import fails stays for the next attempt, and goes with remove", async () => {
  answers = [sound];
  // The real limits: 12 images are not 50,000.
  await expect(downloadDataset(home, "cifar100", { baseUrl, download })).rejects.toMatchObject({
    code: "dataset-invalid",
  });
  expect(await partBytes()).toBe(archive.length);
  await removeDataset(home, "cifar100");
  expect(await datasetsIn(home)).toEqual([]);
});
