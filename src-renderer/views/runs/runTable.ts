import type { LiveRun, Run } from "../../../src-shared/contract/index.ts";
import { isActive, isWaiting, type RunStatus } from "../../../src-shared/runState.ts";

import type { Column } from "./runColumns.ts";

/** Which runs a table shows, and in which order. */

export const stateFilters = ["all", "active", "waiting", "finished", "failed", "trash"] as const;
export type StateFilter = (typeof stateFilters)[number];

const inState: Readonly<Record<StateFilter, (status: RunStatus) => boolean>> = {
  all: () => true,
  trash: () => true,
  active: isActive,
  waiting: (status) => isWaiting(status) || status === "paused",
  finished: (status) => status === "finished",
  failed: (status) => status === "failed" || status === "diverged" || status === "cancelled",
};

export interface Order {
  readonly by: Column;
  readonly isDescending: boolean;
}
/** Newest first. */
export const firstOrder: Order = { by: "created", isDescending: true };

/** Where the larger, or the newer, is what one looks for first. */
const largestFirst: ReadonlySet<Column> = new Set(["last", "best", "iterations", "speed", "time", "created"]);

/** What a click on a column's head makes of the order. */
export const orderAfter = (order: Order, by: Column): Order =>
  order.by === by ? { by, isDescending: !order.isDescending } : { by, isDescending: largestFirst.has(by) };

export type WordOf = (status: RunStatus) => string;

/** @param search each of its words must be somewhere in the run's id, state, data set, studies, recipe or tags */
export function shownRuns(
  runs: Iterable<Run>,
  { state, search, wordOf }: { state: StateFilter; search: string; wordOf: WordOf },
): Run[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const wanted = inState[state];
  return [...runs].filter((run) => {
    if (!wanted(run.status)) return false;
    if (words.length === 0) return true;
    const text = searchedText(run);
    const said = wordOf(run.status).toLowerCase();
    return words.every((word) => text.includes(word) || said.includes(word));
  });
}

/** Of ten thousand runs it is put together once, not at every key. */
const searchedTexts = new WeakMap<Run, string>();

function searchedText(run: Run): string {
  let text = searchedTexts.get(run);
  if (text === undefined) {
    const { id, status, dataset, studies, recipe, tags } = run;
    text = [id, status, dataset, recipe ?? "", ...studies, ...tags].join("\n").toLowerCase();
    searchedTexts.set(run, text);
  }
  return text;
}

/** Milliseconds that a run has trained for, or trains; null where it has not begun. */
export function trainedMs({ startedMs, endedMs, status }: Run, nowMs: number): number | null {
  if (startedMs === null) return null;
  if (isActive(status)) return nowMs - startedMs;
  return endedMs === null ? null : endedMs - startedMs;
}

type Key = number | string | null;

/** Values by which a column is sorted; null stands behind all others, in whichever direction. */
const keyOf: Readonly<Record<Column, (run: Run, nowMs: number) => Key>> = {
  state: ({ status }) => stateRank.indexOf(status),
  // plain-8 before plain-20 before residual-8
  name: ({ family, depth, seed }) => `${family} ${padded(depth)} ${padded(seed)}`,
  data: ({ dataset }) => dataset,
  shortcut: ({ family, shortcut }) => (family === "plain" ? null : shortcut),
  study: ({ studies }) => (studies.length === 0 ? null : studies.join(" ").toLowerCase()),
  last: ({ testAccuracy }) => testAccuracy,
  best: ({ bestTestAccuracy }) => bestTestAccuracy,
  loss: ({ loss }) => (loss === null ? null : Number.isFinite(Number(loss)) ? Number(loss) : Infinity),
  iterations: ({ iteration }) => iteration,
  speed: ({ imagesPerSecond }) => (imagesPerSecond === null ? null : Number(imagesPerSecond)),
  time: trainedMs,
  tags: ({ tags }) => (tags.length === 0 ? null : tags.join(" ").toLowerCase()),
  created: ({ createdMs }) => createdMs,
};

const stateRank: readonly RunStatus[] = [
  ...(["running", "starting", "pausing", "stopping", "queued", "interrupted", "paused"] as const),
  ...(["finished", "diverged", "failed", "cancelled"] as const),
];
const padded = (value: number): string => value.toString().padStart(12, "0");

/** Runs in an order; those that are equal in it stay as they were. */
export function sortedRuns(runs: readonly Run[], { by, isDescending }: Order, nowMs: number): Run[] {
  const keyed = runs.map((run) => ({ run, key: keyOf[by](run, nowMs) }));
  const sign = isDescending ? -1 : 1;
  keyed.sort((a, b) => {
    if (a.key === null || b.key === null) return Number(a.key === null) - Number(b.key === null);
    if (a.key === b.key) return 0;
    return a.key < b.key ? -sign : sign;
  });
  return keyed.map(({ run }) => run);
}

/** A run as it is at this moment: its trainer says more, and earlier. */
export const withLive = (run: Run, live: LiveRun | undefined): Run =>
  live ? { ...run, iteration: live.iteration, loss: live.loss ?? run.loss } : run;
