import { readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { newSecret } from "../../src-main/server/secret.ts";
import { askAt, startShell } from "./server.fixture.ts";

const pathOf = (link: string): string => link.slice(link.indexOf("/?"));

describe("methods", () => {
  it.each<[string, string, number, string | undefined]>([
    ["GET", "/", 200, undefined],
    ["HEAD", "/", 200, undefined],
    ["HEAD", "/api/runs", 200, undefined],
    ["POST", "/", 405, "GET, HEAD"],
    ["POST", "/api/runs", 405, "GET, HEAD"],
    ["GET", "/api/import", 405, "POST"],
    ["GET", "/api/links", 404, undefined],
    ["PUT", "/api/runs", 405, "GET, HEAD, POST"],
    ["DELETE", "/api/runs", 405, "GET, HEAD, POST"],
    ["OPTIONS", "/api/runs", 405, "GET, HEAD, POST"],
    ["TRACE", "/api/runs", 405, "GET, HEAD, POST"],
    ["PROPFIND", "/", 405, "GET, HEAD, POST"],
  ])("%s %s: %i", async (method, address, status, allow) => {
    const shell = await startShell();
    const headers = { cookie: await shell.enter(), origin: shell.origin };
    const answer = await shell.ask(address, { method, headers });
    expect(answer.status).toBe(status);
    expect(answer.headers.allow).toBe(allow);
    if (method === "HEAD") expect(answer.body).toHaveLength(0);
    expect(Number(answer.headers["content-length"])).toBeGreaterThan(0);
  });

  it("POST does not say where it comes from: refused", async () => {
    const shell = await startShell();
    const headers = { cookie: await shell.enter(), "content-type": "application/octet-stream" };
    const answer = await shell.ask("/api/import", { method: "POST", headers, body: "x" });
    expect(answer).toMatchObject({ status: 403, code: "origin-missing" });
  });
});

describe("every answer", () => {
  const always = {
    "content-security-policy": expect.stringMatching(/default-src 'none'.*frame-ancestors 'none'/) as string,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
  };
  it.each<[string, string, object]>([
    ["the window", "/", {}],
    ["a script", "/runs.js", {}],
    ["data", "/api/runs", {}],
    ["nothing", "/nothing", {}],
    ["no session", "/", { cookie: "" }],
    ["another host", "/", { host: "evil.example" }],
    ["an expectation", "/", { expect: "a wonder" }],
  ])("carries what protects it: %s", async (_, address, headers) => {
    const shell = await startShell();
    const answer = await shell.ask(address, { headers: { cookie: await shell.enter(), ...headers } });
    expect(answer.headers).toMatchObject(always);
    expect(answer.headers["x-powered-by"] ?? answer.headers.server).toBeUndefined();
  });

  it("lets the window run its own scripts alone", async () => {
    const shell = await startShell();
    const { headers } = await shell.ask("/", { headers: { cookie: await shell.enter() } });
    const policy = String(headers["content-security-policy"]).split("; ");
    expect(policy).toEqual(
      expect.arrayContaining([
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' blob: data:",
        `connect-src 'self' ws://127.0.0.1:${shell.port}`,
        "object-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "form-action 'none'",
      ]),
    );
  });

  it("says nothing of what went wrong inside, to a person or to a program; the log does", async () => {
    const shell = await startShell();
    shell.workbench.history.runs.overview = () => {
      throw new TypeError(`cannot read ${shell.home}`);
    };
    const cookie = await shell.enter();
    for (const accept of ["application/json", "text/html"]) {
      const { status, text } = await shell.ask("/api/runs", { headers: { cookie, accept } });
      expect(status).toBe(500);
      expect(text).not.toMatch(/TypeError|cannot read|\.ts\b|node:| at /);
      expect(text).not.toContain(shell.home);
    }
    expect(shell.notes[0]).toContain("server.answers.test.ts");
    expect(shell.notes).toHaveLength(1);
  });

  it("is a page for a person", async () => {
    const shell = await startShell();
    const { status, text, headers } = await shell.ask("/", { headers: { accept: "text/html,*/*" } });
    expect(status).toBe(401);
    expect(headers["content-type"]).toBe("text/html; charset=utf-8");
    expect(text).toContain("<code>rwb serve</code>");
  });
});

describe("links for the owner of the folder", () => {
  const service = (home: string) =>
    JSON.parse(readFileSync(path.join(home, "service.json"), "utf8")) as {
      instance: string;
      port: number;
      serving?: { origin: string; secret: string; processId: number };
    };

  it("need the secret of its file, which he alone can read and which ends with the service", async () => {
    const shell = await startShell();
    expect(statSync(path.join(shell.home, "service.json")).mode & 0o777).toBe(0o600);
    const { secret } = service(shell.home).serving!;
    const post = (headers: Record<string, string>) =>
      shell.ask("/api/links", { method: "POST", headers: { origin: shell.origin, ...headers } });
    const { text } = await post({ authorization: `Bearer ${secret}` });
    const { url } = JSON.parse(text) as { url: string };
    expect((await shell.ask(pathOf(url))).status).toBe(200);
    for (const authorization of ["", "Bearer", `Bearer ${newSecret()}`, `Basic ${secret}`, `Bearer ${secret}x`]) {
      expect(await post({ authorization })).toMatchObject({ status: 401, code: "secret" });
    }
    expect(await post({ authorization: `Bearer ${secret}`, host: "evil.example" })).toMatchObject({ status: 403 });
    expect(await post({ cookie: await shell.enter() })).toMatchObject({ status: 401, code: "secret" });
    await shell.close();
    expect(service(shell.home).serving).toBeUndefined();
    expect(statSync(path.join(shell.home, "service.json")).mode & 0o777).toBe(0o600);
  });

  it("bookmarks survive: the port of last time, where it is free", async () => {
    const first = await startShell();
    await first.close();
    await first.workbench.close("again");
    const again = await startShell({ home: first.home });
    expect(again.port).toBe(first.port);
    expect((await again.enter()).split("=")[0]).toBe(`rwb-${service(first.home).instance}`);
    await again.close();
    await again.workbench.close("again");
    const squatter = await startShell({ port: first.port });
    const elsewhere = await startShell({ home: first.home });
    expect(elsewhere.port).not.toBe(first.port);
    await expect(startShell({ port: squatter.port })).rejects.toMatchObject({ code: "network" });
  });

  it("a damaged file is written anew", async () => {
    const first = await startShell();
    await first.close();
    await first.workbench.close("again");
    writeFileSync(path.join(first.home, "service.json"), '{"instance": "../..", "port": "x"}');
    const again = await startShell({ home: first.home });
    expect((await askAt(again.port, "/", { headers: { cookie: await again.enter() } })).status).toBe(200);
  });
});
