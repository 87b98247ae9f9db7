import { randomUUID } from "node:crypto";
import {
  changeTopics,
  heartbeatMs,
  tickEveryMs,
  type ChangeTopic,
  type Cursor,
  type LiveRun,
  type Tick,
} from "../../../src-shared/contract/index.ts";
import type { Workbench } from "../../workbench.ts";
import { toWireError } from "../wireErrors.ts";
import { ChangeJournal } from "./changeJournal.ts";
import { RunWatch } from "./runWatch.ts";

/** What a procedure has changed. */
export type Change = { readonly runs?: readonly string[] } & { readonly [topic in ChangeTopic]?: true };

/** More things than this, and a client that was away reads everything anew: that is cheaper than asking for each. */
const mostThings = 1_000;
/** Eight minutes at full pace: what can pile up before a client that does not read. */
const mostTicksAStream = 2_000;
/** Runs and topics share the journal. */
const runPrefix = "run:";

/**
 * Tells any number of clients what changes in a workbench, at most four times a second, each change once. Looks only
 * while somebody listens; what happened in between is seen at the next look.
 */
export class LiveFeed {
  /** Of this main's life: numbers of another one mean nothing here. */
  readonly instance = randomUUID();
  readonly #journal = new ChangeJournal(mostThings);
  readonly #watch: RunWatch;
  readonly #ticksAStream: number;
  readonly #listeners = new Set<() => void>();
  /** The tick for each cursor that was asked for since the last look: most clients are at the same one. */
  readonly #ticks = new Map<number, Tick>();
  #live: readonly LiveRun[] = [];
  #liveText = "[]";
  #liveVersion = 0;
  #stirred = true;
  #failure: unknown;
  #timer: NodeJS.Timeout | undefined;

  /** @param ticksAStream after which a stream ends, and its client comes again */
  constructor(workbench: Workbench, ticksAStream = mostTicksAStream) {
    this.#ticksAStream = ticksAStream;
    this.#watch = new RunWatch(workbench);
    workbench.subscribe(() => (this.#stirred = true));
    // A report belongs to what the queue view shows.
    workbench.reports.onWritten(() => this.note({ queue: true }));
  }

  /** Streams that are followed at this moment. */
  get listeners(): number {
    return this.#listeners.size;
  }

  note({ runs = [], ...topics }: Change): void {
    for (const id of runs) this.#journal.note(runPrefix + id);
    for (const topic of changeTopics) if (topics[topic]) this.#journal.note(topic);
    this.#ticks.clear();
    this.#stirred = true;
  }

  /**
   * Ticks from `cursor` on: the first at once, the next where something has changed, and now and then one that says only
   * that all is well.
   *
   * @param signal ends it
   * @throws what reading the history throws
   */
  async *watch(cursor: Cursor | undefined, signal: AbortSignal | undefined): AsyncGenerator<Tick, void, void> {
    let wake = () => {};
    const listener = () => wake();
    this.#join(listener);
    signal?.addEventListener("abort", listener);
    try {
      let at = this.#firstSequence(cursor);
      let liveVersion = -1;
      let saidAtMs = -Infinity;
      for (let sent = 0; sent < this.#ticksAStream && !signal?.aborted;) {
        if (this.#failure !== undefined) throw toWireError(this.#failure);
        const nowMs = performance.now();
        const isNew = this.#journal.sequence !== at || this.#liveVersion !== liveVersion;
        const isDue = nowMs - saidAtMs >= (isNew ? tickEveryMs : heartbeatMs);
        if (isDue) {
          const tick = this.#tickSince(at);
          at = tick.cursor.sequence;
          liveVersion = this.#liveVersion;
          saidAtMs = nowMs;
          sent++;
          yield tick;
        } else await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      signal?.removeEventListener("abort", listener);
      this.#leave(listener);
    }
  }

  /** Where a client's changes begin; -1 where it has to read everything. */
  #firstSequence(cursor: Cursor | undefined): number {
    if (cursor === undefined) return this.#journal.sequence;
    return cursor.instance === this.instance ? cursor.sequence : -1;
  }

  #tickSince(sequence: number): Tick {
    const known = this.#ticks.get(sequence);
    if (known) return known;
    const things = this.#journal.since(sequence);
    const has = new Set(things);
    const tick: Tick = {
      cursor: { instance: this.instance, sequence: this.#journal.sequence },
      reset: things === undefined,
      changed: {
        runs: (things ?? [])
          .filter((thing) => thing.startsWith(runPrefix))
          .map((thing) => thing.slice(runPrefix.length)),
        queue: has.has("queue"),
        studies: has.has("studies"),
        datasets: has.has("datasets"),
        settings: has.has("settings"),
        engine: has.has("engine"),
      },
      live: [...this.#live],
    };
    this.#ticks.set(sequence, tick);
    return tick;
  }

  #join(listener: () => void): void {
    this.#listeners.add(listener);
    if (this.#listeners.size > 1) return;
    this.#look();
    // A little more than the pace of ticks, so that none is skipped for being a moment early.
    this.#timer = setInterval(() => {
      this.#look();
      for (const each of [...this.#listeners]) each();
    }, tickEveryMs + 5);
  }

  #leave(listener: () => void): void {
    this.#listeners.delete(listener);
    if (this.#listeners.size === 0) clearInterval(this.#timer);
  }

  #look(): void {
    const nowMs = performance.now();
    try {
      const { changed, queue, live, isBehind } = this.#watch.look(this.#stirred, nowMs);
      this.#stirred = isBehind;
      for (const id of changed) this.#journal.note(runPrefix + id);
      if (queue) this.#journal.note("queue");
      const text = JSON.stringify(live);
      if (text !== this.#liveText) {
        this.#liveVersion++;
        this.#liveText = text;
        this.#live = live;
      }
      this.#failure = undefined;
    } catch (error) {
      // Told to whoever listens: their streams end with it.
      this.#failure = error;
    }
    this.#ticks.clear();
  }
}

const feeds = new WeakMap<Workbench, LiveFeed>();

/** The workbench's one feed, whoever serves it. */
export function feedOf(workbench: Workbench): LiveFeed {
  let feed = feeds.get(workbench);
  if (!feed) feeds.set(workbench, (feed = new LiveFeed(workbench)));
  return feed;
}
