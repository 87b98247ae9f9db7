import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { request } from "node:http";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { exportArchive, importArchive } from "../../src-main/archive/index.ts";
import { collectionAddress } from "../../src-shared/contract/index.ts";
import { RunList } from "../../src-main/server/runList.ts";
import { newRun } from "../unit/historyFixtures.ts";
import { entriesOf, openBench } from "../unit/archiveFixture.ts";
import { atEnd, sendRaw, startShell, temporaryFolder, withNoiseForShapes, type TestShell } from "./server.fixture.ts";

/** A bundle as a build leaves it, and what must not be had beside it. */
function bundle(): { root: string; renderer: string } {
  const root = temporaryFolder();
  const renderer = path.join(root, "renderer");
  mkdirSync(path.join(renderer, "assets", "deep"), { recursive: true });
  mkdirSync(path.join(renderer, "linked"));
  const files: Record<string, string> = {
    "secret.txt": "SECRET",
    "renderer-other/x.txt": "SECRET",
    "renderer/index.html": "<!doctype html>window",
    "renderer/assets/index-D4x0Zk3a.js": "script",
    "renderer/assets/plain.js": "script",
    "renderer/assets/deep/font-AbCdEf12.ttf": "font",
    "renderer/a b.txt": "with a space",
    "renderer/empty.txt": "",
    "renderer/.env": "SECRET",
    "renderer/.git/config": "SECRET",
    "renderer/unknown.xyz": "<script>",
  };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), text);
  }
  symlinkSync(path.join(root, "secret.txt"), path.join(renderer, "link.txt"));
  symlinkSync(root, path.join(renderer, "linked", "up"));
  return { root, renderer };
}

async function withBundle(): Promise<{ shell: TestShell; cookie: string; root: string; renderer: string }> {
  const { root, renderer } = bundle();
  const shell = await startShell({ rendererFolder: renderer });
  return { shell, cookie: await shell.enter(), root, renderer };
}

describe("files", () => {
  const forEver = "private, max-age=31536000, immutable";
  it.each([
    ["/", "<!doctype html>window", "text/html; charset=utf-8", "no-store"],
    ["/?a=b", "<!doctype html>window", "text/html; charset=utf-8", "no-store"],
    ["/index.html", "<!doctype html>window", "text/html; charset=utf-8", "no-store"],
    ["/assets/index-D4x0Zk3a.js", "script", "text/javascript; charset=utf-8", forEver],
    ["/assets/plain.js", "script", "text/javascript; charset=utf-8", "no-store"],
    ["/assets/deep/font-AbCdEf12.ttf", "font", "font/ttf", forEver],
    ["/a%20b.txt", "with a space", "text/plain; charset=utf-8", "no-store"],
    ["/empty.txt", "", "text/plain; charset=utf-8", "no-store"],
    ["/unknown.xyz", "<script>", "application/octet-stream", "no-store"],
  ])("%s is served", async (address, text, type, cached) => {
    const { shell, cookie } = await withBundle();
    const answer = await shell.ask(address, { headers: { cookie } });
    expect(answer).toMatchObject({ status: 200, text });
    expect(answer.headers).toMatchObject({ "content-type": type, "cache-control": cached });
  });

  it("nothing else is, however it is spelled", async () => {
    const { shell, cookie, root } = await withBundle();
    const climbs = [
      "..",
      "%2e%2e",
      "%2E.",
      ".%2e",
      "..;",
      "%252e%252e",
      "..%00",
      "%c0%ae%c0%ae",
      "..\\",
      "%u002e%u002e",
    ];
    const separators = ["/", "%2f", "%2F", "\\", "%5c", "%252f", "//"];
    const addresses = [
      ...climbs.flatMap((up) => separators.flatMap((to) => [`/${up}${to}secret.txt`, `/assets${to}${up}${to}${up}${to}secret.txt`])),
      ...["/../renderer-other/x.txt", "/.env", "/%2eenv", "/.git/config", "/.git/", "/link.txt", "/linked/up/secret.txt"],
      ...["/assets", "/assets/", "/assets/deep/", "/linked/", "/.", "/./", "/./index.html", "//index.html", "/index.html/"],
      ...["/index.html%00", "/index.html%00.js", "/%00", "/index.html.", "/INDEX.HTML", "/a+b.txt", "/index.html::$DATA"],
      ...[`/${root}/secret.txt`, `/file://${root}/secret.txt`, "/C:/Windows/win.ini", "/signInPages.ts", "/browserShell.ts"],
      ...["/__proto__", "/constructor", "/toString"],
    ]; // prettier-ignore
    for (const address of addresses) {
      const { status, text } = await shell.ask(address, { headers: { cookie } });
      expect([address, status]).toEqual([address, 404]);
      expect(text).not.toMatch(/SECRET|secret\.txt|index-D4/);
    }
    for (const target of ["/index.html\0", "/\xff\xfe", "index.html", "../secret.txt"]) {
      const bytes = `GET ${target} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: ${cookie}\r\nConnection: close\r\n\r\n`;
      expect(await sendRaw(shell.port, bytes)).toMatch(/^HTTP\/1\.1 400 /);
    }
  });

  it("a link that takes a file's place is not followed", async () => {
    const { shell, cookie, root, renderer } = await withBundle();
    const ask = () => shell.ask("/assets/plain.js", { headers: { cookie } });
    expect((await ask()).status).toBe(200);
    unlinkSync(path.join(renderer, "assets", "plain.js"));
    symlinkSync(path.join(root, "secret.txt"), path.join(renderer, "assets", "plain.js"));
    expect((await ask()).status).toBe(404);
  });

  it("a new build is found", async () => {
    const { shell, cookie, renderer } = await withBundle();
    const ask = (address: string) => shell.ask(address, { headers: { cookie } });
    expect((await ask("/")).status).toBe(200);
    renameSync(path.join(renderer, "assets", "index-D4x0Zk3a.js"), path.join(renderer, "assets", "index-Newer123.js"));
    await sleep(1_050);
    expect((await ask("/assets/index-Newer123.js")).text).toBe("script");
    expect((await ask("/assets/index-D4x0Zk3a.js")).status).toBe(404);
  });

  it("without a bundle a page says what builds it", async () => {
    const shell = await startShell({ rendererFolder: path.join(temporaryFolder(), "not-built") });
    const headers = { cookie: await shell.enter() };
    const page = await shell.ask("/", { headers });
    expect(page.status).toBe(503);
    expect(page.text).toContain("<code>npm start</code>");
    expect(page.text).not.toMatch(/ on\w+=|<script|javascript:/);
    expect((await shell.ask("/index.html", { headers })).status).toBe(404);
    expect((await shell.ask("/", { method: "POST", headers: { ...headers, origin: shell.origin } })).status).toBe(405);
  });
});

describe("the list of runs", () => {
  it("is JSON of its runs, and said once where nothing changed", async () => {
    const shell = await startShell();
    const headers = { cookie: await shell.enter() };
    const first = await shell.ask("/api/runs", { headers });
    expect(JSON.parse(first.text)).toEqual({
      ...{ paused: false, runs: [], more: 0 },
      counts: { all: 0, running: 0, waiting: 0, finished: 0 },
    });
    const again = { ...headers, "if-none-match": String(first.headers.etag) };
    expect(await shell.ask("/api/runs", { headers: again })).toMatchObject({ status: 304, text: "" });
    shell.workbench.queue.pause();
    await sleep(300);
    expect(JSON.parse((await shell.ask("/api/runs", { headers: again })).text)).toMatchObject({ paused: true });
  });

  it("of 10,000 names the first 200 and how many more there are, and holds main for under 25 ms", async () => {
    const shell = await startShell();
    const { history } = shell.workbench;
    history.transaction(() => {
      for (let run = 0; run < 10_000; run++) {
        history.runs.add(newRun(`run-${run}`, { status: run % 4 === 0 ? "queued" : "finished", endedMs: run }));
      }
    });
    const cookie = await shell.enter();
    const { runs, more, counts } = JSON.parse((await shell.ask("/api/runs", { headers: { cookie } })).text) as {
      runs: { id: string }[];
      more: number;
      counts: object;
    };
    expect([runs.length, runs[0].id, runs[199].id, more]).toEqual([200, "run-0", "run-796", 9_800]);
    expect(counts).toEqual({ all: 10_000, running: 0, waiting: 2_500, finished: 7_500 });
    const held = Array.from({ length: 5 }, () => {
      const list = new RunList(shell.workbench);
      const before = process.threadCpuUsage();
      list.text();
      const { user, system } = process.threadCpuUsage(before);
      list.close();
      return (user + system) / 1000;
    });
    expect(Math.min(...held)).toBeLessThan(25);
  });
});

describe("images", () => {
  it("are the data set's, by number", async () => {
    const shell = await startShell();
    await withNoiseForShapes(shell.home);
    const headers = { cookie: await shell.enter() };
    const first = await shell.ask("/api/images/shapes/0.png", { headers });
    expect(first.headers["content-type"]).toBe("image/png");
    const { data, info } = await sharp(first.body).raw().toBuffer({ resolveWithObject: true });
    expect(info).toMatchObject({ width: 32, height: 32, channels: 3 });
    const stored = readFileSync(path.join(shell.home, "datasets", "shapes", "test-images.u8"));
    expect(data.equals(stored.subarray(0, 3072))).toBe(true);
    const train = await shell.ask("/api/images/shapes/7.png?part=train", { headers });
    const trained = readFileSync(path.join(shell.home, "datasets", "shapes", "train-images.u8"));
    expect((await sharp(train.body).raw().toBuffer()).equals(trained.subarray(7 * 3072, 8 * 3072))).toBe(true);

    const refused = [
      ...["shapes/999999999.png", "shapes/-1.png", "shapes/01.png", "shapes/1e3.png", "shapes/0.jpg", "shapes/0", "shapes/"],
      ...["nothing/0.png", "../0.png", "%2e%2e/0.png", "shapes%2f..%2fx/0.png", "Shapes/0.png", ".x/0.png"],
      ...["shapes/0.png?part=x", "shapes/0.png?part=../test", "shapes/9999999999999999999.png"],
    ]; // prettier-ignore
    for (const address of refused) {
      const answer = await shell.ask(`/api/images/${address}`, { headers });
      expect([address, answer.status]).toEqual([address, 404]);
    }
  });

  it("draw no data set that is not there", async () => {
    const shell = await startShell();
    const answer = await shell.ask("/api/images/shapes/0.png", { headers: { cookie: await shell.enter() } });
    expect(answer).toMatchObject({ status: 404, code: "dataset-missing" });
    expect(existsSync(path.join(shell.home, "datasets"))).toBe(false);
  });
});

describe("several runs", () => {
  it("are one file: those that are named, or a study", async () => {
    const shell = await startShell();
    const { history } = shell.workbench;
    const bench = openBench();
    atEnd(() => bench.close());
    await exportArchive(bench.history, bench.home, bench.id, bench.archive);
    const id = await importArchive(history, shell.home, bench.archive);
    const set = ["network.width=1", "training.batchSize=4", "training.iterations=6"];
    const grid = { recipe: "quick", families: ["residual"], depths: [8], seeds: [1], set } as const;
    history.studies.create({ name: "My study", grid });
    const headers = { cookie: await shell.enter() };
    for (const [which, name] of [
      [{ runs: [id] }, "runs"],
      [{ study: "My study" }, "My_study"],
    ] as const) {
      const answer = await shell.ask(collectionAddress(which), { headers });
      expect(answer.status).toBe(200);
      expect(answer.headers["content-disposition"]).toBe(`attachment; filename="${name}.rwb.tar.gz"`);
      const members = (await entriesOf(answer.body)).map(({ header }) => header.name);
      expect(members).toEqual(["runs.json", "0/archive.json", "0/config.json", "0/events.ndjson"]);
    }
    const refused = ["", "?runs=", "?runs=nobody", "?study=none", "?study=../x", `?runs=${"a,".repeat(2_001)}`];
    for (const query of refused) {
      expect([query, (await shell.ask(`/archives${query}`, { headers })).status]).toEqual([query, 404]);
    }
  });
});

describe("uploads", () => {
  const type = "application/octet-stream";
  const left = (home: string): string[] => {
    const folder = path.join(home, "uploads");
    return existsSync(folder) ? readdirSync(folder) : [];
  };

  async function prepared(limits = {}) {
    const shell = await startShell({ limits });
    const headers = { cookie: await shell.enter(), origin: shell.origin, "content-type": type };
    return { shell, headers };
  }

  it("bring a run in, under a new id", async () => {
    const bench = openBench();
    atEnd(() => bench.close());
    await exportArchive(bench.history, bench.home, bench.id, bench.archive);
    const { shell, headers } = await prepared();
    const answer = await shell.ask("/api/import", { method: "POST", headers, body: readFileSync(bench.archive) });
    expect(answer.status).toBe(200);
    const [run] = (JSON.parse(answer.text) as { runs: { id: string }[] }).runs;
    expect(run).toMatchObject({ status: "finished", tags: ["mine", "imported"] });
    expect(run.id).not.toBe(bench.id);
    expect(shell.workbench.history.runs.get(run.id).iteration).toBe(6);
    expect(left(shell.home)).toEqual([]);
  });

  it.each<[string, object, string | Buffer, number, string]>([
    ["what is no archive", {}, "hello", 422, "archive-invalid"],
    ["nothing", {}, "", 422, "archive-invalid"],
    ["a form's kind", { "content-type": "text/plain" }, "hello", 415, "upload-kind"],
    ["a form with parts", { "content-type": "multipart/form-data; boundary=a" }, "hello", 415, "upload-kind"],
    ["too much, as it says itself", {}, Buffer.alloc(200_001), 413, "upload-large"],
    ["too much, in pieces", { "transfer-encoding": "chunked" }, Buffer.alloc(400_000), 413, "upload-large"],
    ["another site's", { origin: "http://evil.example" }, "hello", 403, "origin-foreign"],
    ["a stranger's", { cookie: "" }, "hello", 401, "session"],
  ])("are refused: %s", async (_, changes, body, status, code) => {
    const { shell, headers } = await prepared({ uploadBytes: 200_000 });
    const answer = await shell.ask("/api/import", { method: "POST", headers: { ...headers, ...changes }, body });
    expect(answer).toMatchObject({ status, code });
    expect(answer.text).not.toContain(shell.home);
    expect(left(shell.home)).toEqual([]);
    expect(shell.workbench.history.runs.list({})).toEqual([]);
  });

  it("are so many at a time, and leave nothing behind when they break off or stand still", async () => {
    const { shell, headers } = await prepared({ uploadsAtOnce: 2, uploadIdleMs: 500 });
    const begun = [1, 2].map(() => {
      const options = { port: shell.port, host: "127.0.0.1", path: "/api/import", method: "POST", agent: false };
      const upload = request({ ...options, headers: { ...headers, "content-length": 1_000_000 } });
      const ended = new Promise<void>((resolve) => upload.on("error", () => {}).once("close", resolve));
      upload.write(Buffer.alloc(1000));
      return { upload, ended };
    });
    while (left(shell.home).length < 2) await sleep(10);
    const third = await shell.ask("/api/import", { method: "POST", headers, body: "x" });
    expect(third).toMatchObject({ status: 429, code: "uploads-busy" });
    begun[0].upload.destroy();
    // The other stands still until it is cut off.
    const startMs = performance.now();
    await begun[1].ended;
    expect(performance.now() - startMs).toBeLessThan(3_000);
    while (left(shell.home).length > 0) await sleep(10);
    const fourth = await shell.ask("/api/import", { method: "POST", headers, body: "x" });
    expect(fourth).toMatchObject({ status: 422 });
  });

  it("of a process that was killed are swept", async () => {
    const home = temporaryFolder();
    mkdirSync(path.join(home, "uploads"));
    writeFileSync(path.join(home, "uploads", "half"), "x");
    await startShell({ home });
    expect(left(home)).toEqual([]);
  });
});
