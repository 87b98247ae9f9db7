import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import { tryLock } from "../../src-main/fileLock.ts";
import { addTiny, linesOf, withShapes, type RunLine } from "./queue.cli.fixture.ts";
import { rwb } from "./rwb.ts";
import { temporaryFolder } from "./trainFixture.ts";

const folder = temporaryFolder();
const homeOf = (name: string) => path.join(folder.path, name);
const home = homeOf("usage");
let added: RunLine[] = [];
beforeAll(async () => {
  await withShapes(home, ...["studies", "runs", "shared", "damaged", "large"].map(homeOf));
  added = linesOf(await rwb(addTiny(20, "--families", "plain,residual", "--seeds", "1,2", "--study", "mine"), home));
});
afterAll(() => folder.remove());

// One after the other: they all want the same folder.
test.each([
  { args: ["queue", "ad"], code: 2, says: "Did you mean add?" },
  { args: ["queue", "add"], code: 2, says: "--recipe course" },
  { args: ["queue", "add", "--recipe", "cours"], code: 2, says: "Did you mean 'course'?" },
  { args: ["queue", "add", "--recipe", "quick", "--families", "plane"], code: 2, says: "did you mean 'plain'?" },
  { args: ["queue", "add", "--recipe", "quick", "--depth", "8"], code: 2, says: "Did you mean --depths?" },
  { args: ["queue", "add", "--recipe", "quick", "--depths", "21"], code: 2, says: "6n + 2" },
  { args: ["queue", "add", "--recipe", "quick", "--depths", "deep"], code: 2, says: "whole numbers" },
  { args: ["queue", "add", "--recipe", "quick", "--study", "../s"], code: 2, says: "a study's name begins with" },
  { args: ["queue", "add", "--recipe", "quick", "--set", "training.momentun=0"], code: 2, says: "training.momentum" },
  { args: ["queue", "add", "--recipe", "course"], code: 3, says: "rwb dataset download cifar10" },
  { args: ["queue", "plan", "--until", "25:00"], code: 2, says: "07:00" },
  { args: ["queue", "move", "plain-8-s1", "0"], code: 2, says: "from 1 on" },
  { args: ["queue", "move", "plain", "1"], code: 2, says: "Several runs begin with 'plain'" },
  { args: ["run", "show", "residaul-8-s1"], code: 2, says: "Did you mean 'residual-8-s1-" },
  { args: ["run", "resume", "plain-8-s1"], code: 2, says: "It can: pause, stop, cancel." },
  { args: ["run", "fork", "plain-8-s1"], code: 1, says: "no checkpoint 'last'" },
  { args: ["run", "fork", "plain-8-s1", "--from", "first"], code: 2, says: "last, previous, best" },
  { args: ["runs", "--study", "mien"], code: 2, says: "Did you mean 'mine'?" },
  { args: ["study", "show", "other"], code: 2, says: "rwb study list" },
  { args: ["study", "create", "mine", "--template", "course"], code: 2, says: "[study-exists]" },
  { args: ["study", "create", "new", "--template", "curse"], code: 2, says: "course, paper, shortcut-ablation" },
  { args: ["study", "queue-missing", "course"], code: 2, says: "[study-unknown]" },
  { args: ["export", "--run", "plain-8-s1", "--format", "pdf", "--out", "x"], code: 2, says: "archive, csv" },
  { args: ["export", "--run", "plain-8-s1", "--format", "archive", "--out", "x"], code: 2, says: "[run-state]" },
  { args: ["import", "nowhere.tar.gz"], code: 1, says: "[archive-invalid]" },
  { args: ["import", "package.json"], code: 1, says: "[archive-invalid]" },
])("rwb $args exits $code", async ({ args, code, says }) => {
  const ended = await rwb(args, home);
  expect(ended.err).toContain(says);
  expect(ended).toMatchObject({ code, out: "" });
});

describe.concurrent("in a folder of its own", () => {
  it("tells what does not fit before it is added", async () => {
    const home = homeOf("large");
    const large = await rwb(addTiny(1, "--set", "training.batchSize=8192", "--depths", "1202"), home);
    expect(large.code).toBe(0);
    expect(large.err).toMatch(/WARNING: residual-1202 needs about [\d.]+ GB of memory; [\d.]+ GB can be used/);
    const plan = linesOf<{ endMs: number | null }>(await rwb(["queue", "plan", "--no-calibrate", "--json"], home));
    expect(plan.at(-2)!.endMs).toBeNull();
  });

  it("waits for who has the folder, and says so when that takes too long", async () => {
    const home = homeOf("locked");
    mkdirSync(home);
    const release = tryLock(path.join(home, "workbench.lock"))!;
    const locked = await rwb(["runs"], home);
    release();
    expect(locked).toMatchObject({ code: 1, out: "" });
    expect(locked.err).toContain("[locked]");
  });

  describe("rwb queue", () => {
    it("is listed, moved, planned, paused and resumed", async () => {
      const [first, second] = added;
      expect(linesOf(await rwb(["queue", "list", "--json"], home)).map(({ id }) => id)[0]).toBe(first.id);
      expect(linesOf(await rwb(["queue", "move", second.id, "1", "--json"], home))[0].id).toBe(second.id);

      expect((await rwb(["queue", "pause"], home)).code).toBe(0);
      const worked = await rwb(["queue", "run"], home);
      expect(worked).toMatchObject({ code: 1 });
      expect(worked.err).toContain("rwb queue resume && rwb queue run");
      expect((await rwb(["queue", "list"], home)).err).toContain("The queue is paused");
      expect((await rwb(["queue", "resume"], home)).code).toBe(0);

      const planned = await rwb(["queue", "plan", "--no-calibrate", "--until", "07:00", "--json"], home);
      const runs = linesOf<RunLine & { endMs: number; doneByUntil: boolean; queueEndMs?: number }>(planned);
      expect(runs[0]).toMatchObject({ id: second.id, status: "queued", speed: "estimated" });
      expect(runs.at(-1)!.queueEndMs).toBe(Math.max(...runs.slice(0, 4).map(({ endMs }) => endMs)));

      // Neither on one core nor on a hundred does the whole schedule fit, and a hundredth of it does.
      const grid = ["--recipe", "course", "--families", "plain,residual", "--depths", "110"];
      const soon = new Date(Date.now() + 3_600_000).toTimeString().slice(0, 5);
      const offered = await rwb(["queue", "plan", "--no-calibrate", "--until", soon, ...grid, "--json"], home);
      const withNew = linesOf<RunLine & { scale?: number | null }>(offered);
      expect(offered.err).toBe("");
      expect(withNew.filter(({ status }) => status === "new").map(({ id, family }) => [id, family])).toEqual([
        ["new-1", "plain"],
        ["new-2", "residual"],
      ]);
      expect(withNew.at(-1)!.scale).toBeLessThan(1);
      const forPeople = await rwb(["queue", "plan", "--no-calibrate", "--until", soon, ...grid], home);
      expect(forPeople.out).toMatch(/done by then with --scale 1\/\d+/);
    });
  });

  describe("rwb run", () => {
    const elsewhere = homeOf("runs");
    it("changes what its table of states allows, and deletes with a way back", async () => {
      const [{ id }] = linesOf(await rwb(addTiny(20), elsewhere));
      const statusAfter = async (...args: string[]) => {
        const [run] = linesOf<RunLine & { trashedMs: number | null }>(await rwb([...args, "--json"], elsewhere));
        return run.trashedMs === null ? run.status : "trash";
      };
      for (const [action, status] of [
        ["pause", "paused"],
        ["resume", "queued"],
        ["stop", "cancelled"],
        ["retry", "queued"],
        ["cancel", "cancelled"],
        ["delete", "trash"],
      ])
        expect(await statusAfter("run", action, "residual"), action).toBe(status);
      expect((await rwb(["runs", "--json"], elsewhere)).out).toBe("");
      expect(linesOf(await rwb(["runs", "--all", "--json"], elsewhere)).map((run) => run.id)).toEqual([id]);
      expect(await statusAfter("run", "restore", id)).toBe("cancelled");
      const sheet = (await rwb(["run", "show", id], elsewhere)).out;
      expect(sheet).toContain(`${id}: cancelled`);
      expect(sheet).toContain("residual-8, shortcut none, float32, seed 1");
      const [detail] = linesOf<{ config: { training: unknown } }>(await rwb(["run", "show", id, "--json"], elsewhere));
      expect(detail.config.training).toMatchObject({ iterations: 20, batchSize: 16 });
      expect(linesOf<unknown>(await rwb(["run", "delete", id, "--purge", "--json"], elsewhere))).toEqual([
        { id, purged: true },
      ]);
      expect((await rwb(["run", "show", id], elsewhere)).code).toBe(2);
    });
  });

  describe("rwb study", () => {
    const cells = async (elsewhere: string, ...args: string[]) =>
      linesOf<RunLine & { state: string; shortcut: string }>(await rwb(["study", ...args, "--json"], elsewhere));

    it("is created from a template, shown, extended, and queued where cells are missing", async () => {
      const elsewhere = homeOf("studies");
      const created = await cells(elsewhere, "create", "c", "--template", "course", "--scale", "1/32");
      expect(created.map(({ family, depth }) => `${family}-${depth}`)).toEqual(
        [20, 32, 44, 56].flatMap((depth) => [`plain-${depth}`, `residual-${depth}`]),
      );
      expect(new Set(created.map(({ state, shortcut }) => `${state} ${shortcut}`))).toEqual(new Set(["missing none"]));
      expect(await cells(elsewhere, "create", "p", "--template", "paper", "--seeds", "1,2")).toHaveLength(20);
      const ablation = await cells(elsewhere, "create", "a", "--template", "shortcut-ablation");
      expect(new Set(ablation.map(({ shortcut }) => shortcut)).size).toBe(3);
      expect(ablation).toHaveLength(12);
      expect((await rwb(["study", "queue-missing", "c"], elsewhere)).code).toBe(3);
      const extended = await cells(elsewhere, "extend", "c", "--depths", "110,20", "--seeds", "2");
      expect(extended).toHaveLength(20);
      const shown = (await rwb(["study", "show", "c"], elsewhere)).out;
      expect(shown).toContain("c, course: plain, residual x 20, 32, 44, 56, 110 x seeds 1, 2; 1/32 of its schedule");
      expect(shown).toMatch(/^ *DEPTH +SEED +PLAIN +RESIDUAL$/m);
      expect(shown).toMatch(/^ *110 +2 +missing +missing$/m);
      expect(
        linesOf<{ name: string }>(await rwb(["study", "list", "--json"], elsewhere)).map(({ name }) => name),
      ).toEqual(["c", "p", "a"]);
    });

    it("shares a run that another study has, settings included", async () => {
      const elsewhere = homeOf("shared");
      const inStudy = async (study: string, ...more: string[]) =>
        linesOf(await rwb(addTiny(20, "--study", study, ...more), elsewhere));
      const [run] = await inStudy("one", "--seeds", "1");
      const second = await inStudy("two", "--seeds", "1,2");
      expect(second.map(({ seed }) => seed)).toEqual([2]);
      expect((await cells(elsewhere, "show", "two")).map((cell) => [cell.seed, cell.state])).toEqual([
        [1, "queued"],
        [2, "queued"],
      ]);
      await rwb(["study", "extend", "two", "--seeds", "3"], elsewhere);
      const missing = linesOf(await rwb(["study", "queue-missing", "two", "--json"], elsewhere));
      expect(missing).toMatchObject([{ seed: 3, study: "two", status: "queued" }]);
      expect((await rwb(["study", "queue-missing", "two"], elsewhere)).err).toContain("No cell of two is missing.");
      const [shared] = linesOf<{ studies: string[] }>(await rwb(["run", "show", run.id, "--json"], elsewhere));
      expect(shared.studies).toEqual(["one", "two"]);
    });
  });

  describe("rwb history restore", () => {
    it("puts a damaged history aside and brings the newest backup back", async () => {
      const damaged = homeOf("damaged");
      const [{ id }] = linesOf(await rwb(addTiny(20), damaged));
      expect((await rwb(["history", "restore"], damaged)).err).toContain("The history is sound");
      const file = path.join(damaged, "workbench.sqlite");
      writeFileSync(file, "no database at all, and long enough to be taken for one".repeat(100));
      const asked = await rwb(["runs"], damaged);
      expect(asked).toMatchObject({ code: 1, out: "" });
      expect(asked.err).toContain("[history-damaged]");
      expect(asked.err).toContain("rwb history restore");
      const restored = await rwb(["history", "restore"], damaged);
      expect(restored.code).toBe(0);
      expect(restored.out).toMatch(/Put aside: .*damaged-.*workbench\.sqlite\nRestored from .*backups/);
      expect(readdirSync(damaged).some((name) => name.startsWith("damaged-"))).toBe(true);
      expect(linesOf(await rwb(["runs", "--json"], damaged)).map((run) => run.id)).toEqual([id]);
    });
  });
});
