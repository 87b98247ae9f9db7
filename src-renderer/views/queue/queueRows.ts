import type { Run } from "../../../src-shared/contract/index.ts";
import { isActive, isEnd, isWaiting } from "../../../src-shared/runState.ts";

export interface QueueRows {
  readonly training: readonly Run[];
  /** In the order in which they will start. */
  readonly waiting: readonly Run[];
  readonly paused: readonly Run[];
  /** Newest first, `mostEnded` at most. */
  readonly ended: readonly Run[];
}

/** The queue as a person sees it. @param order ids as main lists them: those that train, wait and are paused */
export function queueRows(runs: ReadonlyMap<string, Run>, order: readonly string[], mostEnded: number): QueueRows {
  const listed = order.flatMap((id) => runs.get(id) ?? []);
  return {
    training: listed.filter(({ status }) => isActive(status)),
    waiting: listed.filter(({ status }) => isWaiting(status)),
    paused: listed.filter(({ status }) => status === "paused"),
    ended: [...runs.values()]
      .filter(({ status }) => isEnd(status))
      .sort((a, b) => (b.endedMs ?? b.createdMs) - (a.endedMs ?? a.createdMs))
      .slice(0, mostEnded),
  };
}

export interface Evening {
  readonly done: number;
  readonly all: number;
}

/** "3 of 8 done": what ended well since the oldest run that still waits or trains was added. */
export function evening(rows: QueueRows): Evening {
  const open = [...rows.training, ...rows.waiting, ...rows.paused];
  if (open.length === 0) return { done: 0, all: 0 };
  const sinceMs = Math.min(...open.map(({ createdMs }) => createdMs));
  const done = rows.ended.filter(({ status, createdMs }) => status === "finished" && createdMs >= sinceMs - sameAddMs);
  return { done: done.length, all: done.length + open.length };
}

/** Runs of one grid are not all added in the same millisecond. */
const sameAddMs = 10_000;
