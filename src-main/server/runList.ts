import { createHash } from "node:crypto";
import { isActive, isWaiting, runStatuses, type RunStatus } from "../../src-shared/runState.ts";
import type { RunsOverview } from "../history/index.ts";
import { toWireRun } from "../rpc/wireRun.ts";
import type { Workbench } from "../workbench.ts";

const mostRuns = 200;
/** At most four times a second, however many look. */
const freshMs = 250;
/** The history is read when something changed, at most as often, and for at most a twentieth of the time. */
const readAtMostMs = 250;
const restsTimes = 20;

/** The runs as a script may ask for them: those that train, wait and are paused, then the newest of all others. */
export class RunList {
  readonly #workbench: Workbench;
  readonly #unsubscribe: () => void;
  #overview: RunsOverview | undefined;
  #isStale = true;
  #readAgainAtMs = -Infinity;
  #text: { readonly json: string; readonly tag: string; readonly untilMs: number } | undefined;

  constructor(workbench: Workbench) {
    this.#workbench = workbench;
    this.#unsubscribe = workbench.subscribe(() => (this.#isStale = true));
  }

  /** `{paused, counts, runs, more}` as JSON, and what tells it from other ones (ETag). */
  text(): { readonly json: string; readonly tag: string } {
    const nowMs = performance.now();
    if (this.#text === undefined || nowMs >= this.#text.untilMs) {
      const json = JSON.stringify(this.#current());
      const tag = `"${createHash("sha256").update(json).digest("base64url").slice(0, 16)}"`;
      this.#text = { json, tag, untilMs: nowMs + freshMs };
    }
    return this.#text;
  }

  close(): void {
    this.#unsubscribe();
  }

  #current() {
    const { queue } = this.#workbench;
    const { counts, runs } = this.#read();
    const of = (has: (status: RunStatus) => boolean): number =>
      runStatuses.filter(has).reduce((sum, status) => sum + counts[status], 0);
    const all = of(() => true);
    return {
      paused: queue.paused,
      counts: { all, running: of(isActive), waiting: of(isWaiting), finished: counts.finished },
      runs: runs.map((run) => toWireRun(run, queue.active.get(run.id)?.live)),
      more: all - runs.length,
    };
  }

  #read(): RunsOverview {
    const startMs = performance.now();
    if (this.#overview && (!this.#isStale || startMs < this.#readAgainAtMs)) return this.#overview;
    this.#overview = this.#workbench.history.runs.overview(mostRuns);
    this.#isStale = false;
    const endMs = performance.now();
    this.#readAgainAtMs = endMs + Math.max(readAtMostMs, restsTimes * (endMs - startMs));
    return this.#overview;
  }
}
