import type { LiveRun, Run, Status, Tick } from "../../src-shared/contract/index.ts";
import { services, watch } from "./client.svelte.ts";

const pageRuns = 1000;
const statusEveryMs = 5_000;

/**
 * What every view needs of the workbench, kept up to date for the whole window: the runs, what those that train are doing
 * at this moment, the queue's order, the status line.
 */
class WorkbenchState {
  /** Every run that is not in the trash, by id, in the order in which they were added. */
  runs: ReadonlyMap<string, Run> = $state.raw(new Map());
  /** All of them have been read. */
  hasRuns = $state(false);
  live: ReadonlyMap<string, LiveRun> = $state.raw(new Map());
  queue: { readonly paused: boolean; readonly ids: readonly string[] } | undefined = $state.raw();
  status: Status | undefined = $state.raw();
  /** Why it could not be read, where it could not. */
  error: unknown = $state.raw();

  #ended = new AbortController();
  #work: Promise<void> = Promise.resolve();

  /** @returns what ends it */
  start(): () => void {
    this.#ended = new AbortController();
    const { signal } = this.#ended;
    const leave = watch((tick) => this.#hear(tick));
    this.#readAll();
    const timer = setInterval(() => this.#next(() => this.#readStatus()), statusEveryMs);
    signal.addEventListener("abort", () => {
      clearInterval(timer);
      leave();
    });
    return () => this.#ended.abort();
  }

  again(): void {
    this.#readAll();
  }

  #hear(tick: Tick): void {
    this.live = new Map(tick.live.map((run) => [run.id, run]));
    if (tick.reset) return this.#readAll();
    const { runs, queue } = tick.changed;
    if (runs.length > 0) this.#next(() => this.#readRuns(runs));
    if (queue) this.#next(() => this.#readQueue());
    if (queue || runs.length > 0) this.#next(() => this.#readStatus());
  }

  #readAll(): void {
    this.#next(() => this.#readQueue());
    this.#next(() => this.#readStatus());
    this.#next(() => this.#readPages());
  }

  /** One after the other, so that an older answer never comes over a newer one. */
  #next(read: () => Promise<void>): void {
    const { signal } = this.#ended;
    this.#work = this.#work.then(async () => {
      if (signal.aborted) return;
      try {
        await read();
        this.error = undefined;
      } catch (error) {
        if (!signal.aborted) this.error = error;
      }
    });
  }

  async #readQueue(): Promise<void> {
    const { paused, runs } = await services.queue.list();
    this.#put(runs);
    this.queue = { paused, ids: runs.map(({ id }) => id) };
  }

  async #readStatus(): Promise<void> {
    this.status = await services.status.get();
  }

  async #readPages(): Promise<void> {
    const all = new Map<string, Run>();
    for (;;) {
      const page = await services.runs.list({ skip: all.size, most: pageRuns });
      for (const run of page) all.set(run.id, run);
      if (page.length < pageRuns) break;
      // The first page is shown at once.
      if (!this.hasRuns) this.#put(page);
    }
    this.runs = all;
    this.hasRuns = true;
  }

  async #readRuns(ids: readonly string[]): Promise<void> {
    const found: Run[] = [];
    for (let at = 0; at < ids.length; at += pageRuns) {
      found.push(...(await services.runs.list({ ids: ids.slice(at, at + pageRuns) })));
    }
    this.#put(found, ids);
  }

  /** @param asked those of them that were not found are gone */
  #put(found: readonly Run[], asked: readonly string[] = []): void {
    const runs = new Map(this.runs);
    const byId = new Map(found.map((run) => [run.id, run]));
    for (const id of asked) {
      const run = byId.get(id);
      if (run === undefined || run.trashedMs !== null) runs.delete(id);
    }
    for (const run of found) if (run.trashedMs === null) runs.set(run.id, run);
    this.runs = runs;
  }
}

export const workbench = new WorkbenchState();
