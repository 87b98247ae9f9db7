import { describe, expect, test } from "vitest";
import type { Run } from "../../src-shared/contract/index.ts";
import type { RunStatus } from "../../src-shared/runState.ts";
import { evening, queueRows } from "../../src-renderer/views/queue/queueRows.ts";
import { nextTimeOfDay } from "../../src-renderer/views/queue/timeOfDay.ts";

const run = (id: string, status: RunStatus, createdMs: number, endedMs: number | null = null): Run =>
  ({ id, status, createdMs, endedMs }) as Run;
const byId = (...runs: readonly Run[]) => new Map(runs.map((one) => [one.id, one]));
const ids = (runs: readonly Run[]) => runs.map(({ id }) => id);

describe("the queue's rows", () => {
  const runs = byId(
    run("old", "finished", 0, 500),
    run("a", "running", 1_000_000),
    run("b", "queued", 1_000_001),
    run("c", "interrupted", 1_000_002),
    run("d", "paused", 1_000_003),
    run("e", "finished", 1_000_004, 2_000_000),
    run("f", "diverged", 1_000_005, 3_000_000),
  );
  const rows = queueRows(runs, ["a", "c", "b", "d", "gone"], 2);

  test("each where it belongs, those that wait in main's order, the ended newest first", () => {
    expect(ids(rows.training)).toEqual(["a"]);
    expect(ids(rows.waiting)).toEqual(["c", "b"]);
    expect(ids(rows.paused)).toEqual(["d"]);
    expect(ids(rows.ended)).toEqual(["f", "e"]);
  });

  test("the evening counts what ended well since its first run was added", () => {
    expect(evening(rows)).toEqual({ done: 1, all: 5 });
    expect(evening(queueRows(byId(run("old", "finished", 0, 1)), [], 5))).toEqual({ done: 0, all: 0 });
  });
});

describe("the next time that the clock shows", () => {
  const at = (text: string) => new Date(text).getTime();
  test.each([
    ["08:00", "2026-11-24T22:00:00", "2026-11-25T08:00:00"],
    ["23:30", "2026-11-24T22:00:00", "2026-11-24T23:30:00"],
    ["22:00", "2026-11-24T22:00:00", "2026-11-25T22:00:00"],
    ["00:00", "2026-12-31T12:00:00", "2027-01-01T00:00:00"],
  ])("%s after %s", (text, now, then) => expect(nextTimeOfDay(text, at(now))).toBe(at(then)));
  test.each(["", "24:00", "8:00", "12:60"])("%j is none", (text) => expect(nextTimeOfDay(text, 0)).toBeUndefined());
});
