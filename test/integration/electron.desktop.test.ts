import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { openDesktop, startDesktop, type DesktopProcess } from "./electron.fixture.ts";
import { addTiny, linesOf, until } from "./queue.cli.fixture.ts";
import { rwb } from "./rwb.ts";
import { temporaryFolder, withNoiseForShapes } from "./server.fixture.ts";

type Facts = Awaited<ReturnType<typeof factsOf>>;
const factsOf = (desktop: DesktopProcess) => desktop.do("facts");

/** What the shell has told Electron, once it is as `holds` wants it. */
async function facts(desktop: DesktopProcess, holds: (facts: Facts) => boolean): Promise<Facts> {
  const deadlineMs = performance.now() + 120_000;
  for (;;) {
    const now = await factsOf(desktop);
    if (holds(now)) return now;
    if (performance.now() > deadlineMs) throw new Error(`It is still ${JSON.stringify(now)}`);
    await sleep(100);
  }
}

/** Real trainers, which on a busy machine take half a minute to start. */
const patient = { timeout: 300_000 };

const didLast = ({ windows }: Facts) => windows[0].did.at(-1);

/** A desktop whose queue trains a run that takes long. */
async function training(environment: NodeJS.ProcessEnv = {}): Promise<{ desktop: DesktopProcess; id: string }> {
  const home = temporaryFolder();
  await withNoiseForShapes(home);
  const desktop = await openDesktop(home, environment);
  const [{ id }] = linesOf(await rwb(addTiny(100_000), home));
  await until(["runs"], home, ([run]) => run.status === "running" && run.iteration > 0);
  return { desktop, id };
}

const statusOf = async (home: string, id: string): Promise<string | undefined> =>
  linesOf(await rwb(["runs", "--json"], home)).find((run) => run.id === id)?.status;

/** The trainer's process, by its command line. */
function trainerOf(id: string): number {
  const lines = execFileSync("ps", ["-eo", "pid=,args="], { encoding: "utf8" }).split("\n");
  const line = lines.find((each) => each.includes("/trainer/main.ts") && each.includes(`/runs/${id}`));
  return Number(line!.trim().split(/\s+/)[0]);
}

describe("a window that is closed while a run trains", () => {
  it(
    "asks; cancelled it stays, in the tray it trains on, shown again by the tray's menu, and then quits",
    patient,
    async () => {
      const { desktop, id } = await training();
      await desktop.do("close");
      await desktop.do("close");
      const { dialogs } = await facts(desktop, (now) => now.dialogs.length > 0);
      expect(dialogs).toMatchObject([
        {
          message: "A run is training.",
          buttons: ["Keep training in the tray", "Pause and quit", "Cancel"],
          ...{ defaultId: 0, cancelId: 2 },
        },
      ]);
      await desktop.do("answer", 2, true);
      await sleep(200);
      expect(didLast(await factsOf(desktop))).toBe("show");

      await desktop.do("close");
      await desktop.do("answer", 0);
      await facts(desktop, (now) => didLast(now) === "hide");
      const hidden = await facts(desktop, ({ trays }) => trays[0].tooltip.includes("1 in training"));
      expect(hidden.blockers).toEqual([{ type: "prevent-app-suspension", isOn: true }]);
      expect(hidden.badges.at(-1)).toBe(1);
      expect(hidden.windows[0].progress.at(-1)).toBeGreaterThan(0);
      await desktop.do("tray", "Open the workbench");
      expect((await factsOf(desktop)).windows[0].did).toEqual(["show", "hide", "show", "focus"]);

      await desktop.do("close");
      await desktop.do("answer", 1, true);
      expect((await desktop.ended).code).toBe(0);
      expect(await statusOf(desktop.home, id)).toBe("interrupted");

      // What was remembered; and a full queue goes on by itself.
      const again = await openDesktop(desktop.home);
      expect(await again.do("call", "desktop", "choices", undefined)).toMatchObject({ whenClosed: "quit" });
      await until(["runs"], desktop.home, ([run]) => run.status === "running");
      await again.do("close");
      expect((await again.ended).code).toBe(0);
      expect((await statusOf(desktop.home, id)) ?? "").toBe("interrupted");
    },
  );

  it("has no tray to offer where there is none", patient, async () => {
    const { desktop } = await training({ STUB_HAS_NO_TRAY: "1" });
    await desktop.do("close");
    const { dialogs } = await facts(desktop, (now) => now.dialogs.length > 0);
    expect(dialogs[0].buttons).toEqual(["Pause and quit", "Cancel"]);
    await desktop.do("answer", 0);
    expect((await desktop.ended).code).toBe(0);
  });

  it("survives that the trainer is killed, and the window's process: the run goes on", patient, async () => {
    const { desktop, id } = await training();
    const log = path.join(desktop.home, "runs", id, "events.ndjson");
    process.kill(trainerOf(id), "SIGKILL");
    await desktop.do("crash", "killed");
    await until(["runs"], desktop.home, () => /"type":"resumed"/.test(readFileSync(log, "utf8")));
    const { windows, notifications } = await factsOf(desktop);
    expect([windows[0].reloads, notifications]).toEqual([1, []]);
    void desktop.do("quit").catch(() => {});
    expect((await desktop.ended).code).toBe(0);
  });
});

describe("news", () => {
  it(
    "come when a run has finished, when all are done, and lead to the run; progress and sleep go back",
    patient,
    async () => {
      const home = temporaryFolder();
      await withNoiseForShapes(home);
      const desktop = await openDesktop(home);
      await desktop.do("call", "queue", "pause", undefined);
      const [first] = linesOf(await rwb(addTiny(20), home));
      await facts(desktop, ({ trays }) =>
        trays[0].menu.some((item) => "label" in item && item.label === "Resume the queue"),
      );
      await desktop.do("tray", "Resume the queue");
      const one = await facts(desktop, (now) => now.notifications.length === 1);
      expect(one.notifications[0].title).toBe(`${first.id} has finished`);
      await desktop.do("clickNotification", 0);
      expect(await desktop.do("requests", 1)).toEqual([{ type: "go", hash: `#/runs/${first.id}` }]);

      await desktop.do("menu", "Pause: no Run Starts");
      await rwb(addTiny(20, "--seeds", "2,3"), home);
      await desktop.do("menu", "Resume");
      const all = await facts(desktop, (now) => now.notifications.at(-1)?.title === "The queue is empty");
      expect(all.notifications.at(-1)!.body).toBe("2 finished");
      const after = await facts(desktop, (now) => now.badges.at(-1) === 0);
      expect(after.windows[0].progress.at(-1)).toBe(-1);
      expect(after.blockers.every(({ isOn }) => !isOn)).toBe(true);

      await desktop.do("call", "desktop", "choose", { notifications: false });
      await rwb(addTiny(20, "--seeds", "4"), home);
      await until(["runs"], home, (runs) => runs.length === 4 && runs.every(({ status }) => status === "finished"));
      await sleep(1_500);
      expect((await factsOf(desktop)).notifications).toHaveLength(all.notifications.length);
    },
  );
});

describe("what the system hands over", () => {
  it("archives and folders of the command line, of a second start and of macOS go to the window, once", async () => {
    const home = temporaryFolder();
    const folder = temporaryFolder();
    const file = (name: string): string => {
      writeFileSync(path.join(folder, name), "");
      return path.join(folder, name);
    };
    const [first, second, third] = ["1.rwbrun", "2.rwbrun", "3.rwb.tar.gz"].map(file);
    mkdirSync(path.join(folder, "birds"));
    const desktop = await openDesktop(home, {}, [first, file("other.txt")]);
    const secondStart = await startDesktop(home, { STUB_HAS_INSTANCE: "1" }, [second]);
    expect((await secondStart.ended).code).toBe(0);
    await desktop.do("emit", "second-instance", [], "/", { paths: [second, path.join(folder, "birds")] });
    await desktop.do("emit", "second-instance", [], "/", { paths: 7 });
    expect(await desktop.do("emit", "open-file", third)).toBe(true);
    const open = (what: string, at: string) => ({ type: "open", what, path: at });
    expect(await desktop.do("requests", 4)).toEqual([
      open("archive", first),
      open("archive", second),
      open("dataset-folder", path.join(folder, "birds")),
      open("archive", third),
    ]);
  });

  it("the menu and the window ask with the system's dialogs", async () => {
    const desktop = await openDesktop();
    await desktop.do("choosePath", "/somewhere/a.rwbrun");
    await desktop.do("menu", "Import a Run...");
    expect(await desktop.do("requests", 1)).toEqual([{ type: "open", what: "archive", path: "/somewhere/a.rwbrun" }]);
    await desktop.do("choosePath", null);
    const cancelled = await desktop.do("call", "desktop", "openFile", { purpose: "dataset-folder" });
    expect(cancelled).toEqual({ path: null });
    await desktop.do("choosePath", "/somewhere/b.rwbrun");
    const name = "../../etc/residual-20";
    expect(await desktop.do("call", "desktop", "saveFile", { purpose: "archive", name })).toEqual({
      path: "/somewhere/b.rwbrun",
    });
    const { fileDialogs } = await factsOf(desktop);
    expect(fileDialogs).toMatchObject([
      { properties: ["openFile"], filters: [{ extensions: ["rwbrun", "gz", "tgz"] }, {}] },
      { properties: ["openDirectory"] },
      { defaultPath: expect.stringMatching(/rwb-electron-downloads.residual-20\.rwbrun$/) as string },
    ]);
    await desktop.do("menu", "Queue");
    await desktop.do("menu", "The Paper: He et al., 2016");
    expect(await desktop.do("requests", 1)).toEqual([{ type: "go", hash: "#/queue" }]);
    expect((await factsOf(desktop)).external).toEqual(["https://arxiv.org/abs/1512.03385"]);
  });
});

describe("what is remembered", () => {
  it("where the window was, for this folder", async () => {
    const home = temporaryFolder();
    const desktop = await openDesktop(home);
    const bounds = { x: 100, y: 100, width: 900, height: 700 };
    await desktop.do("move", bounds);
    void desktop.do("close").catch(() => {});
    expect((await desktop.ended).code).toBe(0);
    const again = await openDesktop(home);
    expect((await factsOf(again)).windows[0].options).toMatchObject(bounds);
  });

  it.skipIf(process.platform !== "linux")("to start at login: hidden, and shown when it is started again", async () => {
    const config = temporaryFolder();
    const desktop = await openDesktop(undefined, { XDG_CONFIG_HOME: config });
    const choices = (await desktop.do("call", "desktop", "choose", { startAtLogin: true })) as object;
    expect(choices).toMatchObject({ startAtLogin: true });
    const [entry] = readdirSync(path.join(config, "autostart"));
    const text = readFileSync(path.join(config, "autostart", entry), "utf8");
    expect(text).toContain(`"--home" "${desktop.home}" "--hidden"`);
    expect(text).toContain(`"${path.resolve("out/main/main.js")}"`);
    await desktop.do("call", "desktop", "choose", { startAtLogin: false });
    expect(existsSync(path.join(config, "autostart", entry))).toBe(false);

    const hidden = await openDesktop(undefined, {}, ["--hidden"]);
    expect((await factsOf(hidden)).windows[0].did).toEqual([]);
    await hidden.do("emit", "second-instance", [], "/", { paths: [] });
    expect((await factsOf(hidden)).windows[0].did).toEqual(["show", "focus"]);
  });
});
