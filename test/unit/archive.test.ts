import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { WorkbenchError } from "../../src-shared/errors.ts";
import type { Grid } from "../../src-shared/grid.ts";
import type { Lesion } from "../../src-shared/lesion.ts";
import type { RunEvent } from "../../src-shared/runEvent.ts";
import type { RunStatus } from "../../src-shared/runState.ts";
import { evaluationsCsv, exportArchive, exportCsv, importArchive } from "../../src-main/archive/index.ts";
import type { History } from "../../src-main/history/index.ts";
import { checkpointIteration } from "../../src-main/trainer/checkpointFile.ts";
import { archiveOf, entriesOf, leftBehind, openBench, readRunFile, smallLog, type Bench } from "./archiveFixture.ts";
import { openWorkbench } from "../../src-main/workbench.ts";

let bench: Bench;
beforeEach(() => (bench = openBench()));
afterEach(() => bench.close());

const another = (options: Parameters<typeof openBench>[0]): Bench => {
  bench.close();
  return (bench = openBench(options));
};
const exportIt = () => exportArchive(bench.history, bench.home, bench.id, bench.archive);
const importIt = (file = bench.archive) => importArchive(bench.history, bench.home, file);
const runsOf = () => path.join(bench.home, "runs");

describe("an archive", () => {
  it("brings a run back with all that it has, under a new id, as often as one likes", async () => {
    await exportIt();
    const ids = [await importIt(), await importIt()];
    expect(new Set([bench.id, ...ids]).size).toBe(3);
    const before = bench.history.dump(bench.id);
    for (const id of ids) {
      const after = bench.history.dump(id);
      const { series, evaluations, probes, checkpoints } = before;
      expect(after).toMatchObject({ series, evaluations, probes, checkpoints });
      const own = { id, tags: ["mine", "imported"], position: after.run.position };
      expect(after.run).toEqual({ ...before.run, ...own, notes: after.run.notes });
      expect(after.run.notes).toMatch(/^A small one\.\n\nImported: residual-8-s1-abc123, exported \d{4}-/);
      expect(after.ledger.toSorted(byLine)).toEqual(before.ledger.toSorted(byLine));
      expect(bench.history.endInLog(id)).toBe("finished");
      expect(bench.history.logState(id)).toEqual(bench.history.logState(bench.id));
      const folder = path.join(runsOf(), id);
      for (const name of ["events.ndjson", "checkpoints/last.safetensors", "checkpoints/best.safetensors"]) {
        expect(readRunFile(folder, name).equals(readRunFile(bench.folder.path, name))).toBe(true);
      }
      // A run whose history is lost must not begin to train because it was imported once.
      expect(JSON.parse(readRunFile(folder, "config.json").toString())).toEqual({
        ...(JSON.parse(readRunFile(bench.folder.path, "config.json").toString()) as object),
        queued: undefined,
      });
    }
  });

  it("carries what removed blocks do, of this network alone", async () => {
    await exportIt();
    expect(bench.history.dump(await importIt()).lesion).toBeUndefined();
    const facts = { iteration: 6, timeMs: 1, elapsedMs: 2, images: 5, testError: 0.6 };
    const lesion: Lesion = {
      ...facts,
      blocks: [
        { block: "stage1.block1", testError: 0.8 },
        { block: "stage2.block1", testError: null },
        { block: "stage3.block1", testError: null },
      ],
    };
    bench.history.lesions.put(bench.id, lesion);
    await exportIt();
    expect(bench.history.lesions.of(await importIt())).toEqual(lesion);
    const before = leftBehind(bench);
    for (const other of [
      { ...lesion, iteration: 7 },
      { ...lesion, blocks: lesion.blocks.slice(1) },
      { ...lesion, blocks: lesion.blocks.map(({ block }) => ({ block, testError: 0.5 })) },
    ]) {
      bench.history.lesions.put(bench.id, other);
      await exportIt();
      await expect(importIt()).rejects.toMatchObject({ code: "archive-invalid" });
      expect(leftBehind(bench)).toEqual(before);
    }
  });

  it("holds the files of the run's folder and no graph, and begins with its manifest", async () => {
    await exportIt();
    const names = (await entriesOf(readFileSync(bench.archive))).map(({ header }) => header.name);
    expect(names).toEqual([
      ...["archive.json", "config.json", "events.ndjson"],
      ...["checkpoints/last.safetensors", "checkpoints/best.safetensors"],
    ]);
  });

  it.each<{ was: RunStatus; becomes: RunStatus; log?: typeof smallLog }>([
    { was: "running", becomes: "cancelled", log: smallLog.slice(0, -1) },
    { was: "pausing", becomes: "cancelled", log: smallLog.slice(0, -1) },
    { was: "running", becomes: "finished" },
    { was: "paused", becomes: "paused", log: smallLog.slice(0, -1) },
    { was: "failed", becomes: "failed", log: smallLog.slice(0, 5) },
    {
      ...{ was: "diverged", becomes: "diverged" },
      log: [...smallLog.slice(0, 5), { type: "diverged", timeMs: 1, iteration: 4, loss: "NaN" }],
    },
  ])("of a run that is $was gives one that is $becomes", async ({ was, becomes, log }) => {
    another({ status: was, ...(log && { log }) });
    await exportIt();
    const run = bench.history.runs.get(await importIt());
    expect(run.status).toBe(becomes);
    if (was === becomes) expect(run.reason).toBe(bench.history.runs.get(bench.id).reason);
    else expect(run.reason).toBe(`${was} when it was exported`);
  });

  it("can be made while a line of the log and a checkpoint are being written", async () => {
    another({ status: "running", log: smallLog.slice(0, 5) });
    const whole = readFileSync(bench.folder.events);
    writeFileSync(bench.folder.events, '{"type":"progr', { flag: "a" });
    truncateSync(path.join(bench.folder.checkpoints, "last.safetensors"), 1_000);
    await exportIt();
    const id = await importIt();
    expect(readRunFile(path.join(runsOf(), id), "events.ndjson").equals(whole)).toBe(true);
    // `previous` stands in for a `last` that is damaged.
    expect(checkpointIteration(path.join(runsOf(), id, "checkpoints", "last.safetensors"))).toBe(3);
  });

  it("of a run whose log was damaged passes over the line, as the history does", async () => {
    writeFileSync(bench.folder.events, readFileSync(bench.folder.events, "utf8").replace('"progress"', '"progre\0s"'));
    while (bench.history.ingest(bench.id, bench.folder.events).more);
    await exportIt();
    const id = await importIt();
    expect(bench.history.logState(id)).toMatchObject({ lines: smallLog.length, unreadable: 1 });
  });

  it("names the run's studies; an import joins those of the same name that have such a cell", async () => {
    const { studies, runs } = bench.history;
    const set = ["network.width=1", "training.batchSize=4", "training.iterations=6"];
    const grid: Grid = { recipe: "quick", families: ["residual"], depths: [8], seeds: [1], set };
    for (const name of ["has it", "has it no longer", "goes"]) {
      studies.create({ name, grid });
      studies.addRun(name, bench.id);
    }
    studies.create({ name: "was never its own", grid });
    await exportIt();
    studies.update("has it no longer", { grid: { ...grid, seeds: [2] } });
    studies.remove("goes");
    expect(runs.get(await importIt()).studies).toEqual(["has it"]);
  });

  it("of a version before studies were named joins none", async () => {
    await exportIt();
    const [manifest, ...members] = await entriesOf(readFileSync(bench.archive));
    const json = JSON.parse(manifest.content.toString()) as { run: object };
    expect(json.run).toHaveProperty("studies", []);
    const content = Buffer.from(JSON.stringify({ ...json, run: { ...json.run, studies: undefined } }));
    writeFileSync(bench.archive, await archiveOf([{ header: manifest.header, content }, ...members]));
    expect(bench.history.runs.get(await importIt()).studies).toEqual([]);
  });

  it("is not made of a run that has not begun, or whose folder is gone", async () => {
    const { history, home, id, archive } = bench;
    history.runs.add({ ...history.runs.get(id), id: "waiting", status: "queued", startedMs: undefined });
    await expect(exportArchive(history, home, "waiting", archive)).rejects.toMatchObject({ code: "run-state" });
    history.runs.add({ ...history.runs.get(id), id: "lost" });
    await expect(exportArchive(history, home, "lost", archive)).rejects.toMatchObject({ code: "run-folder-missing" });
    await expect(exportArchive(history, home, "nobody", archive)).rejects.toMatchObject({ code: "run-unknown" });
    expect(existsSync(archive)).toBe(false);
  });

  it("is there whole or not at all", async () => {
    await expect(
      exportArchive(bench.history, bench.home, bench.id, path.join(bench.home, "missing", "run.tar.gz")),
    ).rejects.toMatchObject({ code: "usage" });
    // A folder stands where the archive should.
    mkdirSync(path.join(bench.archive, "full"), { recursive: true });
    await expect(exportIt()).rejects.toMatchObject({ code: "usage" });
    expect(readdirSync(bench.home).filter((name) => name.includes(".part-"))).toEqual([]);
  });

  it("leaves nothing behind when the history cannot take the run, and sweeps up what a killed import left", async () => {
    await exportIt();
    mkdirSync(path.join(runsOf(), ".new-0123456789ab", "checkpoints"), { recursive: true });
    const full = new WorkbenchError("disk-full", "No room.");
    const history = {
      ...bench.history,
      transaction: <T>(work: () => T): T =>
        bench.history.transaction(() => {
          work();
          throw full;
        }),
    } satisfies History;
    await expect(importArchive(history, bench.home, bench.archive)).rejects.toBe(full);
    expect(leftBehind(bench)).toEqual([]);
  });
});

describe("an import that is killed", () => {
  const again: RunEvent[] = [...smallLog.slice(1, 4), { ...smallLog[5], fromIteration: 0 } as RunEvent];
  const longLog = [smallLog[0], ...Array.from({ length: 1_000 }, () => again).flat(), ...smallLog.slice(1)];
  const told = (history: History, id: string) => {
    const { series, evaluations, probes, checkpoints, ledger, run } = history.dump(id);
    const { iteration, loss, testAccuracy, bestTestAccuracy, checkpointIteration, status, tags } = run;
    return {
      ...{ series, evaluations, probes, checkpoints, ledger: ledger.toSorted(byLine), log: history.logState(id) },
      ...{ iteration, loss, testAccuracy, bestTestAccuracy, checkpointIteration, status, tags },
    };
  };

  it("at any moment between its slices leaves no run, or one that the next start reads to its end", async () => {
    another({ log: longLog });
    await exportIt();
    const copies = mkdtempSync(path.join(os.tmpdir(), "rwb-killed-"));
    let killed = 0;
    const { history: real, home } = bench;
    // What is on the disk now is what a kill would leave: nothing is being written meanwhile.
    const kill = () => cpSync(home, path.join(copies, String(killed++)), { recursive: true });
    const history: History = {
      ...real,
      transaction: (work) => {
        kill();
        const result = real.transaction(work);
        kill();
        return result;
      },
      ingest: (...parameters) => {
        const ingested = real.ingest(...parameters);
        kill();
        return ingested;
      },
    };
    const id = await importArchive(history, home, bench.archive);
    const whole = told(real, id);
    expect(whole).toEqual({ ...told(real, bench.id), tags: ["mine", "imported"] });
    expect(whole.log.lines).toBe(longLog.length);
    expect(real.unreadLogs.ids()).toEqual([]);
    expect(killed).toBeGreaterThan(5);
    for (let copy = 1; copy < killed; copy++) {
      const left = path.join(copies, String(copy));
      const restarted = await openWorkbench({ home: left });
      expect([copy, told(restarted.history, id)]).toEqual([copy, whole]);
      expect(restarted.history.unreadLogs.ids()).toEqual([]);
      await restarted.close("the test is over");
    }
    // Before its first transaction: its folder is there, and is taken up like any other run's.
    const first = await openWorkbench({ home: path.join(copies, "0") });
    expect(told(first.history, id)).toMatchObject({ series: whole.series, log: whole.log, status: "finished" });
    await first.close("the test is over");
    rmSync(copies, { recursive: true });
  });

  it("leaves its folder where the history cannot forget the run, and nothing where it can", async () => {
    another({ log: longLog });
    await exportIt();
    const full = new WorkbenchError("disk-full", "No room.");
    const failing = (refuses: boolean): History => {
      let calls = 0;
      const runs = Object.create(bench.history.runs) as History["runs"];
      const refuse = () => {
        throw full;
      };
      runs.purge = refuses ? refuse : (run) => bench.history.runs.purge(run);
      runs.find = (run) => bench.history.runs.find(run);
      return {
        ...bench.history,
        runs,
        ingest: (...parameters) => (++calls > 2 ? refuse() : bench.history.ingest(...parameters)),
      };
    };
    await expect(importArchive(failing(false), bench.home, bench.archive)).rejects.toBe(full);
    expect(leftBehind(bench)).toEqual([]);
    await expect(importArchive(failing(true), bench.home, bench.archive)).rejects.toBe(full);
    const [id] = bench.history.unreadLogs.ids();
    expect(leftBehind(bench)).toEqual([id, `${id} in the history`]);
    bench.history.close();
    const restarted = await openWorkbench({ home: bench.home });
    expect(told(restarted.history, id)).toEqual({ ...told(restarted.history, bench.id), tags: ["mine", "imported"] });
    await restarted.close("the test is over");
  });
});

const byLine = (a: { line?: number | undefined; timeMs: number }, b: { line?: number | undefined; timeMs: number }) =>
  (a.line ?? 0) - (b.line ?? 0) || a.timeMs - b.timeMs;

describe("the CSV export", () => {
  it("has a row an iteration, and the evaluations in a file of their own", async () => {
    const out = path.join(bench.home, "run.csv");
    const files = await exportCsv(bench.history, bench.id, out);
    expect(files).toEqual({ series: out, evaluations: path.join(bench.home, "run.evaluations.csv") });
    expect(readFileSync(files.series, "utf8").split("\n")).toEqual([
      "iteration,loss,accuracy,learningRate,stepMs",
      ...["0,2.302585,0.25,0.1,7.5", "1,2.25,0.25,0.1,7.5", "2,2.125,0.25,0.1,7.5"],
      ...["3,2.0625,0.25,0.1,7.5", "4,NaN,0.25,0.1,7.5", "5,1.875,0.25,0.1,7.5", ""],
    ]);
    expect(readFileSync(files.evaluations, "utf8").split("\n")).toEqual([
      "iteration,testLoss,testAccuracy,validationLoss,validationAccuracy",
      ...["3,1.5,0.4,,", "6,1.5,0.4,,", ""],
    ]);
    expect(evaluationsCsv("/a/b")).toBe("/a/b.evaluations.csv");
  });
});
