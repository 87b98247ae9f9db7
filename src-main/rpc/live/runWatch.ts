import type { LiveRun } from "../../../src-shared/contract/index.ts";
import { toWireNumber } from "../../../src-shared/runEvent.ts";
import type { RunRecord } from "../../history/index.ts";
import type { Workbench } from "../../workbench.ts";
import { toWireRun } from "../wireRun.ts";

export interface RunsSeen {
  /** Runs that are not as they were at the last look. */
  readonly changed: ReadonlySet<string>;
  /** Whether the queue's runs or their order are others. */
  readonly queue: boolean;
  readonly live: readonly LiveRun[];
  /** The waiting runs are still to be looked at. */
  readonly isBehind: boolean;
}

/** The waiting runs are looked at for at most a twentieth of the time: thousands of them take some milliseconds. */
const restsTimes = 20;
/** A run that trains counts as changed at least so often, for what its row does not show (a probe, a line of its log). */
const changesAnywayMs = 10_000;

/**
 * Sees what happens to runs without being asked for: every one of them either trains now, or did at the last look, or
 * enters or leaves those that wait. What else becomes of runs comes by the procedures, which say so themselves.
 */
export class RunWatch {
  readonly #workbench: Workbench;
  readonly #trained = new Map<string, { seen: string; lines: number; notedAtMs: number }>();
  #waiting: readonly string[] | undefined;
  #waitingAgainAtMs = 0;

  constructor(workbench: Workbench) {
    this.#workbench = workbench;
  }

  /**
   * @param stirred whether the workbench has said that something changed since the last look
   * @throws what reading the history throws
   */
  look(stirred: boolean, nowMs: number): RunsSeen {
    const changed = new Set<string>();
    const live = this.#lookAtTraining(changed, nowMs);
    const isBehind = stirred && nowMs < this.#waitingAgainAtMs;
    const queue = stirred && !isBehind && this.#lookAtWaiting(changed, nowMs);
    return { changed, queue: queue || changed.size > 0, live, isBehind };
  }

  #lookAtTraining(changed: Set<string>, nowMs: number): LiveRun[] {
    const { queue, history } = this.#workbench;
    const live: LiveRun[] = [];
    for (const id of this.#trained.keys()) {
      if (queue.active.has(id)) continue;
      this.#trained.delete(id);
      changed.add(id);
    }
    for (const [id, active] of queue.active) {
      const run = history.runs.find(id);
      if (run?.id !== id) continue;
      live.push(liveOf(run, active.live));
      const before = this.#trained.get(id);
      const seen = fixedPartOf(run);
      const { lines } = history.logState(id);
      const isOverdue = before && lines > before.lines && nowMs - before.notedAtMs > changesAnywayMs;
      if (before?.seen === seen && !isOverdue) continue;
      this.#trained.set(id, { seen, lines, notedAtMs: nowMs });
      changed.add(id);
    }
    return live;
  }

  #lookAtWaiting(changed: Set<string>, nowMs: number): boolean {
    const startMs = performance.now();
    const waiting = this.#workbench.history.runs.waiting().map(({ id }) => id);
    this.#waitingAgainAtMs = nowMs + restsTimes * (performance.now() - startMs);
    const before = this.#waiting;
    this.#waiting = waiting;
    if (before === undefined) return false;
    const [was, is] = [new Set(before), new Set(waiting)];
    for (const id of before) if (!is.has(id)) changed.add(id);
    for (const id of waiting) if (!was.has(id)) changed.add(id);
    return before.length !== waiting.length || before.some((id, index) => id !== waiting[index]);
  }
}

/** What a run's row shows, but for what goes on with every iteration. */
function fixedPartOf(run: RunRecord): string {
  return JSON.stringify({ ...toWireRun(run), iteration: 0, loss: null, imagesPerSecond: null });
}

function liveOf(run: RunRecord, now: { iteration: number; loss: number; accuracy: number }): LiveRun {
  const { imagesPerSecond } = run;
  // Both are NaN until the trainer's first word; later the loss alone can be.
  const hasSpoken = !Number.isNaN(now.accuracy);
  const left = Math.max(0, run.iterations - now.iteration) * run.config.training.batchSize;
  const msLeft = imagesPerSecond ? (1000 * left) / imagesPerSecond : undefined;
  return {
    id: run.id,
    iteration: now.iteration,
    loss: hasSpoken ? toWireNumber(now.loss) : null,
    accuracy: hasSpoken ? now.accuracy : null,
    imagesPerSecond: imagesPerSecond === undefined ? null : toWireNumber(imagesPerSecond),
    msLeft: msLeft !== undefined && Number.isFinite(msLeft) ? msLeft : null,
  };
}
