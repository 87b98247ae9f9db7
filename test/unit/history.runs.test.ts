import { existsSync, linkSync, mkdirSync, readdirSync, statSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { databaseFile } from "../../src-main/history/backupFiles.ts";
import {
  applyRetention,
  deleteRunFolder,
  expiredCheckpoints,
  type History,
  type SpeedKey,
} from "../../src-main/history/index.ts";
import type { RunAction, RunStatus } from "../../src-shared/runState.ts";
import { config, event, ingestAll, newRun, startMs, useBench } from "./historyFixtures.ts";

const bench = useBench();
const code = (expected: string): Error => expect.objectContaining({ code: expected }) as Error;
const ids = (runs: readonly { id: string }[]): string[] => runs.map(({ id }) => id);

describe("runs", () => {
  test("come back as they were added", () => {
    const history = bench.open();
    history.runs.add(
      newRun("a", {
        ...{
          recipe: "course",
          scale: 1 / 32,
          deviations: ["rate 0.01, recipe 0.1"],
          threads: 2,
          lanes: 1,
          tags: ["x", "y"],
        },
        ...{ notes: "é 残差", forkedFrom: { run: "z", iteration: 500 }, codeVersion: "1.2.3", createdMs: 12.5 },
      }),
    );
    expect(history.runs.get("a")).toEqual({
      id: "a",
      config: config(),
      datasetName: config().dataset,
      ...{ family: "residual", depth: 20, shortcut: "none", seed: 1, iterations: 5_000 },
      ...{
        recipe: "course",
        scale: 1 / 32,
        deviations: ["rate 0.01, recipe 0.1"],
        threads: 2,
        lanes: 1,
        tags: ["x", "y"],
      },
      ...{ notes: "é 残差", forkedFrom: { run: "z", iteration: 500 }, codeVersion: "1.2.3", createdMs: 12.5 },
      ...{ pinned: false, studies: [], status: "queued", reason: undefined, position: 1, crashes: 0 },
      ...{ startedMs: undefined, endedMs: undefined, trashedMs: undefined, engine: undefined, dataset: undefined },
      ...{ iteration: 0, loss: undefined, imagesPerSecond: undefined, checkpointIteration: undefined },
      ...{ testAccuracy: undefined, bestTestAccuracy: undefined },
    });
    expect(history.runs.list()).toEqual([history.runs.get("a")]);
    expect(() => history.runs.add(newRun("a"))).toThrow(code("run-state"));
  });

  test("a list gives each run's own configuration, also in copies", () => {
    const history = bench.open();
    for (let seed = 1; seed <= 3; seed++) history.runs.add(newRun(`s${seed}`, { config: config({ seed }) }));
    const list = history.runs.list();
    expect(list.map((run) => run.config.seed)).toEqual([1, 2, 3]);
    expect({ ...list[1] }.config.seed).toBe(2);
    expect((JSON.parse(JSON.stringify(list[2])) as { config: unknown }).config).toEqual(config({ seed: 3 }));
    history.purge("s2");
    history.runs.add(newRun("s4", { config: config({ seed: 4 }) }));
    expect(history.runs.list().map((run) => run.config.seed)).toEqual([1, 3, 4]);
    expect(() => Object.assign(list[0].config, { seed: 9 })).toThrow(TypeError);
  });

  test.each<{ id: string; found: string | undefined; mend?: string }>([
    { id: "residual-20-s1-aaaaaa", found: "residual-20-s1-aaaaaa" },
    { id: "plain", found: "plain-20-s1-cccccc" },
    { id: "residual-20-s1-a", found: "residual-20-s1-aaaaaa" },
    { id: "residual-20", found: undefined, mend: "Name one of them: residual-20-s1-aaaaaa, residual-20-s1-bbbbbb" },
    { id: "plane-20-s1-cccccc", found: undefined, mend: "Did you mean 'plain-20-s1-cccccc'?" },
    { id: "%", found: undefined, mend: "Did you mean" },
    { id: "", found: undefined, mend: "Did you mean" },
  ])("'$id' is $found", ({ id, found, mend }) => {
    const history = bench.open();
    for (const known of ["residual-20-s1-aaaaaa", "residual-20-s1-bbbbbb", "plain-20-s1-cccccc"])
      history.runs.add(newRun(known));
    expect(history.runs.find(id)?.id).toBe(found);
    if (found) expect(history.runs.get(id).id).toBe(found);
    else {
      const error = { code: "run-unknown", mend: expect.stringContaining(mend!) as string };
      expect(() => history.runs.get(id)).toThrow(expect.objectContaining(error));
    }
    // What changes a run names it whole.
    if (id !== found) expect(() => history.runs.act(id, "cancel")).toThrow(code("run-unknown"));
  });

  test("an empty history says how to fill it", () => {
    expect(() => bench.open().runs.get("a")).toThrow(
      expect.objectContaining({ mend: expect.stringContaining("rwb queue add") as string }),
    );
  });

  test("are listed by study, status and trash", () => {
    const history = bench.open();
    const statuses: RunStatus[] = ["queued", "finished", "failed", "interrupted"];
    for (const status of statuses) history.runs.add(newRun(status, { status }));
    const grid = { recipe: "course", families: ["plain"], depths: [20], seeds: [1] } as const;
    for (const name of ["two", "one"]) {
      history.studies.create({ name, grid });
      history.studies.addRun(name, "failed");
    }
    history.studies.addRun("one", "queued");
    history.runs.trash("finished");
    expect(ids(history.runs.list())).toEqual(["queued", "failed", "interrupted"]);
    expect(ids(history.runs.list({ trashed: true }))).toEqual(["finished"]);
    expect(ids(history.runs.list({ statuses: ["failed", "finished"] }))).toEqual(["failed"]);
    expect(ids(history.runs.list({ statuses: [] }))).toEqual([]);
    expect(ids(history.runs.list({ study: "one" }))).toEqual(["queued", "failed"]);
    expect(ids(history.runs.list({ study: "one", statuses: ["queued"] }))).toEqual(["queued"]);
    expect(ids(history.runs.list({ study: "none" }))).toEqual([]);
    expect(history.runs.list().map(({ studies }) => studies)).toEqual([["one"], ["two", "one"], []]);
    expect(history.runs.waiting().map(({ studies }) => studies)).toEqual([["one"], []]);
    expect(history.runs.get("failed").studies).toEqual(["two", "one"]);
    expect(ids(history.runs.list({ trashed: "too" }))).toEqual(["queued", "failed", "interrupted", "finished"]);
    expect(ids(history.runs.list({ trashed: "too" }, { skip: 2, most: 2 }))).toEqual(["interrupted", "finished"]);
    const within = { families: ["residual"], depths: [20, 56], seeds: [1, 2] };
    expect(ids(history.runs.list({ within }))).toEqual(["queued", "failed", "interrupted"]);
    for (const other of [{ families: ["plain"] }, { depths: [32] }, { seeds: [] }]) {
      expect(history.runs.list({ within: { ...within, ...other } })).toEqual([]);
    }
    expect(ids(history.runs.list({}, { skip: 1 }))).toEqual(["failed", "interrupted"]);
    expect(ids(history.runs.list({ study: "one" }, { most: 1 }))).toEqual(["queued"]);
    expect(history.runs.list({}, { skip: 1, most: 1 }).map(({ studies }) => studies)).toEqual([["two", "one"]]);
  });

  test("are shown in short: what trains, what waits in its order, the paused, the newest of the others", () => {
    const history = bench.open();
    const ended = (id: string, endedMs: number) => newRun(id, { status: "finished", endedMs });
    for (const run of [ended("old", 10), ended("new", 30), ended("newer", 40), ended("trashed", 50)])
      history.runs.add(run);
    for (const id of ["first", "second", "third", "trains"]) history.runs.add(newRun(id));
    history.runs.add(newRun("paused", { status: "paused" }));
    history.runs.act("trains", "start");
    history.runs.move("third", 1);
    history.runs.trash("trashed");
    const { counts, runs } = history.runs.overview(8);
    expect(ids(runs)).toEqual(["trains", "third", "first", "second", "paused", "newer", "new", "old"]);
    expect(counts).toMatchObject({ starting: 1, queued: 3, paused: 1, finished: 3, failed: 0 });
    expect(runs).toEqual(runs.map(({ id }) => history.runs.get(id)));
    expect(ids(history.runs.overview(6).runs)).toEqual(ids(runs).slice(0, 6));
    expect(ids(history.runs.overview(2).runs)).toEqual(["trains", "third"]);
  });

  test("go through their life with times, reasons and a ledger", () => {
    const history = bench.open();
    history.runs.add(newRun("a"));
    const steps: { action: RunAction; reason?: string; status: RunStatus; started: boolean; ended: boolean }[] = [
      { action: "start", status: "starting", started: false, ended: false },
      { action: "started", status: "running", started: true, ended: false },
      { action: "lost", reason: "it hung", status: "interrupted", started: true, ended: false },
      { action: "start", status: "starting", started: true, ended: false },
      { action: "failed", reason: "no memory", status: "failed", started: true, ended: true },
      { action: "retry", status: "queued", started: true, ended: false },
      { action: "cancel", status: "cancelled", started: true, ended: true },
    ];
    let startedMs: number | undefined;
    for (const { action, reason, status, started, ended } of steps) {
      const run = history.runs.act("a", action, { reason });
      expect(run).toEqual(history.runs.get("a"));
      expect([run.status, run.reason, run.startedMs !== undefined, run.endedMs !== undefined]).toEqual([
        status,
        reason,
        started,
        ended,
      ]);
      if (startedMs !== undefined) expect(run.startedMs).toBe(startedMs);
      startedMs = run.startedMs;
    }
    expect(history.ledger.of("a").map(({ type, detail }) => [type, detail])).toEqual([
      ["start", "queued -> starting"],
      ["started", "starting -> running"],
      ["lost", "running -> interrupted: it hung"],
      ["start", "interrupted -> starting"],
      ["failed", "starting -> failed: no memory"],
      ["retry", "failed -> queued"],
      ["cancel", "queued -> cancelled"],
    ]);
    expect(() => history.runs.act("a", "pause")).toThrow(code("run-state"));
    expect(history.ledger.of("a").length).toBe(steps.length);
  });

  test("an end that is taken over has a time", () => {
    const history = bench.open();
    expect(history.runs.add(newRun("a", { status: "finished" })).endedMs).toBe(startMs);
    expect(history.runs.add(newRun("b", { status: "finished", startedMs: 5, endedMs: 7 }))).toMatchObject({
      startedMs: 5,
      endedMs: 7,
    });
    expect(history.runs.add(newRun("c", { status: "interrupted", endedMs: 7 })).endedMs).toBeUndefined();
  });

  test("threads are set, tags, notes and pins are changed one by one", () => {
    const history = bench.open();
    history.runs.add(newRun("a", { tags: ["old"], notes: "old" }));
    history.runs.setThreads("a", 8, 4);
    expect(history.runs.get("a")).toMatchObject({ threads: 8, lanes: 4 });
    expect(history.runs.update("a", { tags: ["new"] })).toMatchObject({ tags: ["new"], notes: "old", pinned: false });
    expect(history.runs.update("a", { pinned: true, notes: "" })).toMatchObject({
      tags: ["new"],
      notes: "",
      pinned: true,
    });
    expect(history.runs.update("a", { pinned: false })).toMatchObject({ pinned: false });
  });
});

describe("the queue's order", () => {
  const open = (): History => {
    const history = bench.open();
    for (const id of ["a", "b", "c", "d", "e"]) history.runs.add(newRun(id));
    return history;
  };
  const order = (history: History) => ids(history.runs.waiting()).join("");

  test.each([
    { id: "d", to: 1, gives: "dabce" },
    { id: "a", to: 3, gives: "bcade" },
    { id: "c", to: 3, gives: "abcde" },
    { id: "b", to: 99, gives: "acdeb" },
    { id: "e", to: -5, gives: "eabcd" },
  ])("$id to $to: $gives", ({ id, to, gives }) => {
    const history = open();
    history.runs.move(id, to);
    expect(order(history)).toBe(gives);
    history.runs.add(newRun("f"));
    expect(order(history)).toBe(`${gives}f`);
  });

  test("one that trains keeps its place; one that was paused has it again; a retry goes to the end", () => {
    const history = open();
    history.runs.act("b", "start");
    expect(order(history)).toBe("acde");
    history.runs.move("e", 1);
    history.runs.act("b", "lost");
    expect(order(history)).toBe("ebacd");
    history.runs.act("a", "pause");
    expect(order(history)).toBe("ebcd");
    history.runs.act("a", "resume");
    expect(order(history)).toBe("ebacd");
    history.runs.act("e", "cancel");
    expect(() => history.runs.move("e", 1)).toThrow(code("run-state"));
    history.runs.act("e", "retry");
    expect(order(history)).toBe("bacde");
    history.runs.trash("c");
    expect(order(history)).toBe("bade");
    history.runs.restore("c");
    expect(order(history)).toBe("bacde");
  });
});

test("lost trainers are counted until a checkpoint comes", () => {
  const history = bench.open();
  history.runs.add(newRun("a"));
  bench.append("a", event.started());
  const lose = () => {
    ingestAll(history, "a", bench.log("a"));
    return history.runs.recordLoss("a");
  };
  expect([lose(), lose()]).toEqual([1, 2]);
  bench.append("a", event.progress(0, 10), event.checkpointed(10));
  expect([lose(), lose()]).toEqual([1, 2]);
  // A checkpoint at the same iteration, since the one before was damaged, is a new one.
  bench.append("a", event.resumed(0), event.progress(0, 10), event.checkpointed(10));
  expect([lose(), lose(), lose()]).toEqual([1, 2, 3]);
  expect(history.runs.get("a").crashes).toBe(3);
  for (const action of ["start", "failed", "retry"] as const) history.runs.act("a", action);
  expect(history.runs.get("a").crashes).toBe(0);
  expect(lose()).toBe(1);
});

describe("trash and purge", () => {
  test("a run in the trash can be had back as it was, and nothing else be done with it", () => {
    const history = bench.open();
    history.runs.add(newRun("a"));
    const before = history.runs.get("a");
    expect(history.runs.trash("a").trashedMs).toBeGreaterThan(startMs);
    const trashed = history.runs.trash("a");
    expect(() => history.runs.act("a", "start")).toThrow(code("run-state"));
    expect(history.runs.get("a")).toEqual(trashed);
    expect(history.runs.restore("a")).toEqual(before);
    expect(history.runs.restore("a")).toEqual(before);
    expect(ids(history.runs.list())).toEqual(["a"]);
    expect(history.ledger.of("a").map(({ type }) => type)).toEqual(["trashed", "restored"]);
  });

  test.each(["starting", "running", "pausing", "stopping"] as const)("not while a trainer has it: %s", (status) => {
    const history = bench.open();
    history.runs.add(newRun("a", { status }));
    bench.append("a", event.started());
    const folder = path.dirname(bench.log("a"));
    for (const act of [
      () => history.runs.trash("a"),
      () => history.purge("a", folder),
      () => history.runs.purge("a"),
    ]) {
      expect(act).toThrow(code("run-state"));
    }
    expect([history.runs.get("a").status, existsSync(bench.log("a"))]).toEqual([status, true]);
  });

  test("purging takes every row and the folder, and gives the disk back", () => {
    const history = bench.open();
    for (let i = 0; i < 12; i++) {
      history.runs.add(newRun(`r${i}`));
      bench.append(
        `r${i}`,
        event.started(),
        event.probed(0),
        event.progress(0, 5_000),
        event.evaluated(5_000),
        event.checkpointed(5_000),
      );
      ingestAll(history, `r${i}`, bench.log(`r${i}`));
    }
    history.studies.create({ name: "s", grid: { recipe: "course", families: ["plain"], depths: [20], seeds: [1] } });
    history.studies.addRun("s", "r0");
    history.purge("r11");
    const size = () => statSync(databaseFile(bench.home)).size;
    const before = size();
    for (let i = 0; i < 11; i++) {
      history.runs.trash(`r${i}`);
      history.purge(`r${i}`, path.dirname(bench.log(`r${i}`)));
    }
    expect(size()).toBeLessThan(before / 3);
    expect(readdirSync(path.join(bench.home, "runs"))).toEqual(["r11"]);
    expect(history.runs.list({ trashed: true })).toEqual([]);
    expect(history.studies.get("s").runs).toBe(0);
    history.runs.add(newRun("r0"));
    expect(history.dump("r0")).toMatchObject({ series: [], evaluations: [], probes: [], checkpoints: [], ledger: [] });
    expect(history.logState("r0").lines).toBe(0);
    expect(() => history.purge("r1")).toThrow(code("run-unknown"));
  });

  test("a folder whose rows cannot be deleted stays where it is", () => {
    const history = bench.open();
    bench.append("a", event.started());
    expect(() => history.purge("a", path.dirname(bench.log("a")))).toThrow(code("run-unknown"));
    expect(existsSync(bench.log("a"))).toBe(true);
    deleteRunFolder(path.dirname(bench.log("a")));
    deleteRunFolder(path.dirname(bench.log("a")));
    expect(readdirSync(path.join(bench.home, "runs"))).toEqual([]);
  });
});

test("studies", () => {
  const history = bench.open();
  const grid = {
    recipe: "paper",
    families: ["plain", "residual"],
    depths: [20, 56],
    shortcuts: ["zero-pad"],
    seeds: [1, 2],
    scale: 0.5,
  } as const;
  history.runs.add(newRun("a"));
  expect(history.studies.create({ name: "depths", template: "paper", grid })).toMatchObject({
    name: "depths",
    template: "paper",
    grid,
    runs: 0,
  });
  expect(() => history.studies.create({ name: "depths", grid })).toThrow(code("study-exists"));
  history.studies.addRun("depths", "a");
  history.studies.addRun("depths", "a");
  expect(history.studies.get("depths").runs).toBe(1);
  expect(history.studies.update("depths", { grid: { ...grid, depths: [20, 56, 110] } }).grid.depths).toEqual([
    20, 56, 110,
  ]);
  history.studies.create({ name: "another", grid });
  expect(history.studies.list().map(({ name }) => name)).toEqual(["depths", "another"]);
  history.studies.removeRun("depths", "a");
  expect(history.runs.get("a").studies).toEqual([]);
  history.studies.addRun("depths", "a");
  history.studies.remove("depths");
  expect([history.studies.find("depths"), ids(history.runs.list())]).toEqual([undefined, ["a"]]);
  expect(() => history.studies.get("anather")).toThrow(
    expect.objectContaining({ code: "study-unknown", mend: expect.stringContaining("'another'") as string }),
  );
  expect(() => history.studies.addRun("none", "a")).toThrow(code("study-unknown"));
  expect(() => history.studies.addRun("another", "b")).toThrow(code("run-unknown"));
  for (const act of [
    () => history.studies.update("none", { grid }),
    () => history.studies.remove("none"),
    () => history.studies.removeRun("none", "a"),
  ]) {
    expect(act).toThrow(code("study-unknown"));
  }
});

test("speeds are exponential means by key", () => {
  const history = bench.open();
  const key: SpeedKey = {
    ...{
      family: "plain",
      depth: 20,
      width: 16,
      shortcut: "none",
      batchSize: 128,
      precision: "float32",
      lanes: 1,
      concurrent: 2,
    },
    device: "cpu",
  };
  history.speeds.record(key, 100);
  history.speeds.record(key, 200, 5e9);
  history.speeds.record(key, 120, 3e9);
  history.speeds.record({ ...key, concurrent: 1 }, 70);
  expect(history.speeds.find(key)).toEqual({
    ...key,
    stepMs: 120,
    peakMemoryBytes: 5e9,
    samples: 3,
    updatedMs: expect.any(Number) as number,
  });
  expect(history.speeds.find({ ...key, depth: 56 })).toBeUndefined();
  expect(
    history.speeds.all().map(({ concurrent, samples, peakMemoryBytes }) => [concurrent, samples, peakMemoryBytes]),
  ).toEqual([
    [1, 1, undefined],
    [2, 3, 5e9],
  ]);
});

test("settings have defaults, are checked, and survive", () => {
  let history = bench.open();
  const defaults = {
    example: null,
    retention: { keep: "best-and-last", days: null },
    slots: null,
    cores: null,
    queuePaused: false,
  };
  expect(history.settings.get()).toEqual(defaults);
  expect(history.settings.update({ queuePaused: true })).toEqual({ ...defaults, queuePaused: true });
  history.settings.update({ retention: { keep: "best-and-last", days: 30 }, cores: 4 });
  expect(() => history.settings.update({ slots: 0 })).toThrow();
  expect(() => history.settings.update({ slots: 1, cores: 0.5 })).toThrow();
  history.close();
  history = bench.open();
  expect(history.settings.get()).toEqual({
    example: null,
    retention: { keep: "best-and-last", days: 30 },
    slots: null,
    cores: 4,
    queuePaused: true,
  });
  expect(history.settings.update({ cores: null }).cores).toBeNull();
});

test("figures are saved by name", () => {
  const history = bench.open();
  history.figures.save("b", { curves: ["x"] });
  history.figures.save("a", { curves: [] });
  history.figures.save("b", { curves: ["y"] });
  expect(history.figures.list().map(({ name, recipe }) => [name, recipe])).toEqual([
    ["b", { curves: ["y"] }],
    ["a", { curves: [] }],
  ]);
  expect([history.figures.remove("b"), history.figures.remove("b")]).toEqual([true, false]);
});

describe("retention", () => {
  const dayMs = 24 * 60 * 60 * 1000;
  const nowMs = startMs + 100 * dayMs;
  const ended = (days: number) => nowMs - days * dayMs;
  test.each<{ status: RunStatus; endedMs: number | undefined; days: number | null; pinned?: boolean; go: string[] }>([
    { status: "finished", endedMs: ended(50), days: null, go: ["previous"] },
    { status: "finished", endedMs: ended(5), days: 7, go: ["previous"] },
    { status: "finished", endedMs: ended(7), days: 7, go: ["last", "previous", "best"] },
    { status: "finished", endedMs: ended(0), days: 0, go: ["last", "previous", "best"] },
    { status: "finished", endedMs: ended(50), days: 7, pinned: true, go: ["previous"] },
    { status: "finished", endedMs: undefined, days: 7, go: ["previous"] },
    { status: "failed", endedMs: ended(50), days: 7, go: [] },
    { status: "cancelled", endedMs: ended(50), days: 7, go: [] },
    { status: "diverged", endedMs: ended(50), days: 7, go: [] },
    { status: "running", endedMs: undefined, days: 7, go: [] },
    { status: "interrupted", endedMs: undefined, days: 7, go: [] },
  ])("$status at $endedMs, $days days, pinned $pinned: $go", ({ status, endedMs, days, pinned = false, go }) => {
    expect(expiredCheckpoints({ status, endedMs, pinned }, { keep: "best-and-last", days }, nowMs)).toEqual(go);
  });

  test("counts from when the run's folder came here, where that was after its end: an import is as good as new", () => {
    const history = bench.open();
    const runs = path.join(bench.home, "runs");
    for (const [id, daysHere] of [
      ["imported", 6],
      ["imported-long-ago", 8],
    ] as const) {
      mkdirSync(path.join(runs, id, "checkpoints"), { recursive: true });
      writeFileSync(path.join(runs, id, "checkpoints", "last.safetensors"), Buffer.alloc(1_000));
      const config = path.join(runs, id, "config.json");
      writeFileSync(config, "{}");
      utimesSync(config, ended(daysHere) / 1000, ended(daysHere) / 1000);
      history.runs.add(newRun(id, { status: "finished", endedMs: ended(30) }));
    }
    const { files } = applyRetention(runs, history.runs.list(), { keep: "best-and-last", days: 7 }, nowMs);
    expect(files).toEqual([path.join(runs, "imported-long-ago", "checkpoints", "last.safetensors")]);
  });

  test("deletes what has expired and says what was freed", () => {
    const history = bench.open();
    const runs = path.join(bench.home, "runs");
    const make = (id: string, files: readonly string[]) => {
      const folder = path.join(runs, id, "checkpoints");
      mkdirSync(folder, { recursive: true });
      for (const name of files) writeFileSync(path.join(folder, `${name}.safetensors`), Buffer.alloc(1_000));
      return folder;
    };
    const old = make("old", ["last", "previous"]);
    linkSync(path.join(old, "last.safetensors"), path.join(old, "best.safetensors"));
    const young = make("young", ["last", "previous", "best"]);
    const failed = make("failed", ["last", "previous"]);
    history.runs.add(newRun("old", { status: "finished", endedMs: ended(30) }));
    history.runs.add(newRun("young", { status: "finished", endedMs: ended(1) }));
    history.runs.add(newRun("failed", { status: "failed", endedMs: ended(30) }));
    history.runs.add(newRun("without-folder", { status: "finished", endedMs: ended(30) }));
    const apply = () => applyRetention(runs, history.runs.list(), { keep: "best-and-last", days: 7 }, nowMs);
    const freed = apply();
    expect([freed.files.length, freed.bytes]).toEqual([4, 3_000]);
    expect([old, young, failed].map((folder) => readdirSync(folder).length)).toEqual([0, 2, 2]);
    expect(apply()).toEqual({ files: [], bytes: 0 });
  });
});
