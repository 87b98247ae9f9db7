import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { MenuItemConstructorOptions } from "electron";
import { autostartEntry } from "../../src-main/electron/autostartEntry.ts";
import { closingAnswers, whenClosed, type Closing, type ClosingState } from "../../src-main/electron/closing.ts";
import { readCommandLine } from "../../src-main/electron/commandLine.ts";
import { DesktopFile } from "../../src-main/electron/desktopFile.ts";
import { menuTemplate, type MenuActions } from "../../src-main/electron/menuTemplate.ts";
import { openedPath } from "../../src-main/electron/openedPath.ts";
import { newsSince, newsText, shareOf, type RunNow, type Work } from "../../src-main/electron/queueNews.ts";
import { openingPlace, type OpeningPlace, type WindowPlace } from "../../src-main/electron/windowPlace.ts";
import { WindowRequests } from "../../src-main/electron/windowRequests.ts";
import type { DesktopRequest } from "../../src-shared/contract/index.ts";
import { isRunArchiveName } from "../../src-shared/runArchiveFile.ts";
import type { RunStatus } from "../../src-shared/runState.ts";

const folder = mkdtempSync(path.join(os.tmpdir(), "rwb-desktop-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("where the window opens", () => {
  const primary = { x: 0, y: 25, width: 1600, height: 1000 };
  const right = { x: 1600, y: 0, width: 1920, height: 1080 };
  const small = { x: 0, y: 0, width: 1024, height: 700 };
  const saved = (x: number, y: number, width: number, height: number, isMaximized = false): WindowPlace => ({
    ...{ x, y, width, height, isMaximized },
  });

  it.each<[string, (typeof primary)[], WindowPlace | undefined, OpeningPlace]>([
    ["the first time", [primary], undefined, { width: 1440, height: 900, isMaximized: false }],
    ["the first time on a small display", [small], undefined, { width: 1024, height: 700, isMaximized: false }],
    ["where it was", [primary], saved(100, 100, 800, 600), saved(100, 100, 800, 600)],
    ["where it was, on the second", [primary, right], saved(1700, 10, 900, 600), saved(1700, 10, 900, 600)],
    ["half out to the left", [primary], saved(-400, 100, 800, 600), saved(0, 100, 800, 600)],
    ["its title above the work area", [primary], saved(100, -30, 800, 600), saved(100, 25, 800, 600)],
    ["beyond the lower right", [primary], saved(1500, 900, 800, 600), saved(800, 425, 800, 600)],
    ["its display is gone", [primary], saved(1700, 10, 900, 600), { width: 900, height: 600, isMaximized: false }],
    ["larger than the display", [small], saved(0, 0, 1600, 900), saved(0, 0, 1024, 700)],
    ["maximised", [primary], saved(0, 25, 900, 600, true), saved(0, 25, 900, 600, true)],
    ["smaller than it may be", [primary], saved(10, 30, 20, 20), saved(10, 30, 720, 480)],
    ["between two: where most of it is", [primary, right], saved(1500, 50, 800, 600), saved(1600, 50, 800, 600)],
  ])("%s", (_, areas, before, expected) => {
    expect(openingPlace(areas, before)).toEqual(expected);
  });
});

describe("news of the queue", () => {
  const run = (id: string, status: RunStatus, more: Partial<RunNow> = {}): RunNow => ({
    ...{ id, status, iteration: 0, iterations: 100 },
    ...more,
  });
  const workOf = (...runs: RunNow[]): Work => new Map(runs.map((each) => [each.id, each]));
  const a = run("a", "running");

  it.each<[string, Work, RunNow[], string[]]>([
    ["at the start nothing is news", workOf(), [a, run("b", "queued")], []],
    ["what ended before is none", workOf(), [run("a", "finished")], []],
    ["it goes on", workOf(a), [run("a", "running", { iteration: 50 })], []],
    ["one of two finishes", workOf(a, run("b", "queued")), [run("a", "finished"), run("b", "starting")], ["a finished"]],
    ["the only one finishes", workOf(a), [run("a", "finished")], ["a finished"]],
    ["the last of two finishes", workOf(a, run("b", "finished")), [run("a", "finished"), run("b", "finished")], ["empty 2 0 0"]],
    ["the last of two fails", workOf(a, run("b", "finished")), [run("a", "failed"), run("b", "finished")], ["a failed", "empty 1 1 0"]],
    ["one diverges, another waits", workOf(a, run("b", "queued")), [run("a", "diverged"), run("b", "queued")], ["a diverged"]],
    ["paused by a person", workOf(a), [run("a", "paused")], []],
    ["cancelled by a person", workOf(a), [run("a", "cancelled")], []],
    ["killed, to go on", workOf(a), [run("a", "interrupted")], []],
    ["killed, and finished at the next start", workOf(run("a", "interrupted")), [run("a", "finished")], ["a finished"]],
    ["purged", workOf(a), [], []],
    ["told once", workOf(run("a", "finished"), run("b", "running")), [run("a", "finished"), run("b", "running")], []],
  ])("%s", (_, before, now, expected) => {
    const { news } = newsSince(before, now);
    const words = news.map((each) =>
      each.kind === "empty"
        ? `empty ${each.finished} ${each.failed} ${each.diverged}`
        : `${each.run.id} ${each.kind}`,
    );
    expect(words).toEqual(expected);
  }); // prettier-ignore

  it("the work begins anew once the queue is empty, and counts what has ended until then", () => {
    let work = newsSince(workOf(), [a, run("b", "queued", { iterations: 300 })]).work;
    expect(shareOf(work)).toBe(0);
    work = newsSince(work, [run("a", "failed", { iteration: 10 }), run("b", "running", { iterations: 300 })]).work;
    expect(shareOf(work)).toBe(0.25);
    work = newsSince(work, [run("a", "failed"), run("b", "finished")]).work;
    expect([work.size, shareOf(work)]).toEqual([0, undefined]);
    // A paused run neither trains nor waits: the bar is not to stand still for it.
    expect(newsSince(workOf(a), [run("a", "paused"), run("b", "queued")]).work.size).toBe(1);
  });

  it.each([
    [{ kind: "finished", run: run("x y", "finished", { testAccuracy: 0.87034 }) }, "x y has finished", "Test accuracy 87.03 %", "#/runs/x%20y"],
    [{ kind: "finished", run: run("a", "finished") }, "a has finished", "", "#/runs/a"],
    [{ kind: "failed", run: run("a", "failed", { reason: "No room." }) }, "a has failed", "No room.", "#/runs/a"],
    [{ kind: "diverged", run: run("a", "diverged", { iteration: 12 }) }, "a has diverged", "At iteration 12. A lower rate may mend it.", "#/runs/a"],
    [{ kind: "empty", finished: 3, failed: 0, diverged: 1 }, "The queue is empty", "3 finished, 1 diverged", "#/runs"],
  ] as const)("reads well: %o", (news, title, body, hash) => {
    expect(newsText(news)).toEqual({ title, body, hash });
  }); // prettier-ignore
});

describe("closing the window", () => {
  it.each<[Partial<ClosingState>, Closing]>([
    [{ training: 0 }, "close"],
    [{ isQuitting: true }, "close"],
    [{}, "ask"],
    [{ choice: "tray" }, "hide"],
    [{ choice: "tray", hasTray: false }, "ask"],
    [{ choice: "quit" }, "quit"],
    [{ choice: "quit", training: 0 }, "close"],
  ])("%o: %s", (state, expected) => {
    expect(whenClosed({ isQuitting: false, training: 1, choice: "ask", hasTray: true, ...state })).toBe(expected);
  });

  it("offers the tray only where there is one, and never remembers a cancelling", () => {
    expect(closingAnswers(true).map(({ then }) => then)).toEqual(["hide", "quit", "stay"]);
    expect(closingAnswers(false).map(({ then }) => then)).toEqual(["quit", "stay"]);
    expect(closingAnswers(true).at(-1)!.choice).toBeUndefined();
  });
});

describe("the menu", () => {
  const none = {} as MenuActions;
  const leaves = (items: readonly MenuItemConstructorOptions[]): MenuItemConstructorOptions[] =>
    items.flatMap((item) => (Array.isArray(item.submenu) ? leaves(item.submenu) : [item]));

  it.each(["linux", "win32", "darwin"] as const)("on %s: accelerators are unique and none is the window's", (platform) => {
    const items = leaves(menuTemplate(platform, false, none));
    const keys = items.flatMap(({ accelerator }) => (accelerator === undefined ? [] : [accelerator]));
    expect(new Set(keys).size).toBe(keys.length);
    for (const key of keys) expect(key).toMatch(/^CmdOrCtrl\+(Shift\+)?[\w,]$/);
    expect(keys).not.toContain("CmdOrCtrl+K");
    // Those that Electron's roles bring: reload, close, quit, zoom.
    for (const taken of ["CmdOrCtrl+R", "CmdOrCtrl+W", "CmdOrCtrl+Q", "CmdOrCtrl+0"]) expect(keys).not.toContain(taken);
    expect(items.filter(({ role }) => role === "quit")).toHaveLength(1);
    expect(items.filter(({ label }) => label === "Set-up and Settings")).toHaveLength(1);
    expect(menuTemplate(platform, false, none)[0].role).toBe(platform === "darwin" ? "appMenu" : undefined);
  }); // prettier-ignore

  it("has the developers' tools only where it is not packaged", () => {
    const roles = (isDeveloped: boolean) => leaves(menuTemplate("linux", isDeveloped, none)).map(({ role }) => role);
    expect(roles(true)).toContain("toggleDevTools");
    expect(roles(false)).not.toContain("toggleDevTools");
  });
});

describe("what it is started with", () => {
  it.each([
    [[], { home: undefined, isHidden: false, paths: [] }],
    [["--home", "/x", "--hidden"], { home: "/x", isHidden: true, paths: [] }],
    [["--home=/x", "a.rwbrun", "/b"], { home: "/x", isHidden: false, paths: ["/from/a.rwbrun", "/b"] }],
    [["--no-sandbox", "--remote-debugging-port=0", "a"], { home: undefined, isHidden: false, paths: ["/from/a"] }],
  ])("%o", (args, expected) => expect(readCommandLine(args, "/from")).toEqual(expected));

  it("takes up archives of runs and folders, and nothing else", () => {
    const file = (name: string): string => {
      writeFileSync(path.join(folder, name), "");
      return path.join(folder, name);
    };
    mkdirSync(path.join(folder, "photos.rwbrun"));
    const what = (each: string): unknown => openedPath(each)?.what;
    expect(["x.rwbrun", "x.RWBRUN", "x.rwb.tar.gz"].map((name) => what(file(name)))).toEqual(Array(3).fill("archive"));
    expect(["x.tar.gz", "x.json", "rwbrun"].map((name) => what(file(name)))).toEqual([undefined, undefined, undefined]);
    expect(what(path.join(folder, "photos.rwbrun"))).toBe("dataset-folder");
    expect(what(path.join(folder, "gone.rwbrun"))).toBeUndefined();
    expect(isRunArchiveName("a.rwbrun.txt")).toBe(false);
  });
});

it("an autostart entry quotes every part as the specification has it", () => {
  const entry = autostartEntry(["/opt/R W/rwb", "--home", `/a "b" $c\`d\\e 100%`]);
  expect(entry.split("\n")).toContain(
    String.raw`Exec="/opt/R W/rwb" "--home" "/a \\"b\\" \\$c\\` + "`" + String.raw`d\\\\e 100%%"`,
  );
  expect(entry.startsWith("[Desktop Entry]\nType=Application\n")).toBe(true);
});

describe("what is remembered of the window", () => {
  const place: WindowPlace = { x: 1, y: 2, width: 800, height: 600, isMaximized: true };

  it("outlives it, and a damaged file says nothing", () => {
    const profile = path.join(folder, "profile");
    const faults: string[] = [];
    const open = () => new DesktopFile(profile, (text) => faults.push(text));
    expect(open().state).toEqual({ notifications: true, whenClosed: "ask" });
    open().change({ place, whenClosed: "tray" });
    expect(open().state).toEqual({ notifications: true, whenClosed: "tray", place });
    const file = path.join(profile, "desktop.json");
    writeFileSync(file, readFileSync(file, "utf8").replace('"x": 1', '"x": "far"'));
    expect(open().state).toEqual({ notifications: true, whenClosed: "tray" });
    writeFileSync(file, "{");
    expect(open().state).toEqual({ notifications: true, whenClosed: "ask" });
    expect(faults).toEqual([]);
  });

  it("holds for this time where it cannot be kept", () => {
    writeFileSync(path.join(folder, "no-folder"), "");
    const faults: string[] = [];
    const file = new DesktopFile(path.join(folder, "no-folder"), (text) => faults.push(text));
    file.change({ notifications: false });
    expect(file.state.notifications).toBe(false);
    expect(faults).toHaveLength(1);
  });
});

describe("what the window is asked for", () => {
  const go = (hash: string): DesktopRequest => ({ type: "go", hash });

  it("waits until it listens, comes once, and goes to the newest that listens", async () => {
    const requests = new WindowRequests();
    requests.ask(go("1"));
    requests.ask(go("2"));
    const first = requests.listen(undefined);
    expect([(await first.next()).value, (await first.next()).value]).toEqual([go("1"), go("2")]);
    const waiting = first.next();
    const second = requests.listen(undefined);
    const next = second.next();
    expect((await waiting).done).toBe(true);
    requests.ask(go("3"));
    expect((await next).value).toEqual(go("3"));
  });

  it("ends with its signal", async () => {
    const ends = new AbortController();
    const next = new WindowRequests().listen(ends.signal).next();
    ends.abort();
    expect((await next).done).toBe(true);
  });
});
