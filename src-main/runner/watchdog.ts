import type { TrainerStage } from "./protocol.ts";

/** Silence that is too long, by stage: at least this, and 20 times the longest that the stage has needed so far. */
const leastLimitMs = 60_000;
const timesLongest = 20;
/** Loading the engine, compiling and the first step: one blocking stretch that grows with the network's depth. */
const startingLimitMs = (depth: number): number => 300_000 + 2_000 * depth;

/**
 * Tells a trainer that hangs from one that is slow. It counts only time in which this process itself was awake: a
 * machine that slept, or a stopped process group, has not made the trainer hang.
 */
export class Watchdog {
  readonly #depth: number;
  readonly #longestMs = new Map<TrainerStage, number>();
  /** Before its first word it has none: where Node cannot start its threads for want of memory, it waits for them for ever. */
  #stage: TrainerStage | undefined;
  #silentMs = 0;

  constructor(depth: number) {
    this.#depth = depth;
  }

  /** The trainer said something; what it blocked for until then belongs to the stage that it was in. */
  heard(stage: TrainerStage): void {
    if (stage === this.#stage) {
      this.#longestMs.set(stage, Math.max(this.#longestMs.get(stage) ?? 0, this.#silentMs));
    }
    this.#stage = stage;
    this.#silentMs = 0;
  }

  /**
   * Time has passed since the last call, as a monotonic clock has it.
   * @param expectedMs how often this is called: what goes far beyond it, this process slept through
   */
  tick(elapsedMs: number, expectedMs: number): { hangs: boolean; silentMs: number; limitMs: number } {
    this.#silentMs += Math.min(elapsedMs, 2 * expectedMs);
    const limitMs = this.limitMs();
    return { hangs: this.#silentMs > limitMs, silentMs: this.#silentMs, limitMs };
  }

  limitMs(): number {
    if (this.#stage === undefined) return leastLimitMs;
    if (this.#stage === "starting") return startingLimitMs(this.#depth);
    return Math.max(leastLimitMs, timesLongest * (this.#longestMs.get(this.#stage) ?? 0));
  }
}
