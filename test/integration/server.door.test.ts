import { connect } from "node:net";
import os from "node:os";
import { describe, expect, it } from "vitest";
import { newSecret } from "../../src-main/server/secret.ts";
import { codeIn, refusedWith, sendRaw, startShell, type Answer, type TestShell } from "./server.fixture.ts";

const pathOf = (link: string): string => link.slice(link.indexOf("/?"));

describe("a link", () => {
  it("lets a browser in: a page that sets the cookie and goes on by itself, without a script", async () => {
    const shell = await startShell();
    const { status, headers, text } = await shell.ask(pathOf(shell.link()));
    expect(status).toBe(200);
    expect(headers["set-cookie"]).toEqual([
      expect.stringMatching(/^rwb-[0-9a-f]{8}=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/),
    ]);
    expect(text).toContain(`<meta http-equiv="refresh" content="0; url=/" />`);
    expect(text).not.toContain("<script");
    expect(headers["content-security-policy"]).toContain("default-src 'none'");
    const cookie = headers["set-cookie"]![0].split(";")[0];
    expect(await shell.ask("/", { headers: { cookie } })).toMatchObject({ status: 200 });
  });

  type Way = (shell: TestShell) => Promise<Answer>;
  it.each<[string, Way, number, string | undefined]>([
    ["none", (shell) => shell.ask("/"), 401, "session"],
    ["an empty one", (shell) => shell.ask("/?token="), 403, "token"],
    ["a wrong one", (shell) => shell.ask(`/?token=${newSecret()}`), 403, "token"],
    [
      "one that was used",
      async (shell) => {
        const used = pathOf(shell.link());
        await shell.ask(used);
        return shell.ask(used);
      },
      403,
      "token",
    ],
    [
      "one that is too old",
      (shell) => {
        const old = pathOf(shell.link());
        shell.clock.ms += 60_000;
        return shell.ask(old);
      },
      403,
      "token",
    ],
    ["one at another address", (shell) => shell.ask(pathOf(shell.link()).replace("/", "/api/runs")), 401, "session"],
    ["one with HEAD", (shell) => shell.ask(pathOf(shell.link()), { method: "HEAD" }), 401, undefined],
    [
      "one with POST",
      (shell) => shell.ask(pathOf(shell.link()), { method: "POST", headers: { origin: shell.origin } }),
      401,
      "session",
    ],
    [
      "one of another site's page",
      (shell) => shell.ask(pathOf(shell.link()), { headers: { origin: "http://evil.example" } }),
      403,
      "origin-foreign",
    ],
    [
      "one under another name",
      (shell) => shell.ask(pathOf(shell.link()), { headers: { host: "evil.example" } }),
      403,
      "host-foreign",
    ],
  ])("that is refused: %s", async (_, way, status, code) => {
    const answer = await way(await startShell());
    expect(answer).toMatchObject({ status, code });
    expect(answer.headers["set-cookie"]).toBeUndefined();
  });

  it("is not used up by a look at its headers, nor by a refused stranger", async () => {
    const shell = await startShell();
    const link = pathOf(shell.link());
    await shell.ask(link, { method: "HEAD" });
    await shell.ask(link, { headers: { host: "evil.example" } });
    expect((await shell.ask(link)).status).toBe(200);
  });
});

describe("without a session", () => {
  it.each(["/", "/runs.js", "/index.html", "/api/runs", "/api/images/shapes/0.png", "/nothing", "/rpc"])(
    "%s is not answered",
    async (address) => {
      const shell = await startShell();
      expect(await shell.ask(address)).toMatchObject({ status: 401, code: "session" });
    },
  );

  it("a cookie of another instance, or of before a restart, opens nothing", async () => {
    const [one, other] = [await startShell(), await startShell()];
    const cookie = await other.enter();
    const renamed = cookie.replace(/^[^=]+/, (await one.enter()).split("=")[0]);
    for (const foreign of [cookie, renamed]) {
      expect(await one.ask("/", { headers: { cookie: foreign } })).toMatchObject({ status: 401 });
    }
    expect((await one.ask("/", { headers: { cookie: `${cookie}; ${await one.enter()}` } })).status).toBe(200);
  });
});

describe("the upgrade", () => {
  const own = (shell: TestShell): string => shell.origin;
  it.each<[string, (shell: TestShell, cookie: string) => object, number, string]>([
    ["no cookie", (shell) => ({ origin: own(shell), headers: {} }), 401, "session"],
    ["a wrong cookie", (shell) => ({ origin: own(shell), headers: { cookie: "rwb-0=1" } }), 401, "session"],
    ["no origin", (_, cookie) => ({ origin: undefined, headers: { cookie } }), 403, "origin-missing"],
    ["another site", (_, cookie) => ({ origin: "http://evil.example", headers: { cookie } }), 403, "origin-foreign"],
    ["another port", (_, cookie) => ({ origin: "http://127.0.0.1:1", headers: { cookie } }), 403, "origin-foreign"],
    [
      "another name (DNS rebinding)",
      (_, cookie) => ({ origin: "http://evil.example", headers: { cookie, host: "evil.example" } }),
      403,
      "host-foreign",
    ],
  ])("is refused with a plain answer: %s", async (_, options, status, code) => {
    const shell = await startShell();
    const refused = await refusedWith(await shell.socket(options(shell, await shell.enter())));
    expect(refused.status).toBe(status);
    expect(codeIn(refused.body)).toBe(code);
    expect(refused.headers).toMatchObject({ "x-content-type-options": "nosniff", connection: "close" });
  });

  it.each<[string, string, Record<string, string>, RegExp]>([
    ["another address", "/other", {}, /^HTTP\/1\.1 404 /],
    ["no key", "/rpc", { "Sec-WebSocket-Key": "" }, /^HTTP\/1\.1 400 /],
    ["an old version", "/rpc", { "Sec-WebSocket-Version": "1" }, /^HTTP\/1\.1 400 /],
    ["another protocol", "/rpc", { Upgrade: "h2c" }, /^HTTP\/1\.1 400 /],
  ])("is refused before it is one: %s", async (_, address, changes, expected) => {
    const shell = await startShell();
    const headers = {
      ...{ Host: `127.0.0.1:${shell.port}`, Origin: shell.origin, Cookie: await shell.enter() },
      ...{ Connection: "Upgrade", Upgrade: "websocket", "Sec-WebSocket-Version": "13" },
      ...{ "Sec-WebSocket-Key": Buffer.alloc(16).toString("base64"), ...changes },
    };
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    const answer = await sendRaw(shell.port, `GET ${address} HTTP/1.1\r\n${lines.join("")}\r\n`);
    expect(answer).toMatch(expected);
    expect(answer).toContain("X-Content-Type-Options: nosniff");
  });
});

describe("hosts", () => {
  it.each([
    ["localhost:1234", 200],
    ["[::1]:80", 200],
    ["127.0.0.1", 200],
    ["evil.example", 403],
    ["127.0.0.1.evil.example", 403],
  ])("%s: %i", async (host, status) => {
    const shell = await startShell();
    const cookie = await shell.enter();
    expect((await shell.ask("/api/runs", { headers: { cookie, host } })).status).toBe(status);
  });

  it.each([
    ["none", "GET / HTTP/1.1\r\n\r\n", 400],
    ["none, long ago", "GET / HTTP/1.0\r\n\r\n", 400],
    ["two", "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: evil.example\r\n\r\n", 400],
    ["in the address", "GET http://evil.example/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", 401],
  ])("written in another way: %s", async (_, bytes, status) => {
    const shell = await startShell();
    expect(await sendRaw(shell.port, bytes, 300)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  });

  it("the shell listens on this machine alone", async () => {
    const shell = await startShell();
    expect(shell.origin).toBe(`http://127.0.0.1:${shell.port}`);
    const others = Object.values(os.networkInterfaces()).flatMap((list) => list ?? []);
    for (const { address } of others.filter(({ internal, family }) => !internal && family === "IPv4")) {
      const socket = connect(shell.port, address);
      const reached = new Promise((resolve) => {
        socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
      });
      expect(await reached).toBe(false);
    }
    await expect(startShell({ host: "no-such-host.invalid" })).rejects.toMatchObject({ code: "usage" });
  });

  it("the shell listens where it is told to", async () => {
    const shell = await startShell({ host: "localhost" });
    expect(shell.origin).toBe(`http://localhost:${shell.port}`);
    expect(shell.link()).toMatch(/^http:\/\/localhost:\d+\/\?token=/);
  });
});
