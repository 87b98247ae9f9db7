import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { listenLocally } from "../../src-main/rpc/localServer.ts";
import { openWorkbench } from "../../src-main/workbench.ts";
import { addTiny, linesOf } from "./queue.cli.fixture.ts";
import { rwb, startRwb } from "./rwb.ts";
import { askAt, atEnd, opened, refusedWith, withNoiseForShapes } from "./server.fixture.ts";

const folder = mkdtempSync(path.join(os.tmpdir(), "rwb-serve-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let count = 0;
const newHome = (): string => path.join(folder, `home-${++count}`);

const screen = { ...process.env };
beforeAll(() => {
  delete process.env.DISPLAY;
  delete process.env.WAYLAND_DISPLAY;
});
afterEach(() => {
  process.env.PATH = screen.PATH;
  delete process.env.DISPLAY;
});

/** `rwb serve ARGS`, and what it has said on both streams so far. */
function startServe(home: string, ...args: string[]) {
  const child = startRwb(["serve", ...args], home);
  const said = { out: "", err: "" };
  child.stdout!.on("data", (chunk: Buffer) => (said.out += chunk.toString()));
  child.stderr!.on("data", (chunk: Buffer) => (said.err += chunk.toString()));
  atEnd(async () => {
    child.kill("SIGKILL");
    await child.ended;
  });
  const says = async (pattern: RegExp): Promise<string> => {
    for (const deadlineMs = performance.now() + 20_000; performance.now() < deadlineMs; await sleep(20)) {
      const match = pattern.exec(said.out + said.err);
      if (match) return match[0];
    }
    throw new Error(`It says ${JSON.stringify(said)}`);
  };
  return { child, said, says };
}

const linkPattern = /http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{43}/;
const firstUrl = ({ out }: { out: string }): URL => new URL((JSON.parse(out.split("\n")[0]) as { url: string }).url);

async function follow(link: URL): Promise<{ status: number; cookie: string; port: number }> {
  const port = Number(link.port);
  const { status, headers } = await askAt(port, link.pathname + link.search);
  return { status, cookie: String(headers["set-cookie"]).split(";")[0], port };
}

describe("rwb serve --json --no-open", () => {
  it("from the link to the live list, a second link, and the end by SIGINT", async () => {
    const home = newHome();
    const { child, says, said } = startServe(home, "--json", "--no-open");
    await says(/^\{.*\}\n/);
    const link = firstUrl(said);
    expect(statSync(path.join(home, "service.json")).mode & 0o777).toBe(0o600);

    const { status, cookie, port } = await follow(link);
    expect(status).toBe(200);
    expect((await follow(link)).status).toBe(403);
    const list = await askAt(port, "/api/runs", { headers: { cookie } });
    expect(JSON.parse(list.text)).toMatchObject({ runs: [] });
    const origin = link.origin;
    await opened(new WebSocket(`ws://127.0.0.1:${port}/rpc`, { origin, headers: { cookie } }));
    const foreign = new WebSocket(`ws://127.0.0.1:${port}/rpc`, { origin: "http://evil.example", headers: { cookie } });
    expect((await refusedWith(foreign)).status).toBe(403);

    const second = await rwb(["serve", "--json"], home);
    expect(second.code).toBe(0);
    expect(second.out.trim().split("\n")).toHaveLength(1);
    const fresh = firstUrl(second);
    expect(fresh.origin).toBe(origin);
    expect(fresh.search).not.toBe(link.search);
    expect((await follow(fresh)).status).toBe(200);
    const spoken = await rwb(["serve"], home);
    expect(spoken).toMatchObject({ code: 0, out: expect.stringMatching(linkPattern) as string });

    child.kill("SIGINT");
    const { code, out } = await child.ended;
    expect(code).toBe(0);
    expect(out.trim().split("\n")).toHaveLength(1);
    expect(readFileSync(path.join(home, "service.json"), "utf8")).not.toContain("secret");
    expect(existsSync(path.join(home, "main.sock"))).toBe(false);
    await expect(askAt(port, "/")).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });

  it("after a SIGKILL it serves again, on the same port, to none of the old cookies", async () => {
    const home = newHome();
    const first = startServe(home, "--json");
    await first.says(/^\{.*\}\n/);
    const { cookie, port } = await follow(firstUrl(first.said));
    first.child.kill("SIGKILL");
    await first.child.ended;
    const again = startServe(home, "--json");
    await again.says(/^\{.*\}\n/);
    expect(firstUrl(again.said).port).toBe(String(port));
    expect(await askAt(port, "/api/runs", { headers: { cookie } })).toMatchObject({ status: 401 });
    again.child.kill("SIGTERM");
    expect((await again.child.ended).code).toBe(0);
  });
});

describe("rwb serve", () => {
  it("prints the link where there is no screen", async () => {
    const { child, says, said } = startServe(newHome());
    const link = await says(linkPattern);
    await says(/ssh -L (\d+):127\.0\.0\.1:\1 /);
    expect(said.out).toContain(link);
    expect((await follow(new URL(link))).status).toBe(200);
    child.kill("SIGTERM");
    expect((await child.ended).code).toBe(0);
  });

  it.skipIf(process.platform === "win32")("gives the link to the browser, and to nobody else", async () => {
    const bin = path.join(folder, "bin");
    const seen = path.join(folder, "seen");
    mkdirSync(bin);
    writeFileSync(path.join(bin, "xdg-open"), `#!/bin/sh\ncp "$1" "${seen}.html"; echo "$@" > "${seen}"\n`, {
      mode: 0o755,
    });
    process.env.PATH = `${bin}:${screen.PATH}`;
    process.env.DISPLAY = ":0";
    const { child, says, said } = startServe(newHome());
    await says(/opens in the browser/);
    const opened = readFileSync(seen, "utf8").trim();
    expect(opened).not.toContain("token");
    expect(said.out + said.err).not.toMatch(/token/);
    expect(statSync(opened).mode & 0o777).toBe(0o600);
    const [link] = linkPattern.exec(readFileSync(`${seen}.html`, "utf8"))!;
    expect((await follow(new URL(link))).status).toBe(200);
    child.kill("SIGINT");
    expect((await child.ended).code).toBe(0);
    expect(existsSync(path.dirname(opened))).toBe(false);
  });

  it("says so where another command works the queue and serves nothing", async () => {
    const home = newHome();
    const workbench = await openWorkbench({ home });
    atEnd(() => workbench.close("the test is over"));
    atEnd(await listenLocally({ workbench, purpose: "queue" }, () => {}));
    const { code, err, out } = await rwb(["serve", "--json"], home);
    expect([code, out]).toEqual([1, ""]);
    expect(err).toMatch(/rwb queue run \(process \d+\) works on .* and serves no browser\. \[locked\]/);
  });

  it.each([
    ["--port", "65536", 2, /0 to 65535/],
    ["--port", "0x50", 2, /0 to 65535/],
    ["--host", "no-such-host.invalid", 2, /no address of this machine/],
  ])("refuses %s %s", async (option, value, exitCode, message) => {
    const { code, err } = await rwb(["serve", "--json", option, value], newHome());
    expect(code).toBe(exitCode);
    expect(err).toMatch(message);
  });

  it("names the port that is taken", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    atEnd(() => other.close());
    const { port } = other.address() as { port: number };
    const { code, err } = await rwb(["serve", "--port", String(port)], newHome());
    expect(code).toBe(1);
    expect(err).toMatch(new RegExp(`port ${port}.*\\[network\\]`));
  });

  it("trains what is added meanwhile; SIGINT leaves a checkpoint and exit code 0", async () => {
    const home = newHome();
    await withNoiseForShapes(home);
    const { child, says, said } = startServe(home, "--json");
    await says(/^\{.*\}\n/);
    const { cookie, port } = await follow(firstUrl(said));
    const [{ id }] = linesOf(await rwb(addTiny(100_000), home));
    type Listed = { runs: { id: string; status: string; iteration: number }[] };
    let shown: Listed["runs"] = [];
    while (!(shown[0]?.status === "running" && shown[0].iteration > 0)) {
      const answer = await askAt(port, "/api/runs", { headers: { cookie } });
      shown = (JSON.parse(answer.text) as Listed).runs;
      expect(["queued", "starting", "running"]).toContain(shown[0]?.status);
      await sleep(100);
    }
    expect(shown[0].id).toBe(id);
    child.kill("SIGINT");
    expect((await child.ended).code).toBe(0);
    expect(readdirSync(path.join(home, "runs", id, "checkpoints"))).toContain("last.safetensors");
    const [run] = linesOf(await rwb(["runs", "--json"], home));
    expect(run.status).toBe("interrupted");
  });
});
