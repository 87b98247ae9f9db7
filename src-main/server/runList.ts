import { createHash } from "node:crypto";
import { isActive, isWaiting } from "../../src-shared/runState.ts";
import type { RunRecord } from "../history/index.ts";
import { toWireRun } from "../rpc/wireRun.ts";
import type { Workbench } from "../workbench.ts";

const mostRuns = 200;
/** At most four times a second, however many look. */
const freshMs = 250;
/** The history is read when something changed, at most as often, and for at most a twentieth of the time. */
const readAtMostMs = 250;
const restsTimes = 20;

/** The runs as the plain page shows them: those that train, wait and are paused, then the newest of all others. */
export class RunList {
  readonly #workbench: Workbench;
  readonly #unsubscribe: () => void;
  #records: readonly RunRecord[] = [];
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
    const records = this.#read();
    const active = records.filter(({ status }) => isActive(status));
    const waiting = records.filter(({ status }) => isWaiting(status)).sort((a, b) => a.position - b.position);
    const others = records.filter(({ status }) => !isActive(status) && !isWaiting(status));
    const paused = others.filter(({ status }) => status === "paused");
    const ended = others.filter(({ status }) => status !== "paused");
    ended.sort((a, b) => (b.endedMs ?? b.createdMs) - (a.endedMs ?? a.createdMs));
    const shown = [...active, ...waiting, ...paused, ...ended].slice(0, mostRuns);
    return {
      paused: queue.paused,
      counts: {
        all: records.length,
        running: active.length,
        waiting: waiting.length,
        finished: others.filter(({ status }) => status === "finished").length,
      },
      runs: shown.map((run) => toWireRun(run, queue.active.get(run.id)?.live)),
      more: records.length - shown.length,
    };
  }

  #read(): readonly RunRecord[] {
    const startMs = performance.now();
    if (!this.#isStale || startMs < this.#readAgainAtMs) return this.#records;
    this.#records = this.#workbench.history.runs.list({});
    this.#isStale = false;
    const endMs = performance.now();
    this.#readAgainAtMs = endMs + Math.max(readAtMostMs, restsTimes * (endMs - startMs));
    return this.#records;
  }
}
