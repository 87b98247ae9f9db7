import { existsSync, mkdirSync, readdirSync } from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import { describe, expect, test } from "vitest";
import { backupsFolder, databaseFile, superfluousBackups } from "../../src-main/history/backupFiles.ts";
import { latestSchema, migrate, migrations, schemaOf } from "../../src-main/history/migrations.ts";
import { config, newRun, startMs, useBench } from "./historyFixtures.ts";

const bench = useBench();

/** A database as the program of that schema left it. */
function makeDatabase(schema: number, fill: (database: Database.Database) => void = () => {}): void {
  mkdirSync(bench.home, { recursive: true });
  const database = new Database(databaseFile(bench.home));
  database.pragma("auto_vacuum = INCREMENTAL");
  database.pragma("journal_mode = WAL");
  migrate(database, schema);
  fill(database);
  database.close();
}

const insertRun = (database: Database.Database) =>
  database
    .prepare(
      `INSERT INTO runs (key, id, status, position, created_ms, deviations, code_version, tags, notes, config, loss)
       VALUES (7, 'old', 'finished', 1, ?, '["a deviation"]', '0.0.1', '["tag"]', 'a note', ?, 'NaN')`,
    )
    .run(startMs, JSON.stringify(config({ depth: 56, seed: 3 })));

const insertData = (database: Database.Database) => {
  insertRun(database);
  const points = Buffer.from(Float32Array.of(3, 2, 1).buffer);
  for (const series of [0, 1, 2, 3]) database.prepare("INSERT INTO series VALUES (7, ?, 0, ?)").run(series, points);
  database
    .prepare("INSERT INTO evaluations VALUES (7, 3, 0, 0, 'Infinity', 0.5, NULL, NULL, 2, 4, ?)")
    .run(Buffer.of(0x21));
  database.prepare("INSERT INTO logs VALUES (7, 100, 3, 1, 'g', ?)").run(Buffer.of(1));
  database.prepare("INSERT INTO ledger (run, line, type, time_ms) VALUES (7, 1, 'started', 0)").run();
};

const insertStudy = (database: Database.Database) => {
  const grid = { recipe: "course", families: ["plain"], depths: [20], seeds: [1] };
  database.prepare("INSERT INTO studies VALUES (2, 'depths', 'course', ?, 5)").run(JSON.stringify(grid));
  database.prepare("INSERT INTO study_runs VALUES (2, 7)").run();
};

describe("migrations", () => {
  test("are an ordered table without holes", () => {
    expect(migrations.map(({ version }) => version)).toEqual(migrations.map((_, i) => i + 1));
  });

  test("a new history has the latest schema, and no backup of nothing", () => {
    bench.open();
    const database = new Database(databaseFile(bench.home), { readonly: true });
    expect(schemaOf(database)).toBe(latestSchema);
    expect(database.pragma("journal_mode", { simple: true })).toBe("wal");
    expect(database.pragma("auto_vacuum", { simple: true })).toBe(2);
    database.close();
    expect(existsSync(backupsFolder(bench.home))).toBe(false);
  });

  test.each<{ from: number; fill: (database: Database.Database) => void }>([
    { from: 1, fill: insertData },
    {
      from: 2,
      fill: (database) => {
        insertData(database);
        insertStudy(database);
      },
    },
    {
      from: 3,
      fill: (database) => {
        insertData(database);
        insertStudy(database);
      },
    },
    {
      from: 4,
      fill: (database) => {
        insertData(database);
        insertStudy(database);
        database.prepare("INSERT INTO unread_logs VALUES (7)").run();
      },
    },
  ])(
    "from version $from: what was there stays, a backup of it is made first, and everything works",
    ({ from, fill }) => {
      makeDatabase(from, fill);
      const history = bench.open();
      expect(history.runs.get("old")).toMatchObject({
        config: config({ depth: 56, seed: 3 }),
        depth: 56,
        seed: 3,
        iterations: 5_000,
        deviations: ["a deviation"],
        tags: ["tag"],
        notes: "a note",
        loss: NaN,
        studies: from >= 2 ? ["depths"] : [],
      });
      expect(history.series.read("old", "stepMs").values).toEqual(Float32Array.of(3, 2, 1));
      expect(history.evaluations.of("old")).toMatchObject([{ testLoss: Infinity }]);
      expect(history.evaluations.predictions("old", 3)).toEqual(Uint8Array.of(1, 2));
      expect(history.logState("old")).toEqual({ offset: 100, generation: "g", lines: 3, unreadable: 1 });
      expect(history.ledger.of("old").length).toBe(1);

      const names = readdirSync(backupsFolder(bench.home));
      expect(names).toEqual([
        expect.stringMatching(new RegExp(`^workbench-v${from}-2026-01-01T00-00-0\\d[.]000Z[.]sqlite$`)),
      ]);
      const backup = new Database(path.join(backupsFolder(bench.home), names[0]), { readonly: true });
      expect(schemaOf(backup)).toBe(from);
      expect(backup.prepare("SELECT id FROM runs").pluck().all()).toEqual(["old"]);
      backup.close();

      history.runs.add(newRun("new"));
      if (from < 2)
        history.studies.create({
          name: "depths",
          grid: { recipe: "course", families: ["plain"], depths: [20], seeds: [1] },
        });
      history.studies.addRun("depths", "new");
      expect(history.studies.get("depths").grid.depths).toEqual([20]);
      history.figures.save("figure", { of: "old" });
      expect(history.lesions.of("old")).toBeUndefined();
      const lesion = { iteration: 3, timeMs: 1, elapsedMs: 2, images: 2, testError: 0.5 };
      history.lesions.put("old", { ...lesion, blocks: [] });
      history.lesions.put("old", { ...lesion, blocks: [{ block: "stage2.block1", testError: null }] });
      expect(history.lesions.of("old")).toEqual({ ...lesion, blocks: [{ block: "stage2.block1", testError: null }] });
      history.settings.update({ slots: 2 });
      expect(history.settings.get().slots).toBe(2);
      history.purge("old");
      expect(history.studies.get("depths").runs).toBe(1);
    },
  );

  test("a step that fails changes nothing", () => {
    makeDatabase(1, (database) => {
      insertRun(database);
      // Stands in the way of the second step.
      database.exec("CREATE TABLE study_runs (x)");
    });
    expect(() => bench.open()).toThrow("study_runs");
    const database = new Database(databaseFile(bench.home));
    expect(schemaOf(database)).toBe(1);
    expect(database.prepare("SELECT name FROM sqlite_schema WHERE name = 'studies'").get()).toBeUndefined();
    database.close();
  });

  test("a newer history opens for reading only, and says so", () => {
    makeDatabase(latestSchema, (database) => {
      insertData(database);
      database.exec(
        `ALTER TABLE runs ADD COLUMN mood TEXT; DROP TABLE figures; PRAGMA user_version = ${latestSchema + 1}`,
      );
    });
    const history = bench.open();
    const newer = expect.objectContaining({
      code: "history-newer",
      message: expect.stringContaining(`schema ${latestSchema + 1}`) as string,
    }) as Error;
    expect(history.newer).toEqual(newer);
    expect(history.runs.list().map(({ id }) => id)).toEqual(["old"]);
    expect(history.series.read("old", "loss").values.length).toBe(3);
    expect(() => history.runs.add(newRun("a"))).toThrow(newer);
    expect(() => history.runs.update("old", { notes: "" })).toThrow(newer);
    expect(() => history.settings.update({ slots: 1 })).toThrow(newer);
    expect(() => history.ingest("old", bench.log("old"))).not.toThrow();
    // What it no longer has is not a defect of this program.
    expect(() => history.figures.list()).toThrow(newer);
    history.close();
    const database = new Database(databaseFile(bench.home));
    expect(schemaOf(database)).toBe(latestSchema + 1);
    database.close();
  });

  test("a reader beside an older program's main is told to restart that one", () => {
    makeDatabase(1);
    expect(() => bench.open({ readOnly: true })).toThrow(expect.objectContaining({ code: "locked" }));
    const database = new Database(databaseFile(bench.home));
    expect(schemaOf(database)).toBe(1);
    database.close();
  });
});

describe("backups", () => {
  const backup = (schema: number, days: number) => ({ path: `${schema}/${days}`, schema, timeMs: days * 86_400_000 });
  test.each([
    { what: "none", have: [], go: [] },
    { what: "three", have: [backup(3, 3), backup(3, 2), backup(3, 1)], go: [] },
    { what: "five", have: [5, 4, 3, 2, 1].map((t) => backup(3, t)), go: ["3/2", "3/1"] },
    {
      what: "of older schemas the newest stays",
      have: [backup(3, 9), backup(2, 8), backup(2, 7), backup(1, 6), backup(1, 5)],
      go: ["2/7", "1/5"],
    },
    {
      what: "many of one day",
      have: [3.9, 3.8, 3.7, 2.5, 2.4, 1, 0].map((t) => backup(3, t)),
      go: ["3/3.7", "3/2.4", "3/0"],
    },
    { what: "of a newer schema three", have: [9, 8, 7, 6].map((t) => backup(4, t)), go: ["4/6"] },
  ])("$what", ({ have, go }) => {
    expect(superfluousBackups(have, 3, 3).map(({ path: file }) => file)).toEqual(go);
  });
});
