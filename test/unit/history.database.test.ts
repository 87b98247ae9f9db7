import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { describe, expect, test, type TestContext } from "vitest";
import { tryLock } from "../../src-main/fileLock.ts";
import { backupsFolder, databaseFile, listBackups } from "../../src-main/history/backupFiles.ts";
import { restoreHistory, type History } from "../../src-main/history/index.ts";
import { networkFileSystem, type FileSystemFacts } from "../../src-main/history/networkFileSystem.ts";
import { event, ingestAll, newRun, startMs, useBench } from "./historyFixtures.ts";

const bench = useBench();
const file = (): string => databaseFile(bench.home);
const damaged = (says: string): Error =>
  expect.objectContaining({
    code: "history-damaged",
    message: expect.stringContaining(says) as string,
    mend: "rwb history restore",
  }) as Error;

/** A run with three rows a series, read up to `lines` of its log. */
function fill(history: History, id = "a"): void {
  history.runs.add(newRun(id));
  bench.append(id, event.started(), event.progress(0, 2_500), event.evaluated(2_500));
  ingestAll(history, id, bench.log(id));
}

const lossOf = (history: History, id = "a") => history.series.read(id, "loss").values.length;

describe("a damaged history", () => {
  test.each([1, 15, 99, 100, 511, 4_095, 4_096, 5_000, 8_192, -40_000, -4_096, -1])(
    "cut to %i bytes (from the end, if negative): said at once, with the newest backup; put back; caught up from the logs",
    async (length) => {
      let history = bench.open();
      fill(history);
      const backup = await history.backUp();
      bench.append("a", event.progress(2_500, 3_000), event.evaluated(3_000));
      ingestAll(history, "a", bench.log("a"));
      history.runs.add(newRun("b"));
      history.close();
      const { size } = statSync(file());
      truncateSync(file(), length < 0 ? size + length : length);
      expect(() => bench.open()).toThrow(damaged(path.basename(backup)));
      expect(() => bench.open({ readOnly: true })).toThrow(damaged(path.basename(backup)));

      const restored = restoreHistory(bench.home, startMs);
      expect(restored.from).toBe(backup);
      expect(restored.setAside).toContain(
        path.join(bench.home, "damaged-2026-01-01T00-00-00.000Z", "workbench.sqlite"),
      );
      for (const kept of restored.setAside) expect(existsSync(kept)).toBe(true);
      history = bench.open();
      expect(await history.checkIntegrity()).toBeUndefined();
      expect(history.runs.find("b")).toBeUndefined();
      expect([lossOf(history), history.logState("a").lines]).toEqual([2_500, 3]);
      expect(ingestAll(history, "a", bench.log("a"))).toBe(2);
      expect([lossOf(history), history.evaluations.of("a").length]).toEqual([3_000, 2]);
    },
  );

  test.each<{ what: string; damage: () => void; says: string }>([
    { what: "garbage", damage: () => writeFileSync(file(), Buffer.alloc(50_000, "garbage")), says: "not a database" },
    { what: "an empty file", damage: () => writeFileSync(file(), ""), says: "the file is empty" },
    { what: "no file", damage: () => rmSync(file()), says: "the file is gone" },
  ])("$what, where there is a backup", async ({ damage, says }) => {
    const history = bench.open();
    fill(history);
    await history.backUp();
    history.close();
    damage();
    expect(() => bench.open()).toThrow(damaged(says));
    restoreHistory(bench.home);
    expect(lossOf(bench.open())).toBe(2_500);
  });

  test("without a backup: begins empty, and the old file is kept", () => {
    const history = bench.open();
    fill(history);
    history.close();
    truncateSync(file(), 5_000);
    expect(() => bench.open()).toThrow(damaged("There is no backup"));
    const { from, setAside } = restoreHistory(bench.home);
    expect([from, setAside.length]).toEqual([undefined, 1]);
    const empty = bench.open();
    expect(empty.runs.list()).toEqual([]);
    fill(empty);
    expect(lossOf(empty)).toBe(2_500);
  });

  test("a backup that is damaged itself, or of a newer program, is passed over", async () => {
    const history = bench.open();
    fill(history);
    const good = await history.backUp();
    history.runs.add(newRun("b"));
    const bad = await history.backUp();
    history.close();
    truncateSync(bad, 20_000);
    cpSync(good, path.join(backupsFolder(bench.home), "workbench-v99-2027-01-01T00-00-00.000Z.sqlite"));
    truncateSync(file(), 5_000);
    expect(restoreHistory(bench.home).from).toBe(good);
    expect(
      bench
        .open()
        .runs.list()
        .map(({ id }) => id),
    ).toEqual(["a"]);
    expect(readdirSync(bench.home).filter((name) => name.includes("restoring"))).toEqual([]);
  });

  test("no good backup at all: begins empty, and nothing is deleted", async () => {
    const history = bench.open();
    fill(history);
    truncateSync(await history.backUp(), 20_000);
    history.close();
    truncateSync(file(), 5_000);
    const { from, setAside } = restoreHistory(bench.home);
    expect([from, setAside.filter((name) => existsSync(name)).length]).toEqual([undefined, 2]);
    expect(bench.open().runs.list()).toEqual([]);
  });

  test("pages that were overwritten are found by the check, and said when they are read", async () => {
    let history = bench.open();
    for (const id of ["a", "b", "c"]) fill(history, id);
    history.close();
    const bytes = readFileSync(file());
    // The first pages hold the schema.
    bytes.fill(0xa5, 30 * 4_096);
    writeFileSync(file(), bytes);
    history = bench.open();
    expect(await history.checkIntegrity()).toEqual(damaged("There is no backup"));
    expect(() => ["a", "b", "c"].map((id) => history.dump(id))).toThrow(damaged("malformed"));
  });
});

describe("backups", () => {
  test("are made while the history is written to, are whole, and of one day only the newest two stay", async () => {
    const history = bench.open();
    fill(history);
    const made: string[] = [];
    for (let i = 0; i < 5; i++) {
      const backup = history.backUp();
      history.runs.add(newRun(`during-${i}`));
      made.push(await backup);
    }
    expect(listBackups(bench.home).map((backup) => backup.path)).toEqual(made.slice(3).reverse());
    history.close();
    rmSync(file());
    restoreHistory(bench.home);
    const restored = bench.open();
    expect([lossOf(restored), await restored.checkIntegrity()]).toEqual([2_500, undefined]);
    expect(readdirSync(backupsFolder(bench.home)).filter((name) => !name.endsWith(".sqlite"))).toEqual([]);
  });

  test("one that is under way when the history is closed leaves nothing", async () => {
    const history = bench.open();
    for (let i = 0; i < 20; i++) fill(history, `r${i}`);
    const backup = history.backUp().then(
      () => "made",
      () => "failed",
    );
    await new Promise((resolve) => setImmediate(resolve));
    history.close();
    const files = (await backup) === "made" ? 1 : 0;
    expect(readdirSync(backupsFolder(bench.home)).length).toBe(files);
  });
});

describe("openHistory", () => {
  test("knows whether the program before it ended cleanly", () => {
    let history = bench.open();
    expect(history.endedUncleanly).toBe(false);
    history.close();
    history.close();
    history = bench.open();
    expect(history.endedUncleanly).toBe(false);
    fill(history);
    // As a killed program leaves it: the WAL not yet in the file.
    const left = path.join(bench.home, "left");
    mkdirSync(left);
    for (const name of ["workbench.sqlite", "workbench.sqlite-wal"])
      cpSync(path.join(bench.home, name), path.join(left, name));
    const after = bench.open({ home: left });
    expect([after.endedUncleanly, lossOf(after)]).toEqual([true, 2_500]);
    after.close();
    expect(bench.open({ home: left }).endedUncleanly).toBe(false);
    expect(existsSync(path.join(bench.home, "workbench.sqlite-wal"))).toBe(true);
    history.close();
    expect(readdirSync(bench.home).filter((name) => name.startsWith("workbench"))).toEqual(["workbench.sqlite"]);
  });

  test("a second connection reads what the first one writes, and writes nothing", () => {
    expect(() => bench.open({ readOnly: true })).toThrow(expect.objectContaining({ code: "usage" }));
    const main = bench.open();
    const reader = bench.open({ readOnly: true });
    expect([reader.newer, reader.runs.list()]).toEqual([undefined, []]);
    fill(main);
    expect([reader.runs.get("a").iteration, lossOf(reader)]).toEqual([2_500, 2_500]);
    for (const write of [
      () => reader.runs.add(newRun("b")),
      () => reader.transaction(() => {}),
      () => reader.purge("a"),
      () => reader.settings.update({ slots: 1 }),
    ]) {
      expect(write).toThrow(expect.objectContaining({ code: "locked" }));
    }
    reader.close();
    main.runs.add(newRun("b"));
  });

  test("a transaction is whole or not at all", () => {
    const history = bench.open();
    expect(() =>
      history.transaction(() => {
        history.runs.add(newRun("a"));
        expect(() => history.runs.add(newRun("a"))).toThrow(expect.objectContaining({ code: "run-state" }));
        history.runs.add(newRun("b"));
        throw new Error("out of the blue");
      }),
    ).toThrow("out of the blue");
    expect(history.runs.list()).toEqual([]);
    expect(
      history.transaction(() => {
        history.runs.add(newRun("a"));
        return history.runs.add(newRun("b")).position;
      }),
    ).toBe(2);
  });

  test("what a dead program had not yet deleted is swept", () => {
    const rest = path.join(bench.home, "runs", ".deleted-a-1");
    mkdirSync(rest, { recursive: true });
    writeFileSync(path.join(rest, "config.json"), "{}");
    bench.open();
    expect(existsSync(rest)).toBe(false);
  });
});

/** Mounts something below the bench for one test; says why where it cannot. */
function mount(
  context: TestContext,
  arguments_: (folder: string) => string[],
): { folder: string; remount: (options: string) => void } {
  if (process.platform !== "linux" || process.getuid?.() !== 0)
    return context.skip("only root on Linux may mount a file system");
  const folder = path.join(bench.home, "mounted");
  mkdirSync(folder);
  try {
    execFileSync("mount", arguments_(folder), { stdio: "ignore" });
  } catch (error) {
    return context.skip(`this machine does not let root mount: ${(error as Error).message}`);
  }
  bench.atEnd(() => execFileSync("umount", [folder]));
  return { folder, remount: (options) => execFileSync("mount", ["-o", `remount,${options}`, folder]) };
}

const diskFull = expect.objectContaining({ code: "disk-full" }) as Error;
const readOnly = expect.objectContaining({ code: "disk-read-only" }) as Error;

describe("a full disk", () => {
  test("changes nothing, and works again once there is room", async (context) => {
    const { folder } = mount(context, (at) => ["-t", "tmpfs", "-o", "size=3m", "tmpfs", at]);
    const history = bench.open({ home: folder });
    history.runs.add(newRun("a"));
    bench.append("a", event.started(), event.progress(0, 1_500));
    ingestAll(history, "a", bench.log("a"));
    bench.append("a", ...Array.from({ length: 35 }, (_, i) => event.progress(1_500 + 100 * i, 1_600 + 100 * i)));

    const filler = path.join(folder, "filler");
    const fillUp = () => {
      for (;;) writeFileSync(filler, Buffer.alloc(4_096), { flag: "a" });
    };
    expect(fillUp).toThrow("ENOSPC");
    const before = { ...history.dump("a"), state: history.logState("a") };
    expect(() => history.ingest("a", bench.log("a"))).toThrow(diskFull);
    expect(() => {
      for (let i = 0; ; i++) history.runs.add(newRun(`full-${i}`));
    }).toThrow(diskFull);
    await expect(history.backUp()).rejects.toEqual(diskFull);
    expect(readdirSync(backupsFolder(folder))).toEqual([]);
    expect({ ...history.dump("a"), state: history.logState("a") }).toEqual(before);
    const runs = history.runs.list().length;

    rmSync(filler);
    expect(history.ingest("a", bench.log("a"), { maxBytes: 20_000 }).more).toBe(true);
    const lines = history.logState("a").lines;
    expect([lines > before.state.lines, lossOf(history) > 1_500]).toEqual([true, true]);

    // Nor does the next start begin without room.
    expect(fillUp).toThrow("ENOSPC");
    const points = lossOf(history);
    history.close();
    expect(() => bench.open({ home: folder })).toThrow(diskFull);

    rmSync(filler);
    const again = bench.open({ home: folder });
    expect([again.runs.list().length, lossOf(again)]).toEqual([runs, points]);
    expect(ingestAll(again, "a", bench.log("a"))).toBe(37 - lines);
    expect(lossOf(again)).toBe(5_000);
    expect(await again.checkIntegrity()).toBeUndefined();
    again.close();
  });

  test("before there is a history", (context) => {
    const { folder } = mount(context, (at) => ["-t", "tmpfs", "-o", "size=64k", "tmpfs", at]);
    writeFileSync(path.join(folder, "filler"), Buffer.alloc(56 * 1024));
    expect(() => bench.open({ home: folder })).toThrow(diskFull);
    rmSync(path.join(folder, "filler"));
  });
});

test("a disk that is read-only says so, rather than that it is full or that somebody may not", (context) => {
  const { folder, remount } = mount(context, (at) => ["-t", "tmpfs", "-o", "size=3m", "tmpfs", at]);
  const history = bench.open({ home: folder });
  history.runs.add(newRun("a"));
  history.close();
  remount("ro");
  expect(() => bench.open({ home: folder })).toThrow(readOnly);
  expect(() => bench.open({ home: path.join(folder, "new") })).toThrow(readOnly);
  expect(() => tryLock(path.join(folder, "a.lock"))).toThrow(readOnly);
  remount("rw");
  expect(bench.open({ home: folder }).runs.list().length).toBe(1);
});

describe("networkFileSystem", () => {
  const mountinfo = [
    "22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw",
    "30 22 0:28 / /home rw,nosuid shared:2 - nfs4 server:/home rw,vers=4.2",
    "31 22 0:29 / /mnt/remote\\040data rw - fuse.sshfs me@host:/data rw,user_id=0",
    "32 22 0:30 / /mnt/local rw master:3 propagate_from:2 - fuse.bindfs /data rw",
    "33 30 0:31 / /home/me/scratch rw - xfs /dev/nvme0n1 rw",
    "34 22 0:32 / /mnt/twice rw - ext4 /dev/vdb rw",
    "35 34 0:33 / /mnt/twice rw - cifs //server/share rw",
    "36 22 0:34 / /ceph rw - fuse.ceph-fuse ceph-fuse rw",
    "garbage",
    "",
  ].join("\n");
  const fuse = 0x65735546;
  const ext4 = 0xef53;
  test.each<Partial<FileSystemFacts> & { is: string | undefined }>([
    { folder: "/data", type: ext4, is: undefined },
    { folder: "/data", type: 0x6969, is: "NFS" },
    { folder: "/data", type: 0xff534d42, is: "CIFS" },
    { folder: "/data", type: 0xff534d42 - 2 ** 32, is: "CIFS" },
    { folder: "/data", type: 0xfe534d42, is: "SMB" },
    { folder: "/data", type: 0x517b, is: "SMB" },
    { folder: "/data", type: 0x5346414f, is: "AFS" },
    { folder: "/data", type: 0x00c36400, is: "Ceph" },
    { folder: "/data", type: 0x0bd00bd0, is: "Lustre" },
    { folder: "/data", type: 0x47504653, is: "GPFS" },
    { folder: "/data", type: 0x19830326, is: "BeeGFS" },
    { folder: "/data", type: 0x01021997, is: "9p" },
    { folder: "/data", type: 0x01021994, is: undefined },
    { folder: "/home", type: undefined, is: "NFS" },
    { folder: "/home/me", type: ext4, is: "NFS" },
    { folder: "/homes", type: ext4, is: undefined },
    { folder: "/home/me/scratch/workbench", type: 0x58465342, is: undefined },
    { folder: "/mnt/remote data/x", type: fuse, is: "sshfs" },
    { folder: "/mnt/remote", type: fuse, is: undefined },
    { folder: "/mnt/local/x", type: fuse, is: undefined },
    { folder: "/mnt/twice", type: ext4, is: "CIFS" },
    { folder: "/ceph/me", type: fuse, is: "Ceph" },
    { platform: "darwin", folder: "/Users/me", mountinfo: "", is: undefined },
    { platform: "win32", folder: "C:\\Users\\me", is: undefined },
    { platform: "win32", folder: "\\\\server\\share\\me", is: "a network share" },
    { platform: "win32", folder: "//server/share", is: "a network share" },
    { platform: "win32", folder: "\\\\?\\UNC\\server\\share", is: "a network share" },
    { platform: "win32", folder: "\\\\?\\C:\\Users\\me", is: undefined },
  ])("$platform $folder, type $type: $is", ({ is, ...facts }) => {
    expect(networkFileSystem({ platform: "linux", folder: "/", type: undefined, mountinfo, ...facts })).toBe(is);
  });
});
