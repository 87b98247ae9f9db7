import type Database from "better-sqlite3";

/** A step of the schema; `up` runs once, in a transaction together with the change of `user_version`. */
export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly up: (database: Database.Database) => void;
}

/**
 * Every step from nothing to the schema of this program, in order. A step that has been released is never edited: what
 * it got wrong, the next one mends. Each is tested from the version before it (test/unit/history.migrations.test.ts).
 */
export const migrations: readonly Migration[] = [
  {
    version: 1,
    name: "runs, and what their logs say",
    up: (database) =>
      database.exec(`
        -- AUTOINCREMENT: the key of a purged run is never given to another.
        CREATE TABLE runs (
          key INTEGER PRIMARY KEY AUTOINCREMENT,
          id TEXT NOT NULL UNIQUE,
          status TEXT NOT NULL,
          reason TEXT,
          position INTEGER NOT NULL,
          crashes INTEGER NOT NULL DEFAULT 0,
          checkpoints_at_crash INTEGER NOT NULL DEFAULT 0,
          created_ms REAL NOT NULL,
          started_ms REAL,
          ended_ms REAL,
          trashed_ms REAL,
          recipe TEXT,
          scale REAL,
          deviations TEXT NOT NULL,
          threads INTEGER,
          lanes INTEGER,
          code_version TEXT NOT NULL,
          tags TEXT NOT NULL,
          notes TEXT NOT NULL,
          pinned INTEGER NOT NULL DEFAULT 0,
          forked_run TEXT,
          forked_iteration INTEGER,
          -- From the run's log. ANY: a loss that is not finite is kept as a word, since SQLite makes NULL of NaN.
          engine TEXT,
          dataset TEXT,
          iteration INTEGER NOT NULL DEFAULT 0,
          loss ANY,
          images_per_second REAL,
          checkpoint_iteration INTEGER,
          test_accuracy REAL,
          best_test_accuracy REAL,
          -- What a long list shows of the configuration, so that it need not parse it.
          family TEXT NOT NULL GENERATED ALWAYS AS (config ->> '$.network.family') STORED,
          depth INTEGER NOT NULL GENERATED ALWAYS AS (config ->> '$.network.depth') STORED,
          shortcut TEXT NOT NULL GENERATED ALWAYS AS (config ->> '$.network.shortcut') STORED,
          seed INTEGER NOT NULL GENERATED ALWAYS AS (config ->> '$.seed') STORED,
          iterations INTEGER NOT NULL GENERATED ALWAYS AS (config ->> '$.training.iterations') STORED,
          config TEXT NOT NULL
        ) STRICT;
        CREATE INDEX runs_by_status ON runs (status);
        CREATE INDEX runs_by_position ON runs (position);

        -- How far each run's events.ndjson has been read; changed only together with what was read.
        CREATE TABLE logs (
          run INTEGER PRIMARY KEY REFERENCES runs ON DELETE CASCADE,
          offset INTEGER NOT NULL,
          lines INTEGER NOT NULL,
          unreadable INTEGER NOT NULL,
          generation TEXT,
          -- The last bytes before the offset: a log that was cut and has grown again is another one.
          tail BLOB NOT NULL
        ) STRICT;

        -- Little-endian float32, one an iteration from 'start' on; no row crosses a multiple of 1,000.
        CREATE TABLE series (
          run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
          series INTEGER NOT NULL,
          start INTEGER NOT NULL,
          points BLOB NOT NULL,
          PRIMARY KEY (run, series, start)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE evaluations (
          run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
          iteration INTEGER NOT NULL,
          time_ms REAL NOT NULL,
          elapsed_ms REAL NOT NULL,
          test_loss ANY NOT NULL,
          test_accuracy REAL NOT NULL,
          validation_loss ANY,
          validation_accuracy REAL,
          images INTEGER NOT NULL,
          bits INTEGER NOT NULL,
          predictions BLOB NOT NULL,
          PRIMARY KEY (run, iteration)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE probes (
          run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
          iteration INTEGER NOT NULL,
          time_ms REAL NOT NULL,
          responses TEXT NOT NULL,
          gradient_norms TEXT NOT NULL,
          PRIMARY KEY (run, iteration)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE checkpoints (
          run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
          iteration INTEGER NOT NULL,
          time_ms REAL NOT NULL,
          file TEXT NOT NULL,
          best INTEGER NOT NULL,
          PRIMARY KEY (run, iteration)
        ) STRICT, WITHOUT ROWID;

        -- 'line' is that of the run's log; NULL where the workbench did something.
        CREATE TABLE ledger (
          key INTEGER PRIMARY KEY,
          run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
          line INTEGER,
          type TEXT NOT NULL,
          time_ms REAL NOT NULL,
          iteration INTEGER,
          detail TEXT
        ) STRICT;
        CREATE INDEX ledger_by_run ON ledger (run);

        -- 'open' while a program writes; it stays where that one did not end cleanly.
        CREATE TABLE state (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
      `),
  },
  {
    version: 2,
    name: "studies",
    up: (database) =>
      database.exec(`
        CREATE TABLE studies (
          key INTEGER PRIMARY KEY AUTOINCREMENT,
          name TEXT NOT NULL UNIQUE,
          template TEXT,
          grid TEXT NOT NULL,
          created_ms REAL NOT NULL
        ) STRICT;

        -- A run may be a cell of several studies.
        CREATE TABLE study_runs (
          study INTEGER NOT NULL REFERENCES studies ON DELETE CASCADE,
          run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
          PRIMARY KEY (study, run)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX study_runs_by_run ON study_runs (run);
      `),
  },
  {
    version: 3,
    name: "measured speeds, figures, settings",
    up: (database) =>
      database.exec(`
        CREATE TABLE speeds (
          family TEXT NOT NULL,
          depth INTEGER NOT NULL,
          width INTEGER NOT NULL,
          shortcut TEXT NOT NULL,
          batch_size INTEGER NOT NULL,
          precision TEXT NOT NULL,
          lanes INTEGER NOT NULL,
          concurrent INTEGER NOT NULL,
          device TEXT NOT NULL,
          step_ms REAL NOT NULL,
          peak_memory_bytes INTEGER,
          samples INTEGER NOT NULL,
          updated_ms REAL NOT NULL,
          PRIMARY KEY (family, depth, width, shortcut, batch_size, precision, lanes, concurrent, device)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE figures (
          key INTEGER PRIMARY KEY AUTOINCREMENT,
          name TEXT NOT NULL UNIQUE,
          recipe TEXT NOT NULL,
          created_ms REAL NOT NULL
        ) STRICT;

        CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
      `),
  },
  {
    version: 4,
    name: "runs whose logs are still to be read to their end",
    up: (database) =>
      database.exec(`
        -- Of an import that is under way, or was when its program was killed: the next start reads on.
        CREATE TABLE unread_logs (run INTEGER PRIMARY KEY REFERENCES runs ON DELETE CASCADE) STRICT;
      `),
  },
  {
    version: 5,
    name: "what removed blocks do",
    up: (database) =>
      database.exec(`
        -- 'blocks': what is left of each when it is removed, as src-shared/lesion.ts has it. Not in the run's log: it comes
        -- after the run's end, and can be measured again.
        CREATE TABLE lesions (
          run INTEGER PRIMARY KEY REFERENCES runs ON DELETE CASCADE,
          iteration INTEGER NOT NULL,
          time_ms REAL NOT NULL,
          elapsed_ms REAL NOT NULL,
          images INTEGER NOT NULL,
          test_error REAL NOT NULL,
          blocks TEXT NOT NULL
        ) STRICT;
      `),
  },
];

export const latestSchema = migrations.at(-1)!.version;

export const schemaOf = (database: Database.Database): number =>
  database.pragma("user_version", { simple: true }) as number;

/** Runs the steps that `database` lacks, each whole or not at all. */
export function migrate(database: Database.Database, upTo: number = latestSchema): void {
  const from = schemaOf(database);
  for (const { version, up } of migrations) {
    if (version <= from || version > upTo) continue;
    database
      .transaction(() => {
        up(database);
        database.pragma(`user_version = ${version}`);
      })
      .immediate();
  }
}
