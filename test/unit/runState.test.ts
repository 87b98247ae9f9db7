import { describe, expect, test } from "vitest";
import { WorkbenchError } from "../../src-shared/errors.ts";
import {
  actionsFor,
  isActive,
  isEnd,
  isWaiting,
  nextStatus,
  runStatuses,
  statusAfter,
  type RunAction,
  type RunStatus,
} from "../../src-shared/runState.ts";

describe("lives of a run", () => {
  const lives: [name: string, actions: RunAction[], statuses: RunStatus[]][] = [
    ["undisturbed", ["start", "started", "finished"], ["starting", "running", "finished"]],
    ["paused and resumed", ["start", "started", "pause", "stopped", "resume", "start"], ["starting", "running", "pausing", "paused", "queued", "starting"]],
    ["resumed while it still pauses", ["start", "started", "pause", "resume"], ["starting", "running", "pausing", "queued"]],
    ["stopped for good, then retried", ["start", "started", "stop", "stopped", "retry"], ["starting", "running", "stopping", "cancelled", "queued"]],
    ["cancelled at once", ["start", "cancel"], ["starting", "cancelled"]],
    ["its trainer is lost", ["start", "started", "lost", "start"], ["starting", "running", "interrupted", "starting"]],
    ["its trainer is lost while it pauses", ["start", "started", "pause", "lost"], ["starting", "running", "pausing", "paused"]],
    ["its trainer is lost while it stops", ["start", "stop", "lost"], ["starting", "stopping", "cancelled"]],
    ["main ends", ["start", "started", "stopped"], ["starting", "running", "interrupted"]],
    ["ends before the pause takes hold", ["start", "started", "pause", "finished"], ["starting", "running", "pausing", "finished"]],
    ["an orphan comes to its end", ["start", "lost", "finished"], ["starting", "interrupted", "finished"]],
    ["three losses", ["start", "started", "failed", "retry"], ["starting", "running", "failed", "queued"]],
  ]; // prettier-ignore
  test.for(lives)("%s", ([, actions, statuses]) => {
    let status: RunStatus = "queued";
    expect(actions.map((action) => (status = statusAfter(status, action)))).toEqual(statuses);
  });
});

test("a status is active, waiting, an end, or paused", () => {
  for (const status of runStatuses) {
    const kinds = [isActive(status), isWaiting(status), isEnd(status), status === "paused"].filter(Boolean);
    expect([status, kinds.length]).toEqual([status, 1]);
  }
});

test("what a person may ask for", () => {
  expect(Object.fromEntries(runStatuses.map((status) => [status, actionsFor(status)]))).toEqual({
    queued: ["pause", "stop", "cancel"],
    starting: ["pause", "stop", "cancel"],
    running: ["pause", "stop", "cancel"],
    pausing: ["resume", "stop", "cancel"],
    paused: ["resume", "stop", "cancel"],
    stopping: ["cancel"],
    interrupted: ["pause", "stop", "cancel", "retry"],
    finished: [],
    failed: ["retry"],
    diverged: [],
    cancelled: ["retry"],
  });
});

test("nothing leaves `finished`", () => {
  const actions = ["start", "started", "pause", "resume", "stop", "cancel", "retry", "diverged", "failed", "lost", "stopped"] as const; // prettier-ignore
  for (const action of actions) expect(nextStatus("finished", action)).toBeUndefined();
});

test.for([
  ["diverged", "retry", "Fork it with a lower rate or a warm-up"],
  ["paused", "pause", "It can: resume, stop, cancel."],
  ["finished", "stop", "fork this one"],
] as const)("%s cannot %s, and what can be done is said", ([status, action, mend]) => {
  expect(() => statusAfter(status, action)).toThrow(WorkbenchError);
  try {
    statusAfter(status, action);
  } catch (error) {
    expect((error as WorkbenchError).code).toBe("run-state");
    expect((error as WorkbenchError).mend).toContain(mend);
  }
});
