import { nextStart, type Resources, type WaitingRun } from "./scheduler.ts";

/** A run as the forecast sees it: what is left of it, and how long that takes. */
export interface ForecastRun extends WaitingRun {
  readonly remainingIterations: number;
  /** Fixed costs that are still to come: start, evaluations, checkpoints. */
  readonly overheadMs: number;
  /** Milliseconds a step with so many threads while so many trainers work. */
  readonly stepMs: (threads: number, concurrent: number) => number;
}

export interface RunningForecastRun extends ForecastRun {
  readonly threads: number;
}

export interface Forecast {
  /** From now, in milliseconds; a run that can never fit has no end. */
  readonly ends: ReadonlyMap<string, { readonly startMs: number; readonly endMs: number; readonly threads: number }>;
  readonly queueEndMs: number;
}

/**
 * When each run and the whole queue will be done: the scheduler itself (`nextStart`), played forward. Steps get slower
 * and faster as trainers beside them come and go.
 */
export function forecast(
  running: readonly RunningForecastRun[],
  waiting: readonly ForecastRun[],
  resources: Resources,
): Forecast {
  const ends = new Map<string, { startMs: number; endMs: number; threads: number }>();
  const queue = [...waiting];
  let active: Playing[] = running.map((run) => playing(run, run.threads, 0));
  let nowMs = 0;
  for (;;) {
    for (;;) {
      const taken = active.map(({ run, threads }) => ({ threads: Math.min(threads, resources.cores), memoryBytes: run.memoryBytes })); // prettier-ignore
      const next = nextStart(queue, taken, resources);
      if (next === undefined || next.kind === "wait") break;
      const [run] = queue.splice(
        queue.findIndex(({ id }) => id === next.id),
        1,
      );
      if (next.kind === "start") active.push(playing(run, next.threads, nowMs));
    }
    if (active.length === 0) break;
    // Overheads count first, as time in which a run does no steps; then steps at the present company's speed.
    const leftMs = active.map(({ run, threads, work, waitMs }) => waitMs + work * run.stepMs(threads, active.length));
    const stepMs = Math.min(...leftMs);
    nowMs += stepMs;
    const still: Playing[] = [];
    for (const [index, entry] of active.entries()) {
      if (leftMs[index] <= stepMs) {
        ends.set(entry.run.id, { startMs: entry.startMs, endMs: nowMs, threads: entry.threads });
        continue;
      }
      const waited = Math.min(entry.waitMs, stepMs);
      const done = (stepMs - waited) / entry.run.stepMs(entry.threads, active.length);
      still.push({ ...entry, waitMs: entry.waitMs - waited, work: entry.work - done });
    }
    active = still;
  }
  return { ends, queueEndMs: nowMs };
}

interface Playing {
  readonly run: ForecastRun;
  readonly threads: number;
  readonly startMs: number;
  /** Iterations left, and time before the first of them. */
  readonly work: number;
  readonly waitMs: number;
}

const playing = (run: ForecastRun, threads: number, startMs: number): Playing => ({
  ...{ run, threads, startMs },
  work: run.remainingIterations,
  waitMs: run.overheadMs,
});

/** Schedules that a person would choose. */
const scales = [1, 1 / 2, 1 / 3, 1 / 4, 1 / 6, 1 / 8, 1 / 12, 1 / 16, 1 / 24, 1 / 32, 1 / 48, 1 / 64, 1 / 128, 1 / 256];

/**
 * The largest scale with which a grid of runs ends within `withinMs`; undefined where not even the smallest does.
 * @param endMs the queue's end with the grid at a scale
 */
export function largestScale(withinMs: number, endMs: (scale: number) => number): number | undefined {
  return scales.find((scale) => endMs(scale) <= withinMs);
}
