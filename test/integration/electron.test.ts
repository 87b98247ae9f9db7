import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { listenLocally } from "../../src-main/rpc/localServer.ts";
import { openWorkbench } from "../../src-main/workbench.ts";
import { openDesktop as opened, startDesktop } from "./electron.fixture.ts";
import { addTiny, linesOf, until } from "./queue.cli.fixture.ts";
import { rwb } from "./rwb.ts";
import { temporaryFolder, withNoiseForShapes } from "./server.fixture.ts";

describe("the services", () => {
  it("answer the window over a port: the built preload, real SQLite, a real queue", async () => {
    const desktop = await opened();
    expect(await desktop.do("call", "runs", "list", {})).toEqual([]);
    expect(await desktop.do("call", "queue", "pause", undefined)).toBeDefined();
    const [added] = linesOf(await rwb(addTiny(20), desktop.home));
    expect(await desktop.do("call", "runs", "list", {})).toMatchObject([{ id: added.id, status: "queued" }]);
    const series = { run: added.id, name: "loss", from: 0 };
    expect(await desktop.do("bytesOf", "series", "raw", series)).toBeGreaterThan(0);
    await expect(desktop.do("call", "runs", "show", { run: "no-such-run" })).rejects.toThrow(/no-such-run/);
    expect(existsSync(path.join(desktop.home, "workbench.sqlite"))).toBe(true);
  });

  it("are given to the window's own page alone, one port at a time", async () => {
    const desktop = await opened();
    const strangers = [
      { url: "https://example.org/" },
      { url: "rwb://window/other.html" },
      { url: "rwb://window.evil.example/" },
      { url: "about:blank" },
      { within: "rwb://window/" },
      { sender: 99 },
      { gone: true } as const,
    ];
    for (const stranger of strangers)
      expect([stranger, await desktop.do("askForPort", stranger)]).toEqual([stranger, 0]);
    expect(await desktop.do("askForPort", {})).toBe(1);
    expect(await desktop.do("askForPort", { url: "rwb://window/#/runs/x" })).toBe(2);
    expect(await desktop.do("call", "runs", "list", {})).toEqual([]);
  });

  it("are there for commands as well, which know who has the folder", async () => {
    const desktop = await opened();
    const refused = await rwb(["serve", "--json"], desktop.home);
    expect([refused.code, refused.out]).toEqual([1, ""]);
    expect(refused.err).toMatch(/own window \(process \d+\) works on .* and serves no browser\. \[locked\]/);
    expect((await rwb(["runs", "--json"], desktop.home)).code).toBe(0);
  });
});

describe("its life", () => {
  it("ends with the window: the folder is free again", async () => {
    const home = temporaryFolder();
    const file = path.join(temporaryFolder(), "started");
    const desktop = await opened(home, { RWB_DESKTOP_STARTED: file });
    expect(readFileSync(file, "utf8")).toBe(`${desktop.pid}\n`);
    expect((await desktop.do("facts")).starterVariable).toBeUndefined();
    void desktop.do("emit", "window-all-closed").catch(() => {});
    expect((await desktop.ended).code).toBe(0);
    expect(existsSync(path.join(home, "main.sock"))).toBe(false);
    await (await openWorkbench({ home })).close("the test is over");
  });

  it.each(["window-all-closed", "quit", "SIGTERM"])(
    "%s while the queue trains: the trainer writes a checkpoint first",
    async (how) => {
      const home = temporaryFolder();
      await withNoiseForShapes(home);
      const desktop = await opened(home);
      const [{ id }] = linesOf(await rwb(addTiny(100_000), home));
      await until(["runs"], home, ([run]) => run.status === "running" && run.iteration > 0);
      if (how === "SIGTERM") desktop.kill("SIGTERM");
      else if (how === "quit") void desktop.do("quit").catch(() => {});
      else void desktop.do("emit", how).catch(() => {});
      // Impatience changes nothing.
      void desktop.do("quit").catch(() => {});
      expect((await desktop.ended).code).toBe(0);
      expect(readdirSync(path.join(home, "runs", id, "checkpoints"))).toContain("last.safetensors");
      const [run] = linesOf(await rwb(["runs", "--json"], home));
      expect(run).toMatchObject({ id, status: "interrupted" });
    },
  );

  it("a second start of the same folder shows the first one's window", async () => {
    const desktop = await opened();
    const second = await startDesktop(desktop.home, { STUB_HAS_INSTANCE: "1" });
    expect((await second.ended).code).toBe(0);
    await desktop.do("minimize");
    await desktop.do("emit", "second-instance");
    expect((await desktop.do("facts")).windows[0].did).toEqual(["show", "restore", "show", "focus"]);
    const elsewhere = await opened();
    expect((await elsewhere.do("facts")).home).not.toBe((await desktop.do("facts")).home);
  });

  it("where another main has the folder it says so, tries again when told, and touches nothing", async () => {
    const home = temporaryFolder();
    const workbench = await openWorkbench({ home });
    const stopListening = await listenLocally({ workbench, purpose: "queue" }, () => {});
    const desktop = await startDesktop(home);
    const dialogs = async (count: number) => {
      for (;;) {
        const facts = await desktop.do("facts");
        if (facts.dialogs.length >= count) return facts;
        await sleep(20);
      }
    };
    const { dialogs: shown, windows } = await dialogs(1);
    expect(windows).toEqual([]);
    expect(shown[0]).toMatchObject({
      message: "rwb queue run works on this folder already.",
      detail: expect.stringContaining(`process ${process.pid}`) as string,
      buttons: ["Try again", "Quit"],
    });
    await desktop.do("answer", 0);
    await dialogs(2);
    await stopListening();
    await workbench.close("the test is over");
    await desktop.do("answer", 0);
    await desktop.window();

    const third = await startDesktop(home);
    while ((await third.do("facts")).dialogs.length === 0) await sleep(20);
    await third.do("answer", 1);
    expect((await third.ended).code).toBe(1);
    expect(await desktop.do("call", "runs", "list", {})).toEqual([]);
  });

  it("a folder that cannot be used is explained", async () => {
    const file = path.join(temporaryFolder(), "file");
    writeFileSync(file, "");
    const desktop = await startDesktop(path.join(file, "home"));
    while ((await desktop.do("facts")).dialogs.length === 0) await sleep(20);
    expect((await desktop.do("facts")).dialogs[0].buttons).toEqual(["Try again", "Quit"]);
    await desktop.do("answer", 1);
    expect((await desktop.ended).code).toBe(1);
    expect(desktop.notes()).not.toMatch(/^\s+at /m);
  });

  it("a window whose process is gone is loaded anew, but not for ever", async () => {
    const desktop = await opened();
    await desktop.do("crash", "clean-exit");
    await desktop.do("crash", "crashed");
    await desktop.do("crash", "killed");
    expect((await desktop.do("facts")).windows[0].reloads).toBe(2);
    await desktop.do("crash", "oom");
    const { windows, dialogs } = await desktop.do("facts");
    expect(windows[0].reloads).toBe(2);
    expect(dialogs[0].buttons).toEqual(["Load it again", "Quit"]);
    await desktop.do("answer", 1);
    expect((await desktop.ended).code).toBe(0);
  });
});
