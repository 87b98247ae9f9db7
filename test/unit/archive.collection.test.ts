import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  exampleArchive,
  exampleOf,
  exportRuns,
  importRuns,
  openExample,
  removeExample,
} from "../../src-main/archive/index.ts";
import type { History } from "../../src-main/history/index.ts";
import { studyCells } from "../../src-main/runner/studyService.ts";
import { existingRunFolder } from "../../src-main/runner/runFolders.ts";
import { tagsKeepingExample } from "../../src-shared/example.ts";
import type { Grid } from "../../src-shared/grid.ts";
import { archiveOf, entriesOf, leftBehind, openBench, type Bench, type Entry } from "./archiveFixture.ts";

const set = ["network.width=1", "training.batchSize=4", "training.iterations=6"];
/** The bench's run is one of its two cells. */
const grid: Grid = { recipe: "quick", families: ["residual"], depths: [8], seeds: [1, 2], set };

let bench: Bench;
beforeEach(() => {
  bench = openBench();
  bench.history.studies.create({ name: "report", template: "course", grid });
  bench.history.studies.addRun("report", bench.id);
});
afterEach(() => {
  delete process.env["RWB_EXAMPLE"];
  bench.close();
});

const exportIt = (which: Parameters<typeof exportRuns>[2] = { study: "report" }) =>
  exportRuns(bench.history, bench.home, which, bench.archive);
const importIt = (options?: Parameters<typeof importRuns>[3]) =>
  importRuns(bench.history, bench.home, bench.archive, options);
const names = async () => (await entriesOf(readFileSync(bench.archive))).map(({ header }) => header.name);

describe("an archive of several runs", () => {
  it("holds a study and its runs that have begun, without checkpoints, and brings both back", async () => {
    expect(await exportIt()).toEqual([bench.id]);
    expect(await names()).toEqual(["runs.json", "0/archive.json", "0/config.json", "0/events.ndjson"]);
    const { study, runs } = await importIt();
    expect(study).toBe("report-2");
    expect(bench.history.studies.get("report-2")).toMatchObject({ template: "course", grid, runs: 1 });
    const before = bench.history.dump(bench.id);
    const after = bench.history.dump(runs[0]);
    expect(after).toMatchObject({ series: before.series, evaluations: before.evaluations, probes: before.probes });
    expect(after.run).toMatchObject({ studies: ["report-2"], status: "finished", tags: ["mine", "imported"] });
    expect(readdirSync(existingRunFolder(bench.home, runs[0])!.checkpoints)).toEqual([]);
  });

  it("holds any runs, of no study, as often as they are named", async () => {
    expect(await exportIt({ runs: [bench.id, "residual-8-s1"] })).toEqual([bench.id, bench.id]);
    const { study, runs } = await importIt();
    expect(study).toBeUndefined();
    expect(new Set([bench.id, ...runs]).size).toBe(3);
    // By its own archive's rule: of a study that has such a cell here.
    expect(bench.history.runs.get(runs[1]).studies).toEqual(["report"]);
  });

  it("is not made where there is nothing to put in", async () => {
    bench.history.studies.create({ name: "empty", grid: { ...grid, seeds: [3] } });
    await expect(exportIt({ study: "empty" })).rejects.toMatchObject({ code: "run-state" });
    await expect(exportIt({ study: "none" })).rejects.toMatchObject({ code: "study-unknown" });
    await expect(exportIt({ runs: ["none"] })).rejects.toMatchObject({ code: "run-unknown" });
  });

  const head = (entries: Entry[], changes: object): Entry[] => {
    const [first, ...rest] = entries;
    const json = JSON.parse(first.content.toString()) as object;
    return [{ header: first.header, content: Buffer.from(JSON.stringify({ ...json, ...changes })) }, ...rest];
  };
  const study = { name: "report", template: null };
  it.each<{ what: string; change: (entries: Entry[]) => Entry[]; says: RegExp }>([
    {
      what: "fewer runs than it says",
      change: (all) => head(all, { runs: 3 }),
      says: /says that it has 3 runs, and has 2/,
    },
    { what: "more runs than it says", change: (all) => head(all, { runs: 1 }), says: /twice or too much: "1\/archive/ },
    { what: "more runs than any may have", change: (all) => head(all, { runs: 1e6 }), says: /damaged runs\.json/ },
    { what: "another version", change: (all) => head(all, { version: 2 }), says: /damaged runs\.json/ },
    {
      what: "no JSON",
      change: ([{ header }, ...all]) => [{ header, content: Buffer.from("{") }, ...all],
      says: /not JSON/,
    },
    { what: "a run's file missing", change: (all) => all.toSpliced(3, 1), says: /twice or too much: "1\/archive/ },
    { what: "the last file missing", change: (all) => all.slice(0, -1), says: /lacks events\.ndjson/ },
    {
      ...{ what: "a file of another run", says: /twice or too much: "1\/events/ },
      change: (all) => all.with(3, { ...all[3], header: { name: "1/events.ndjson" } }),
    },
    { what: "no first run", change: (all) => all.toSpliced(1, 3), says: /does not begin with 0\/archive\.json/ },
    {
      ...{ what: "a study that makes no configurations", says: /a study that cannot be/ },
      change: (all) => head(all, { study: { ...study, grid: { ...grid, set: ["network.width=none"] } } }),
    },
    {
      ...{ what: "a damaged second run", says: /another events\.ndjson than was put in/ },
      change: (all) => all.with(6, { ...all[6], content: Buffer.from(all[6].content.map((byte) => byte ^ 1)) }),
    },
  ])("with $what is refused whole", async ({ change, says }) => {
    await exportIt({ runs: [bench.id, bench.id] });
    writeFileSync(bench.archive, await archiveOf(change(await entriesOf(readFileSync(bench.archive)))));
    await expect(importIt()).rejects.toMatchObject({ code: "archive-invalid" });
    await expect(importIt()).rejects.toThrow(says);
    expect(leftBehind(bench)).toEqual([]);
    expect(bench.history.studies.list().map(({ name }) => name)).toEqual(["report"]);
  });

  it("is taken back whole where its second run cannot be added", async () => {
    await exportIt({ runs: [bench.id, bench.id] });
    const full = new Error("no room");
    let adds = 0;
    const history = {
      ...bench.history,
      transaction: <T>(work: () => T): T =>
        bench.history.transaction(() => {
          const result = work();
          if (++adds === 2) throw full;
          return result;
        }),
    } satisfies History;
    await expect(importRuns(history, bench.home, bench.archive)).rejects.toBe(full);
    expect(adds).toBe(2);
    expect(leftBehind(bench)).toEqual([]);
  });
});

describe("the example study", () => {
  const open = () => openExample(bench.history, bench.home);
  const purge = (id: string) => bench.history.purge(id, existingRunFolder(bench.home, id)?.path);
  beforeEach(async () => {
    await exportIt();
    process.env["RWB_EXAMPLE"] = bench.archive;
  });

  it("opens once, however often it is asked for, and can be removed and opened again", async () => {
    expect(exampleOf(bench.history)).toBeUndefined();
    const [opened, again] = await Promise.all([open(), open()]);
    expect(again).toEqual(opened);
    expect(await open()).toEqual(opened);
    expect(exampleOf(bench.history)).toEqual(opened);
    expect(bench.history.runs.get(opened.runs[0]).tags).toEqual(["mine", "example"]);
    expect(removeExample(bench.history, purge)).toEqual(opened);
    expect(leftBehind(bench)).toEqual([]);
    expect(bench.history.studies.list().map(({ name }) => name)).toEqual(["report"]);
    expect(removeExample(bench.history, purge)).toBeUndefined();
    expect((await open()).runs[0]).not.toBe(opened.runs[0]);
  });

  it("leaves whatever else has its tag, and its runs are no cells of other studies", async () => {
    const { studies, runs } = bench.history;
    studies.removeRun("report", bench.id);
    const { study, runs: ids } = await open();
    const found = (name: string) => studyCells(bench.history, name).map(({ run }) => run?.id);
    runs.trash(bench.id);
    expect(found("report")).toEqual([undefined, undefined]);
    expect(found(study)).toEqual([ids[0], undefined]);
    runs.update(bench.id, { tags: ["example"] });
    removeExample(bench.history, purge);
    expect(runs.get(bench.id).tags).toEqual(["example"]);
  });

  it("is not there where none ships", async () => {
    process.env["RWB_EXAMPLE"] = path.join(bench.home, "none.tar.gz");
    expect(exampleArchive()).toBeUndefined();
    await expect(open()).rejects.toMatchObject({ code: "usage" });
  });

  it.each([
    { wanted: ["a"], had: ["example"], tags: ["a", "example"] },
    { wanted: ["a", "example"], had: ["b"], tags: ["a"] },
    { wanted: ["example", "a"], had: ["example"], tags: ["a", "example"] },
  ])("keeps its tag: $wanted on $had", ({ wanted, had, tags }) => {
    expect(tagsKeepingExample(wanted, { tags: had })).toEqual(tags);
  });
});
