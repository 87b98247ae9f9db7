import { isActive } from "../../src-shared/runState.ts";
import type { Workbench } from "../workbench.ts";
import { newsSince, shareOf, type News, type RunNow, type Work } from "./queueNews.ts";

/** The queue as the desktop around the window shows it. */
export interface QueueNow {
  readonly training: number;
  readonly waiting: number;
  readonly isPaused: boolean;
  /** Of the iterations of all that has trained or waited since the queue was last empty, 0 to 1. */
  readonly share: number | undefined;
}

export interface QueueListener {
  onQueue(queue: QueueNow): void;
  onNews(news: News): void;
}

const lookEveryMs = 1_000;

/**
 * Tells what becomes of the queue, at most once a second, whether a window listens or not.
 *
 * @returns what ends it
 */
export function watchQueue(workbench: Workbench, listener: QueueListener, onFault: (text: string) => void): () => void {
  const { history, queue } = workbench;
  let work: Work = new Map();
  let shown = "";

  const runsNow = (): RunNow[] => {
    const ids = new Set([...work.keys(), ...queue.active.keys()]);
    const waiting = history.runs.waiting();
    for (const { id } of waiting) ids.delete(id);
    const others = [...ids].flatMap((id) => history.runs.find(id) ?? []);
    return [...waiting, ...others]
      .filter(({ trashedMs }) => trashedMs === undefined)
      .map(({ id, status, iteration, iterations, testAccuracy, reason }) => {
        const live = queue.active.get(id)?.live.iteration ?? 0;
        return { ...{ id, status, iterations, testAccuracy, reason }, iteration: Math.max(iteration, live) };
      });
  };
  const look = (): void => {
    const runs = runsNow();
    const told = newsSince(work, runs);
    work = told.work;
    const training = runs.filter(({ status }) => isActive(status)).length;
    const now: QueueNow = {
      ...{ training, waiting: history.runs.waiting().filter(({ id }) => !queue.active.has(id)).length },
      ...{ isPaused: queue.paused, share: shareOf(work) },
    };
    const text = JSON.stringify(now);
    if (text !== shown) listener.onQueue(now);
    shown = text;
    for (const news of told.news) listener.onNews(news);
  };
  const lookSafely = (): void => {
    try {
      look();
    } catch (error) {
      onFault(`The desktop does not know how the queue stands: ${(error as Error).message}`);
    }
  };

  let hasChanged = true;
  const unsubscribe = workbench.subscribe(() => (hasChanged = true));
  const timer = setInterval(() => {
    if (!hasChanged && queue.active.size === 0) return;
    hasChanged = false;
    lookSafely();
  }, lookEveryMs);
  lookSafely();
  return () => {
    clearInterval(timer);
    unsubscribe();
  };
}
