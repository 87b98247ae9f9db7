import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { request, type IncomingMessage } from "node:http";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createORPCClient } from "@orpc/client";
import { RPCLink } from "@orpc/client/websocket";
import { describe, expect, it } from "vitest";
import { exportArchive, importArchive } from "../../src-main/archive/index.ts";
import { connectLocally } from "../../src-main/rpc/localClient.ts";
import { listenLocally } from "../../src-main/rpc/localServer.ts";
import { serveMessagePort } from "../../src-main/rpc/serveMessagePort.ts";
import { connectRpc, messagePortTransport } from "../../src-renderer/state/rpcClient.ts";
import { downloadAddress, type Services } from "../../src-shared/contract/index.ts";
import { openBench } from "../unit/archiveFixture.ts";
import { atEnd, opened, startShell, type TestShell } from "./server.fixture.ts";
import { writeFiles } from "../unit/datasetFixtures.ts";

/** A shell whose workbench has the small finished run, and a folder beside it that is no workbench's. */
async function withRun(options: Parameters<typeof startShell>[0] = {}) {
  const shell = await startShell(options);
  const bench = openBench();
  await exportArchive(bench.history, bench.home, bench.id, bench.archive);
  const id = await importArchive(shell.workbench.history, shell.home, bench.archive);
  bench.close();
  const outside = mkdtempSync(path.join(os.tmpdir(), "rwb-outside-"));
  atEnd(() => rmSync(outside, { recursive: true }));
  return { shell, id, outside };
}

/** The services as a page has them that was let in. */
async function asBrowser(shell: TestShell): Promise<Services> {
  const socket = await shell.socket({ origin: `http://127.0.0.1:${shell.port}` });
  socket.binaryType = "arraybuffer";
  await opened(socket);
  return createORPCClient(new RPCLink({ websocket: socket }));
}

async function asCommand(shell: TestShell): Promise<Services> {
  atEnd(await listenLocally({ workbench: shell.workbench, purpose: "serve" }, () => {}));
  const main = (await connectLocally(shell.home))!;
  atEnd(() => main.close());
  return main.services;
}

async function asDesktopWindow(shell: TestShell): Promise<Services> {
  const askForPort = async () => {
    const { port1, port2 } = new MessageChannel();
    serveMessagePort(port1, { workbench: shell.workbench, purpose: "serve" }, () => {});
    return port2;
  };
  const client = connectRpc(messagePortTransport(askForPort), { program: "test" });
  atEnd(() => client.close());
  return client.services;
}

function idx(dimensions: readonly number[]): Buffer {
  const header = Buffer.alloc(4 + 4 * dimensions.length);
  header.writeUInt32BE(0x0800 + dimensions.length, 0);
  dimensions.forEach((size, i) => header.writeUInt32BE(size, 4 + 4 * i));
  return Buffer.concat([header, Buffer.alloc(dimensions.reduce((a, b) => a * b))]);
}

async function writeImages(folder: string): Promise<string> {
  const from = path.join(folder, "idx");
  mkdirSync(from);
  await writeFiles(from, new Map([
    ["train-images-idx3-ubyte", idx([7, 28, 28])],
    ["train-labels-idx1-ubyte", idx([7])],
    ["t10k-images-idx3-ubyte", idx([3, 28, 28])],
    ["t10k-labels-idx1-ubyte", idx([3])],
  ])); // prettier-ignore
  return from;
}

async function addAll(services: Services, from: string): Promise<string[]> {
  const steps: string[] = [];
  for await (const { type } of await services.datasets.add({ name: "tiny", from })) steps.push(type);
  return steps;
}

describe("a browser names no file of the machine for a run", () => {
  it.each(["archive", "csv"] as const)("export as %s is refused, and says where to download it", async (format) => {
    const { shell, id, outside } = await withRun();
    const services = await asBrowser(shell);
    const out = path.join(outside, "out");
    const mend = expect.stringContaining(downloadAddress(id, format)) as string;
    const refused = { code: "path-refused", data: { mend } };
    await expect(services.archive.export({ run: id, format, out })).rejects.toMatchObject(refused);
    await expect(services.archive.export({ run: "none", format, out })).rejects.toMatchObject({ code: "run-unknown" });
    expect(readdirSync(outside)).toEqual([]);
    expect(shell.notes).toEqual([]);
  });

  it("import is refused, whether there is such a file or not, and says how to upload it", async () => {
    const { shell, id, outside } = await withRun();
    const services = await asBrowser(shell);
    const file = path.join(outside, "run.tar.gz");
    await exportArchive(shell.workbench.history, shell.home, id, file);
    for (const named of [file, path.join(outside, "none")]) {
      const refused = { code: "path-refused", data: { mend: "Upload it: POST /api/import" } };
      await expect(services.archive.import({ file: named })).rejects.toMatchObject(refused);
    }
    expect(shell.workbench.history.runs.list()).toHaveLength(1);
  });

  it.each([
    ["a command", asCommand],
    ["the desktop's window", asDesktopWindow],
  ])("%s does", async (_, connect) => {
    const { shell, id, outside } = await withRun({ host: "0.0.0.0" });
    const services = await connect(shell);
    const out = path.join(outside, "run.tar.gz");
    expect(await services.archive.export({ run: id, format: "archive", out })).toEqual({ id, files: [out] });
    expect(await services.archive.import({ file: out })).toMatchObject({ runs: [{ status: "finished" }] });
    expect(await addAll(services, await writeImages(outside))).toContain("done");
  });
});

describe("a data set's path", () => {
  it.each([undefined, "127.0.0.1", "localhost"])("is a browser's to name on host %s", async (host) => {
    const { shell, outside } = await withRun(host === undefined ? {} : { host });
    expect(await addAll(await asBrowser(shell), await writeImages(outside))).toContain("done");
  });

  it.each(["0.0.0.0"])("is not with --host %s", async (host) => {
    const { shell, outside } = await withRun({ host });
    const services = await asBrowser(shell);
    const from = await writeImages(outside);
    const mend = expect.stringContaining("rwb dataset add") as string;
    await expect(addAll(services, from)).rejects.toMatchObject({ code: "path-refused", data: { mend } });
    const out = path.join(outside, "out");
    await expect(services.archive.import({ file: out })).rejects.toMatchObject({ code: "path-refused" });
    expect((await services.datasets.list()).map(({ name }) => name)).not.toContain("tiny");
  });
});

describe("downloads", () => {
  it("are the run's archive, which another workbench takes in", async () => {
    const { shell, id, outside } = await withRun();
    const headers = { cookie: await shell.enter() };
    const answer = await shell.ask(downloadAddress(id, "archive"), { headers });
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({
      "content-type": "application/gzip",
      "content-disposition": `attachment; filename="${id}.rwb.tar.gz"`,
      "x-content-type-options": "nosniff",
      "cross-origin-resource-policy": "same-origin",
      "cache-control": "no-store",
    });
    const file = path.join(outside, "run.tar.gz");
    writeFileSync(file, answer.body);
    const other = await startShell();
    const imported = await importArchive(other.workbench.history, other.home, file);
    const { series, evaluations } = shell.workbench.history.dump(id);
    expect(other.workbench.history.dump(imported)).toMatchObject({ series, evaluations });
    const head = await shell.ask(downloadAddress(id, "archive"), { method: "HEAD", headers });
    expect([head.status, head.body.length]).toEqual([200, 0]);
  });

  it("are its numbers as tables", async () => {
    const { shell, id } = await withRun();
    const headers = { cookie: await shell.enter() };
    const series = await shell.ask(downloadAddress(id, "csv"), { headers });
    expect(series.headers).toMatchObject({ "content-disposition": `attachment; filename="${id}.series.csv"` });
    expect(series.text.split("\n").slice(0, 2)).toEqual([
      "iteration,loss,accuracy,learningRate,stepMs",
      "0,2.302585,0.25,0.1,7.5",
    ]);
    const evaluations = await shell.ask(downloadAddress(id, "csv", "evaluations"), { headers });
    expect(evaluations.text).toMatch(/^iteration,testLoss/);
    const events = await shell.ask(downloadAddress(id, "tensorboard"), { headers });
    expect(events.headers["content-disposition"]).toMatch(/filename="events\.out\.tfevents\.\d+\./);
    expect(events.body.includes("brain.Event:2")).toBe(true);
  });

  it.each<[string, string, object, number, string | undefined]>([
    ["a stranger", "ID", { cookie: "" }, 401, "session"],
    ["another host", "ID", { host: "evil.example" }, 403, "host-foreign"],
    ["another site", "ID", { origin: "http://evil.example" }, 403, "origin-foreign"],
    ["a run that is not", "none", {}, 404, "run-unknown"],
    ["a path", "..%2f..%2fworkbench.sqlite", {}, 404, "not-found"],
    ["a path", "../workbench.sqlite", {}, 404, "not-found"],
    ["a hidden name", ".new-0123456789ab", {}, 404, "not-found"],
    ["no run", "", {}, 404, "not-found"],
    ["a table that is not", "ID/weights.csv", {}, 404, "not-found"],
    ["a file of its folder", "ID/config.json", {}, 404, "not-found"],
  ])("are refused: %s, %s", async (_, name, changes, status, code) => {
    const { shell, id } = await withRun();
    const headers = { cookie: await shell.enter(), ...changes };
    const answer = await shell.ask(`/archives/${name.replace("ID", id)}`, { headers });
    expect(answer).toMatchObject({ status, code });
    expect(answer.text).not.toContain(shell.home);
  });

  it("of a run that has not begun, or whose folder is gone, say so; a POST is refused", async () => {
    const { shell, id } = await withRun();
    const { runs } = shell.workbench.history;
    const headers = { cookie: await shell.enter(), origin: shell.origin };
    runs.add({ ...runs.get(id), id: "waiting", status: "queued", startedMs: undefined });
    expect(await shell.ask("/archives/waiting", { headers })).toMatchObject({ status: 409, code: "run-state" });
    rmSync(path.join(shell.home, "runs", id), { recursive: true });
    expect(await shell.ask(`/archives/${id}`, { headers })).toMatchObject({ status: 409, code: "run-folder-missing" });
    expect(await shell.ask(`/archives/${id}`, { headers, method: "POST" })).toMatchObject({ status: 405 });
    expect(existsSync(path.join(shell.home, "runs", id))).toBe(false);
  });

  it("are so many at a time; one that is broken off, or takes nothing, is over", async () => {
    const { shell, id } = await withRun({ limits: { downloadsAtOnce: 2, downloadIdleMs: 700 } });
    // What does not fit into the buffers of both ends, and does not shrink.
    const noise = randomBytes(6_000_000).toString("base64");
    const events = path.join(shell.home, "runs", id, "events.ndjson");
    for (let i = 0; i < 3; i++) writeFileSync(events, `${JSON.stringify({ noise })}\n`, { flag: "a" });
    const headers = { cookie: await shell.enter() };
    const begin = async (): Promise<IncomingMessage> => {
      const options = { port: shell.port, host: "127.0.0.1", path: `/archives/${id}`, agent: false, headers };
      const response = await new Promise<IncomingMessage>((resolve, reject) => {
        request(options, resolve).on("error", reject).end();
      });
      return response.on("error", () => {});
    };
    const another = async () => shell.ask(`/archives/${id}`, { method: "HEAD", headers });
    const untilThereIsRoom = async () => {
      const startMs = performance.now();
      while ((await another()).status !== 200) {
        if (performance.now() - startMs > 10_000) throw new Error("still busy");
        await sleep(20);
      }
    };
    await Promise.all([begin(), begin()]);
    expect((await another()).status).toBe(429);
    expect(await shell.ask(`/archives/${id}`, { headers })).toMatchObject({ code: "downloads-busy" });
    // Nothing is taken of either.
    await untilThereIsRoom();
    const [first] = await Promise.all([begin(), begin()]);
    expect((await another()).status).toBe(429);
    first.destroy();
    await untilThereIsRoom();
    expect(shell.notes).toEqual([]);
  });
});
