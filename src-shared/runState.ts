import { WorkbenchError } from "./errors.ts";

/** Where a run stands. The last four are ends; of these only `finished` is for good. */
export const runStatuses = [
  "queued",
  "starting",
  "running",
  "pausing",
  "paused",
  "stopping",
  "interrupted",
  "finished",
  "failed",
  "diverged",
  "cancelled",
] as const;
export type RunStatus = (typeof runStatuses)[number];

type Transition = Partial<Record<RunStatus, RunStatus>>;

/**
 * What can happen to a run, and what becomes of it: the whole life of a run is this table. What a person asks for:
 *   pause, resume   the trainer writes a checkpoint and ends; the run goes on from there
 *   stop            the same, for good: the run ends as `cancelled`, with all that it has
 *   cancel          at once, without a checkpoint
 *   retry           into the queue again, from its newest checkpoint
 * What the trainer's process does: `started`, `finished`, `diverged`, `failed` (it said why), `stopped` (with a
 * checkpoint, as it was told), `lost` (it ended without a word, hung, or its main went away).
 */
const transitions = {
  start: { queued: "starting", interrupted: "starting" },
  started: { starting: "running", pausing: "pausing", stopping: "stopping" },
  pause: { queued: "paused", interrupted: "paused", starting: "pausing", running: "pausing" },
  resume: { paused: "queued", pausing: "queued" },
  stop: {
    queued: "cancelled",
    paused: "cancelled",
    interrupted: "cancelled",
    starting: "stopping",
    running: "stopping",
    pausing: "stopping",
  },
  cancel: {
    queued: "cancelled",
    paused: "cancelled",
    interrupted: "cancelled",
    starting: "cancelled",
    running: "cancelled",
    pausing: "cancelled",
    stopping: "cancelled",
  },
  // not from `diverged`: the same bits would diverge again; a fork changes something
  retry: { failed: "queued", cancelled: "queued", interrupted: "queued" },
  // `interrupted`: a trainer whose main had died came to its end alone
  finished: {
    interrupted: "finished",
    starting: "finished",
    running: "finished",
    pausing: "finished",
    stopping: "finished",
  },
  diverged: {
    interrupted: "diverged",
    starting: "diverged",
    running: "diverged",
    pausing: "diverged",
    stopping: "diverged",
  },
  failed: {
    queued: "failed",
    interrupted: "failed",
    starting: "failed",
    running: "failed",
    pausing: "failed",
    stopping: "failed",
  },
  stopped: { starting: "interrupted", running: "interrupted", pausing: "paused", stopping: "cancelled" },
  lost: { starting: "interrupted", running: "interrupted", pausing: "paused", stopping: "cancelled" },
} as const satisfies Record<string, Transition>;

export type RunAction = keyof typeof transitions;

/** What becomes of a run in `status`; undefined where the action makes no sense there. */
export const nextStatus = (status: RunStatus, action: RunAction): RunStatus | undefined =>
  (transitions[action] as Transition)[status];

/** Actions that a person may ask for, in the order in which a menu shows them. */
export const personActions = ["pause", "resume", "stop", "cancel", "retry"] as const satisfies RunAction[];
export type PersonAction = (typeof personActions)[number];

export const actionsFor = (status: RunStatus): PersonAction[] =>
  personActions.filter((action) => nextStatus(status, action) !== undefined);

/** @throws WorkbenchError `run-state` */
export function statusAfter(status: RunStatus, action: RunAction): RunStatus {
  const next = nextStatus(status, action);
  if (next !== undefined) return next;
  throw new WorkbenchError("run-state", `A run that is ${status} cannot be told to ${action}.`, {
    mend: mendFor(status),
  });
}

function mendFor(status: RunStatus): string {
  if (status === "diverged") {
    return "The same bits would diverge again. Fork it with a lower rate or a warm-up: rwb run fork RUN --set training.learningRate.base=0.01";
  }
  const possible = actionsFor(status);
  return possible.length > 0 ? `It can: ${possible.join(", ")}.` : "Begin a new run, or fork this one.";
}

/** A trainer's process belongs to the run at this moment, or did when main died. */
export const isActive = (status: RunStatus): boolean =>
  status === "starting" || status === "running" || status === "pausing" || status === "stopping";

/** It will go on by itself when its turn comes. */
export const isWaiting = (status: RunStatus): boolean => status === "queued" || status === "interrupted";

export const isEnd = (status: RunStatus): boolean => !isActive(status) && !isWaiting(status) && status !== "paused";
