import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import builder from "../../electron-builder.config.ts";
import { openDesktop, type DesktopProcess } from "./electron.fixture.ts";

const built = (...names: string[]): string => readFileSync(path.join("out", ...names), "utf8");

/** What the desktop shell loads: its main, its preload and the window's page. */
const everything = (): string[] =>
  ["main", "preload", "renderer"].flatMap((part) =>
    readdirSync(path.join("out", part), { recursive: true, encoding: "utf8" })
      .filter((file) => /\.(c?js|html|css)$/.test(file))
      .map((file) => built(part, file)),
  );

const evil = {
  addresses: [
    ...["https://example.org/", "file:///etc/passwd", "rwb://window.evil.example/", "rwb://window/assets/other.html"],
    ...["javascript:alert(1)", "data:text/html,x", "about:blank", "blob:rwb://window/x"],
  ],
  external: [
    ...["http://arxiv.org/", "https://arxiv.org.evil.example/", "https://arxiv.org@evil.example/", "https://evil.example"],
    ...["https://user@arxiv.org/", "https://arxiv.org:8443/", "file:///etc/passwd", "smb://x/y", "ms-msdt:/id", "nonsense"],
  ],
  permissions: [
    ...["media", "geolocation", "notifications", "clipboard-read", "openExternal", "fileSystem", "midi", "pointerLock"],
    ...["display-capture", "fullscreen", "hid", "serial", "usb", "storage-access", "top-level-storage-access"],
  ],
}; // prettier-ignore

/**
 * Electron's own checklist (electronjs.org/docs/latest/tutorial/security), point by point, on what `electron-vite build`
 * wrote.
 */
const checklist: Readonly<Record<string, (desktop: DesktopProcess) => Promise<void> | void>> = {
  "1. only load secure content: all of it is the program's own, by a scheme that counts as secure": async (desktop) => {
    const { schemes, windows } = await desktop.do("facts");
    expect(windows.map(({ url }) => url)).toEqual(["rwb://window/"]);
    expect(schemes).toMatchObject([{ scheme: "rwb", privileges: { secure: true } }]);
    expect(built("renderer", "index.html")).not.toMatch(/(src|href)="(https?:)?\/\//);
    expect((await page(desktop)).policy).not.toMatch(/https?:/);
  },
  "2. no Node.js for what is shown": async (desktop) => {
    expect(await preferences(desktop)).toMatchObject({
      ...{ nodeIntegration: false, nodeIntegrationInWorker: false, nodeIntegrationInSubFrames: false },
    });
  },
  "3. context isolation": async (desktop) => {
    expect(await preferences(desktop)).toMatchObject({ contextIsolation: true });
    expect(built("preload", "preload.cjs")).toMatch(/contextBridge\.exposeInMainWorld\("workbenchShell"/);
  },
  "4. process sandboxing, for every window": async (desktop) => {
    expect(await preferences(desktop)).toMatchObject({ sandbox: true });
    expect((await desktop.do("facts")).sandboxed).toBe(true);
    for (const text of everything()) expect(text).not.toMatch(/no-sandbox/);
  },
  "5. permission requests are handled, and all but one refused": async (desktop) => {
    for (const permission of evil.permissions) {
      const answer = await desktop.do("permission", permission);
      expect([permission, answer]).toEqual([permission, { asked: false, checked: false, device: false }]);
    }
    expect(await desktop.do("permission", "clipboard-sanitized-write")).toMatchObject({ asked: true, checked: true });
  },
  "6. webSecurity is on": async (desktop) => {
    expect(await preferences(desktop)).toMatchObject({ webSecurity: true });
    for (const text of everything()) expect(text).not.toMatch(/disable-web-security/);
  },
  "7. a content security policy": async (desktop) => {
    const { policy, headers } = await page(desktop);
    expect(policy.split("; ")).toEqual(
      expect.arrayContaining([
        "default-src 'none'",
        "script-src 'self'",
        "connect-src 'self'",
        "frame-ancestors 'none'",
      ]),
    );
    expect(policy).not.toMatch(/ws:|\*|unsafe-eval|script-src [^;]*unsafe/);
    expect(headers).toMatchObject({
      "content-type": "text/html; charset=utf-8",
      "x-content-type-options": "nosniff",
      "cross-origin-opener-policy": "same-origin",
      "cache-control": "no-store",
    });
  },
  "8. no allowRunningInsecureContent": async (desktop) => {
    expect(await preferences(desktop)).toMatchObject({ allowRunningInsecureContent: false });
  },
  "9. no experimental features": async (desktop) => {
    expect(await preferences(desktop)).toMatchObject({ experimentalFeatures: false });
  },
  "10. no Blink features": async (desktop) => {
    expect(await preferences(desktop)).not.toHaveProperty("enableBlinkFeatures");
    for (const text of everything()) expect(text).not.toMatch(/enable-blink-features/);
  },
  "11. no webview with popups, 12. none at all": async (desktop) => {
    expect(await preferences(desktop)).toMatchObject({ webviewTag: false });
    expect(await desktop.do("navigate", "will-attach-webview", {})).toBe(true);
    for (const text of everything()) expect(text).not.toMatch(/<webview|allowpopups/);
  },
  "13. no navigation but a reload": async (desktop) => {
    for (const url of evil.addresses) {
      const details = { url, isMainFrame: true };
      expect([url, await desktop.do("navigate", "will-frame-navigate", details)]).toEqual([url, true]);
    }
    const reload = { url: "rwb://window/#/runs", isMainFrame: true };
    expect(await desktop.do("navigate", "will-frame-navigate", reload)).toBe(false);
    expect(await desktop.do("navigate", "will-frame-navigate", { ...reload, isMainFrame: false })).toBe(true);
    expect(await desktop.do("navigate", "will-redirect", reload)).toBe(true);
    expect(await preferences(desktop)).toMatchObject({ navigateOnDragDrop: false });
  },
  "14. no new windows, 15. openExternal for known sites only": async (desktop) => {
    const known = "https://arxiv.org/abs/1512.03385";
    for (const address of [known, ...evil.external]) expect(await desktop.do("open", address)).toBe("deny");
    expect((await desktop.do("facts")).external).toEqual([known]);
  },
  "16. a current Electron: within two years of its release": () => {
    const { devDependencies } = JSON.parse(readFileSync("package.json", "utf8")) as {
      devDependencies: Record<string, string>;
    };
    expect(devDependencies.electron).toMatch(/^\d+\.\d+\.\d+$/);
    expect(Number.parseInt(devDependencies.electron)).toBeGreaterThanOrEqual(45);
  },
  "17. the sender of every message is checked": async (desktop) => {
    const strangers = [
      ...evil.addresses.map((url) => ({ url })),
      { within: "rwb://window/" },
      { sender: 99 },
      { gone: true } as const,
    ];
    for (const stranger of strangers)
      expect([stranger, await desktop.do("askForPort", stranger)]).toEqual([stranger, 0]);
    // There is one channel, and nothing else is listened to.
    expect(built("main", "main.js").match(/ipcMain\.\w+\(/g)).toEqual(["ipcMain.on(", "ipcMain.off("]);
  },
  "18. a scheme of its own instead of file:": async (desktop) => {
    const { schemes, handlers } = await desktop.do("facts");
    expect(handlers).toEqual(["rwb"]);
    expect(schemes).toEqual([
      { scheme: "rwb", privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
    ]);
    expect(built("main", "main.js")).not.toMatch(/\.loadFile\(|loadURL\(["'`]file:/);
  },
  "19. fuses": () => {
    expect(builder.electronFuses).toEqual({
      ...{ runAsNode: false, enableCookieEncryption: true, enableNodeOptionsEnvironmentVariable: false },
      ...{ enableNodeCliInspectArguments: false, enableEmbeddedAsarIntegrityValidation: true },
      ...{ onlyLoadAppFromAsar: true, grantFileProtocolExtraPrivileges: false },
    });
    expect(builder.asar).toBe(true);
  },
  "20. nothing of Electron's for what is shown: a port, and where a dropped file lies": () => {
    const preload = built("preload", "preload.cjs");
    expect(preload.match(/exposeInMainWorld/g)).toHaveLength(1);
    const [, exposed] = /exposeInMainWorld\("workbenchShell", \{([^]*?)\n?\}\)/.exec(preload)!;
    expect(exposed.match(/^\s*(\w+):/gm)?.map((each) => each.trim())).toEqual(["requestPort:", "pathForFile:"]);
    expect(preload.match(/electron\.\w+/g)).toEqual(
      expect.arrayContaining(["electron.contextBridge", "electron.ipcRenderer", "electron.webUtils"]),
    );
    expect(preload).not.toMatch(/\.invoke\(|sendSync|desktopCapturer/);
  },
};

const preferences = async (desktop: DesktopProcess): Promise<object> =>
  (await desktop.do("facts")).windows[0].options.webPreferences!;

async function page(desktop: DesktopProcess) {
  const { headers, body, status } = await desktop.do("fetch", "rwb://window/", "GET");
  expect(status).toBe(200);
  expect(body).toBe(built("renderer", "index.html"));
  return { headers, policy: headers["content-security-policy"] };
}

describe("Electron's security checklist", () => {
  it.each(Object.keys(checklist))("%s", async (point) => checklist[point](await openDesktop()));

  it("names every preference that it relies on", async () => {
    const desktop = await openDesktop();
    const { preload, ...rest } = (await preferences(desktop)) as { preload: string };
    expect(preload).toBe(path.resolve("out/preload/preload.cjs"));
    expect(existsSync(preload)).toBe(true);
    expect(rest).toEqual({
      ...{ contextIsolation: true, sandbox: true, webSecurity: true },
      ...{ nodeIntegration: false, nodeIntegrationInWorker: false, nodeIntegrationInSubFrames: false },
      ...{ webviewTag: false, allowRunningInsecureContent: false, experimentalFeatures: false },
      ...{ navigateOnDragDrop: false, spellcheck: false },
    });
  });

  it("gives the window its own files by exactly their addresses, and nothing else", async () => {
    const desktop = await openDesktop();
    const { body } = await desktop.do("fetch", "rwb://window/", "GET");
    const [script] = /\.\/assets\/[\w-]+\.js/.exec(body)!;
    const asset = await desktop.do("fetch", new URL(script, "rwb://window/").href, "GET");
    expect([asset.status, asset.headers["content-type"]]).toEqual([200, "text/javascript; charset=utf-8"]);
    expect((await desktop.do("fetch", "rwb://window/index.html?x#y", "GET")).status).toBe(200);
    expect(await desktop.do("fetch", "rwb://window/", "HEAD")).toMatchObject({ status: 200, body: "" });
    const refused = [
      ...["rwb://window/../main/main.js", "rwb://window/%2e%2e/main/main.js", "rwb://window/..%2fmain%2fmain.js"],
      ...["rwb://window//etc/passwd", "rwb://window/assets", "rwb://other/index.html", "rwb://window"],
      "rwb://window/.x",
    ];
    for (const url of refused) expect([url, (await desktop.do("fetch", url, "GET")).status]).toEqual([url, 404]);
    expect((await desktop.do("fetch", "rwb://window/", "POST")).status).toBe(405);
  });
});
