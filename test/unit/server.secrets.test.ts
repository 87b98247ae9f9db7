import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import { AccessTokens } from "../../src-main/server/accessToken.ts";
import { openInBrowser } from "../../src-main/server/browserOpener.ts";
import { readInstance, instanceFile, writeInstance } from "../../src-main/server/instanceFile.ts";
import { limitLines } from "../../src-main/server/lineLimit.ts";
import { requestLink } from "../../src-main/server/linkRequest.ts";
import { refusalOf, refusals } from "../../src-main/server/refusal.ts";
import { newSecret } from "../../src-main/server/secret.ts";
import { Sessions } from "../../src-main/server/sessionCookie.ts";
import { refusalPage } from "../../src-main/server/signInPages.ts";
import { WorkbenchError } from "../../src-shared/errors.ts";

const folder = mkdtempSync(path.join(os.tmpdir(), "rwb-server-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const modeOf = (file: string): number => statSync(file).mode & 0o777;

describe("links", () => {
  const at = { ms: 0 };
  const tokens = new AccessTokens(60_000, () => at.ms);

  it("are long, and never the same", () => {
    const some = new Set(Array.from({ length: 1000 }, newSecret));
    expect(some.size).toBe(1000);
    for (const one of some) expect(Buffer.from(one, "base64url")).toHaveLength(32);
  });

  it.each<[string, (token: string) => string, number, boolean]>([
    ["the right one", (token) => token, 0, true],
    ["the right one at the last moment", (token) => token, 59_999, true],
    ["an old one", (token) => token, 60_000, false],
    ["another", () => newSecret(), 0, false],
    ["none", () => "", 0, false],
    ["the beginning of one", (token) => token.slice(0, -1), 0, false],
    ["one with more behind it", (token) => `${token}A`, 0, false],
    ["a very long one", (token) => token.repeat(10_000), 0, false],
  ])("%s", (_, change, afterMs, opens) => {
    const token = tokens.issue();
    at.ms += afterMs;
    expect(tokens.redeem(change(token))).toBe(opens);
  });

  it("open once, and do not close each other", () => {
    const [first, second] = [tokens.issue(), tokens.issue()];
    expect(tokens.redeem(second)).toBe(true);
    expect(tokens.redeem(second)).toBe(false);
    expect(tokens.redeem(first)).toBe(true);
  });

  it("are void beyond a number, the oldest first", () => {
    const [first, ...others] = Array.from({ length: 33 }, () => tokens.issue());
    expect(tokens.redeem(first)).toBe(false);
    expect(others.every((token) => tokens.redeem(token))).toBe(true);
  });
});

describe("sessions", () => {
  const sessions = new Sessions("0123abcd");
  const set = sessions.open();
  const cookie = set.split(";")[0];

  it("are cookies that no script reads and no other site sends", () => {
    expect(set).toMatch(/^rwb-0123abcd=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
  });

  it.each<[string, string | undefined, boolean]>([
    ["its own", cookie, true],
    ["among others", `a=b; ${cookie};c=d`, true],
    ["behind another of the same name, as another port may set one", `rwb-0123abcd=x; ${cookie}`, true],
    ["none", undefined, false],
    ["of another instance", cookie.replace("0123abcd", "4567abcd"), false],
    ["of another name that ends so", `x${cookie}`, false],
    ["another value", `rwb-0123abcd=${newSecret()}`, false],
    ["no value", "rwb-0123abcd=", false],
    ["without a value", "rwb-0123abcd", false],
    ["the beginning of a value", cookie.slice(0, -1), false],
  ])("%s", (_, header, holds) => {
    expect(sessions.holds(header)).toBe(holds);
  });

  it("belong to one process", () => {
    expect(new Sessions("0123abcd").holds(cookie)).toBe(false);
  });

  it("end beyond a number, the oldest first", () => {
    const many = new Sessions("0123abcd");
    const [first, ...others] = Array.from({ length: 257 }, () => many.open().split(";")[0]);
    expect(many.holds(first)).toBe(false);
    expect(others.every((one) => many.holds(one))).toBe(true);
  });
});

describe("the instance's file", () => {
  const instance = { instance: "0123abcd", port: 4000 };
  const home = path.join(folder, "home");
  mkdirSync(home);

  it("is its owner's alone, whatever was there", () => {
    writeFileSync(instanceFile(home), "{}", { mode: 0o644 });
    expect(readInstance(home)).toBeUndefined();
    writeInstance(home, instance);
    expect(modeOf(instanceFile(home))).toBe(0o600);
    expect(readInstance(home)).toEqual(instance);
  });

  it.each(["", "null", '{"instance":"../../x","port":1}', '{"instance":"0123abcd","port":70000}'])(
    "is written anew where it is damaged: %s",
    (text) => {
      writeFileSync(instanceFile(home), text);
      expect(readInstance(home)).toBeUndefined();
    },
  );

  it("is not believed where another process is alive", async () => {
    const serving = { origin: "http://127.0.0.1:1", processId: 1, secret: "s" };
    writeInstance(home, { ...instance, serving });
    await expect(requestLink(home, 2)).rejects.toMatchObject({ code: "locked" });
    // Nobody listens there.
    await expect(requestLink(home, 1)).rejects.toMatchObject({ code: "locked", message: /ECONNREFUSED/ });
    writeInstance(home, instance);
    await expect(requestLink(home, 1)).rejects.toMatchObject({ code: "locked" });
  });
});

describe.skipIf(process.platform === "win32")("the opener", () => {
  const bin = path.join(folder, "bin");
  const seen = path.join(folder, "seen");
  mkdirSync(bin);
  const install = (name: string, lines: string): void =>
    writeFileSync(path.join(bin, name), `#!/bin/sh\n${lines}\n`, { mode: 0o755 });
  const environment = { PATH: `${bin}:/usr/bin:/bin`, DISPLAY: ":0" };
  const link = "http://127.0.0.1:4000/?token=abc";

  it("gets a file that nobody else reads, and no secret on its command line", async () => {
    install("xdg-open", `{ echo "$#"; echo "$1"; stat -c %a "$1" "$(dirname "$1")"; cat "$1"; } > ${seen}`);
    const browser = await openInBrowser(link, { platform: "linux", environment, deleteAfterMs: 300 });
    expect(browser.isOpen).toBe(true);
    const [count, file, fileMode, folderMode, ...text] = readFileSync(seen, "utf8").split("\n");
    expect([count, fileMode, folderMode]).toEqual(["1", "600", "700"]);
    expect(file).not.toContain("abc");
    expect(text.join("\n")).toContain(`<meta http-equiv="refresh" content="0; url=${link}" />`);
    expect(text.join("\n")).not.toContain("<script");
    await sleep(600);
    expect(existsSync(path.dirname(file))).toBe(false);
    browser.dispose();
  });

  it.each<[string, NodeJS.Platform, NodeJS.ProcessEnv, string]>([
    ["there is no screen", "linux", { PATH: environment.PATH }, ""],
    ["there is no opener", "linux", { ...environment, PATH: "/nowhere" }, ""],
    ["the opener finds no browser", "linux", environment, "exit 3"],
    ["macOS has none", "darwin", { PATH: "/nowhere" }, ""],
  ])("opens nothing, and leaves no file, where %s", async (_, platform, environment, script) => {
    install("xdg-open", `echo "$1" > ${seen}\n${script}`);
    const { isOpen } = await openInBrowser(link, { platform, environment });
    expect(isOpen).toBe(false);
    expect(existsSync(readFileSync(seen, "utf8").trim())).toBe(false);
  });
});

describe("lines of the log", () => {
  afterEach(() => vi.useRealTimers());

  it("are one a second at most, with a count, and cannot steer a terminal", () => {
    vi.useFakeTimers();
    const lines: string[] = [];
    const write = limitLines((line) => lines.push(line), 1000);
    write("first");
    for (let at = 1; at <= 10_000; at++) write(`line ${at}`);
    expect(lines).toEqual(["first"]);
    vi.advanceTimersByTime(1000);
    expect(lines).toEqual(["first", "line 10000 (and 9999 lines before it)"]);
    vi.advanceTimersByTime(5000);
    write("\u001b[2Jgone\u202e\r".padEnd(10_000, "x"));
    expect(lines[2]).toMatch(/^ \[2Jgone {2}x+$/);
    expect(lines[2].length).toBeLessThanOrEqual(2000);
  });
});

describe("refusals", () => {
  it.each<[string, unknown, object]>([
    ["a foreseen failure", new WorkbenchError("run-unknown", "No run.", { mend: "rwb runs" }), { status: 404, code: "run-unknown", mend: "rwb runs" }],
    ["a full disk", new WorkbenchError("disk-full", "No room."), { status: 507, code: "disk-full" }],
    ["a fault", new TypeError("/home/me/secret is undefined"), refusals.fault],
    ["what the services call a fault", new WorkbenchError("internal", "/home/me/secret"), refusals.fault],
  ])("%s", (_, error, expected) => {
    expect(refusalOf(error)).toMatchObject(expected);
  }); // prettier-ignore

  it("are no markup", () => {
    const page = refusalPage({ status: 400, code: "x", message: "<script>alert(1)</script>", mend: '`a` & "<b>"' });
    expect(page).not.toContain("<script");
    expect(page).toContain("<code>a</code> &amp; &quot;&lt;b&gt;&quot;");
  });
});
