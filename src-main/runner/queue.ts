import { setTimeout as sleep } from "node:timers/promises";
import { nextStatus, type PersonAction, type RunAction } from "../../src-shared/runState.ts";
import type { History, RunRecord } from "../history/index.ts";
import { passes, startActiveRun, untilThereIsRoom, type ActiveRun } from "./activeRun.ts";
import { runFolderFor } from "./runFolders.ts";
import { nextStart, type Resources, type RunningRun, type WaitingRun } from "./scheduler.ts";
import { settlementOf, whileItWaitsMs } from "./settlement.ts";
import { speedKey } from "./speedKey.ts";
import type { TrainerEnd } from "./trainerProcess.ts";

export interface QueueOptions {
  readonly home: string;
  readonly history: History;
  readonly resources: Resources;
  /** Peak memory of a run, in bytes. */
  readonly memoryOf: (run: RunRecord) => number;
  /** Something about runs or the queue changed. */
  readonly onChange: () => void;
  /** A line for whoever watches. */
  readonly onNote: (text: string) => void;
}

const recordSpeedEveryMs = 10_000;

/**
 * Works the waiting runs, in their order, on the slots of a device. All that it knows for longer than a moment is in the
 * history; a queue that was killed goes on from there.
 */
export class Queue {
  readonly #options: QueueOptions;
  readonly #history: History;
  readonly #active = new Map<string, ActiveRun>();
  /** When a run may be started again, by the monotonic clock: a loop of crashes must not spin. */
  readonly #notBeforeMs = new Map<string, number>();
  readonly #settling = new Set<Promise<void>>();
  #fillsAgain: NodeJS.Timeout | undefined;
  #works = false;
  #closing: string | undefined;

  constructor(options: QueueOptions) {
    this.#options = options;
    this.#history = options.history;
  }

  get active(): ReadonlyMap<string, ActiveRun> {
    return this.#active;
  }

  get paused(): boolean {
    return this.#history.settings.get().queuePaused;
  }

  /** Runs start from now on, as slots allow. */
  work(): void {
    this.#works = true;
    this.#fill();
  }

  /** No run starts; those that train go on to their end. */
  pause(): void {
    this.#history.settings.update({ queuePaused: true });
    this.#options.onChange();
  }

  resume(): void {
    this.#history.settings.update({ queuePaused: false });
    this.changed();
  }

  /** What a person asks of a run. @throws WorkbenchError `run-unknown`, `run-state` */
  act(id: string, action: PersonAction): RunRecord {
    const active = this.#active.get(id);
    const run = this.#history.runs.act(id, action, { reason: undefined });
    switch (action) {
      case "pause":
        active?.trainer.stop("paused");
        break;
      case "stop":
        active?.trainer.stop("stopped for good");
        break;
      case "cancel":
        active?.trainer.kill();
        break;
      case "resume":
      case "retry":
        this.#notBeforeMs.delete(id);
    }
    this.changed();
    return run;
  }

  /** Something was added, moved or changed: look whether a run can start. */
  changed(): void {
    this.#options.onChange();
    this.#fill();
  }

  /** Until no run waits or trains, or the signal comes. */
  async untilEmpty(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && (this.#active.size > 0 || this.#settling.size > 0 || this.#waiting().length > 0)) {
      if (this.#active.size === 0 && this.paused) return;
      await sleep(100, undefined, { signal }).catch(() => {});
    }
  }

  /** Every trainer writes a checkpoint and ends; their runs go on by themselves when the queue works again. */
  async close(reason: string): Promise<void> {
    this.#closing = reason;
    for (const { trainer } of this.#active.values()) trainer.stop(reason);
    while (this.#settling.size > 0) await Promise.all(this.#settling);
  }

  /** At once, without checkpoints: this process is about to end. */
  killTrainers(): void {
    for (const { trainer } of this.#active.values()) trainer.kill();
  }

  #waiting(): RunRecord[] {
    return this.#history.runs.waiting().filter(({ id }) => !this.#active.has(id));
  }

  #fill(): void {
    clearTimeout(this.#fillsAgain);
    if (this.#ifThereIsRoom(() => this.#startWhatCan())) return;
    this.#fillsAgain = setTimeout(() => this.#fill(), whileItWaitsMs).unref();
  }

  #startWhatCan(): void {
    if (!this.#works || this.#closing !== undefined || this.paused) return;
    const { resources } = this.#options;
    for (;;) {
      const nowMs = performance.now();
      const due = this.#waiting()
        .filter(({ id }) => (this.#notBeforeMs.get(id) ?? 0) <= nowMs)
        // More cannot start: what thousands behind them need is not worked out at every change.
        .slice(0, resources.cores);
      const next = nextStart(
        due.map((run) => this.#asWaiting(run)),
        [...this.#active.values()] satisfies RunningRun[],
        resources,
      );
      if (next === undefined || next.kind === "wait") return;
      const run = due.find(({ id }) => id === next.id)!;
      if (next.kind === "refuse") {
        const [needed, there] = [next.memoryBytes, next.availableBytes].map((bytes) => (bytes / 1e9).toFixed(1));
        const reason = `It needs about ${needed} GB of memory; ${there} GB can be used. A smaller batch needs less.`;
        this.#history.runs.act(run.id, "failed", { reason });
        this.#options.onNote(`${run.id} is not started: ${reason}`);
        continue;
      }
      this.#start(run, next.threads);
    }
  }

  #asWaiting(run: RunRecord): WaitingRun {
    return { id: run.id, threads: run.threads, memoryBytes: this.#options.memoryOf(run) };
  }

  #start(waiting: RunRecord, threads: number): void {
    const { home, onChange, onNote, memoryOf } = this.#options;
    const { id } = waiting;
    try {
      const folder = runFolderFor(home, waiting, threads);
      const { lanes } = folder.read();
      this.#history.runs.setThreads(id, threads, lanes);
      const run = this.#history.runs.act(id, "start");
      let recordedAtMs = performance.now();
      const active = startActiveRun(
        run,
        folder,
        {
          home,
          history: this.#history,
          threads: Math.min(threads, this.#options.resources.cores),
          memoryBytes: memoryOf(run),
        },
        {
          onStarted: () =>
            this.#ifThereIsRoom(() => {
              this.#tryAct(id, "started");
              onChange();
            }),
          onIngested: () => {
            if (performance.now() - recordedAtMs > recordSpeedEveryMs) {
              recordedAtMs = performance.now();
              this.#recordSpeed(id);
            }
            onChange();
          },
          onNote: (text) => onNote(`${id}: ${text}`),
          givesUp: this.#givesUp,
        },
      );
      this.#active.set(id, active);
      onNote(`${id} starts on ${threads} ${threads === 1 ? "core" : "cores"}.`);
      this.#untilSettled(
        id,
        active.ended.then((end) => this.#whenThereIsRoom(() => this.#settle(id, end))),
      );
    } catch (error) {
      this.#couldNotStart(id, error);
    }
    onChange();
  }

  /** The folder or the history could not be written to, or the run's own file is damaged. */
  #couldNotStart(id: string, error: unknown): void {
    const { message } = error as Error;
    this.#options.onNote(`${id} could not be started: ${message}`);
    // Also where it has failed: until that is noted it still waits.
    this.#startLater(id, whileItWaitsMs);
    const action = passes(error) ? "lost" : "failed";
    // It may be `starting` already, and would stay so.
    this.#untilSettled(
      id,
      this.#whenThereIsRoom(() => this.#tryAct(id, action, message)),
    );
  }

  /** `close` waits for it; when it is done, others may start. */
  #untilSettled(id: string, settling: Promise<void>): void {
    const settled: Promise<void> = settling
      .catch((error: unknown) => {
        const { message } = error as Error;
        this.#options.onNote(`${id}: ${message}`);
        // Given up while the workbench closes: the next start finds in the log what became of the run.
        if (!passes(error)) this.#ifThereIsRoom(() => this.#tryAct(id, "failed", message));
      })
      .finally(() => {
        this.#active.delete(id);
        this.#settling.delete(settled);
        this.changed();
      });
    this.#settling.add(settled);
  }

  readonly #givesUp = (): boolean => this.#closing !== undefined;

  /** All of it or nothing, so that a loss is not counted once an attempt. */
  #whenThereIsRoom(work: () => void): Promise<void> {
    const { onNote } = this.#options;
    return untilThereIsRoom(() => this.#history.transaction(work), { onNote, givesUp: this.#givesUp });
  }

  /** Now, or not. @returns false while the disk is full or may not be written to */
  #ifThereIsRoom(work: () => void): boolean {
    try {
      work();
      return true;
    } catch (error) {
      if (!passes(error)) throw error;
      return false;
    }
  }

  /** The trainer has ended and its log is read: what becomes of the run. */
  #settle(id: string, end: TrainerEnd): void {
    const { action, reason, note, againInMs } = settlementOf(
      end,
      () => this.#history.runs.recordLoss(id),
      this.#closing,
    );
    if (action === "finished") this.#recordSpeed(id);
    if (againInMs !== undefined) this.#startLater(id, againInMs);
    this.#tryAct(id, action, reason);
    if (note !== undefined) this.#options.onNote(`${id} ${note}`);
  }

  #startLater(id: string, ms: number): void {
    this.#notBeforeMs.set(id, performance.now() + ms);
    setTimeout(() => this.#fill(), ms + 1).unref();
  }

  /** What a trainer did may no longer matter: a person may have cancelled the run meanwhile. */
  #tryAct(id: string, action: RunAction, reason?: string): void {
    const run = this.#history.runs.find(id);
    if (run && nextStatus(run.status, action)) this.#history.runs.act(id, action, { reason });
  }

  #recordSpeed(id: string): void {
    const run = this.#history.runs.find(id);
    if (!run?.imagesPerSecond || !run.lanes) return;
    const stepMs = (1000 * run.config.training.batchSize) / run.imagesPerSecond;
    this.#history.speeds.record(speedKey(run.config, run.lanes, this.#active.size), stepMs);
  }
}
