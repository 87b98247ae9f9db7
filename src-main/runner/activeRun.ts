import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import { WorkbenchError, type ErrorCode } from "../../src-shared/errors.ts";
import type { History, RunRecord } from "../history/index.ts";
import type { RunFolder } from "../trainer/runFolder.ts";
import { startTrainer, type TrainerEnd, type TrainerProcess } from "./trainerProcess.ts";

/** A run with a trainer at this moment. */
export interface ActiveRun {
  readonly id: string;
  readonly threads: number;
  readonly memoryBytes: number;
  readonly trainer: TrainerProcess;
  /** What is only of the moment: newer than the history by up to a second. */
  readonly live: { iteration: number; loss: number; accuracy: number };
  /** When the trainer has ended and the history holds every line of the run's log. */
  readonly ended: Promise<TrainerEnd>;
}

export interface ActiveRunListeners {
  /** The first step is done. @returns false to be called again: it could not be noted */
  readonly onStarted: () => boolean;
  /** The history has new lines of this run. */
  readonly onIngested: () => void;
  readonly onNote: (text: string) => void;
  /** Nobody waits any longer for room on the disk: what is not noted now, the next start finds in the log. */
  readonly givesUp: () => boolean;
}

const ingestEveryMs = 250;
const tryAgainEveryMs = 5_000;

/** Starts a run's trainer and keeps the history in step with its log until it has ended. */
export function startActiveRun(
  run: RunRecord,
  folder: RunFolder,
  parts: { readonly home: string; readonly history: History; readonly threads: number; readonly memoryBytes: number },
  listeners: ActiveRunListeners,
): ActiveRun {
  const { history, home, threads, memoryBytes } = parts;
  const live = { iteration: run.iteration, loss: NaN, accuracy: NaN };
  let started = false;
  let timer: NodeJS.Timeout | undefined;
  let reading: Promise<void> | undefined;
  const readSoon = () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      reading ??= readAll()
        .catch((error: unknown) => listeners.onNote(`${run.id}: ${(error as Error).message}`))
        .finally(() => (reading = undefined));
    }, ingestEveryMs);
  };
  const readAll = async () => {
    await ingestAll(history, run.id, folder.events);
    listeners.onIngested();
  };
  const trainer = startTrainer(
    folder,
    { home, depth: run.config.network.depth },
    {
      onNote: listeners.onNote,
      onMore: readSoon,
      onIteration: (iteration, loss, accuracy) => {
        Object.assign(live, { iteration: iteration + 1, loss, accuracy });
        if (!started) started = listeners.onStarted();
      },
    },
  );
  const ended = trainer.ended.then(async (end) => {
    clearTimeout(timer);
    await reading;
    await untilThereIsRoom(readAll, listeners);
    return end;
  });
  return { id: run.id, threads, memoryBytes, trainer, live, ended };
}

/**
 * Every whole line of a run's log into the history, in transactions of bounded length.
 * @param maxBytes of each; what `history.ingest` takes without one
 */
export async function ingestAll(history: History, id: string, eventsFile: string, maxBytes?: number): Promise<void> {
  while (history.ingest(id, eventsFile, { maxBytes }).more) await nextTurn();
}

/**
 * Tries again while the disk is full or may not be written to: what a trainer did is in its log, so nothing is lost by
 * waiting, and all would be by giving up.
 * @throws WorkbenchError of `waitsOut` once `givesUp` says so
 */
export async function untilThereIsRoom<T>(
  work: () => T | Promise<T>,
  { onNote, givesUp }: Pick<ActiveRunListeners, "onNote" | "givesUp">,
): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (!passes(error) || givesUp()) throw error;
      if (attempt === 0) onNote(`${error.message} Waiting for it to be mended.`);
      await sleep(tryAgainEveryMs);
    }
  }
}

/** Failures that pass: the run is not to blame. A trainer that finds no memory may well be (settlement.ts). */
export const waitsOut: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "disk-full",
  "disk-read-only",
  "permission",
  "locked",
  "memory",
]);

export const passes = (error: unknown): error is WorkbenchError =>
  error instanceof WorkbenchError && waitsOut.has(error.code);
