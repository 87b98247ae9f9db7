import { heartbeatMs, type Cursor, type ServicesWith, type Tick } from "../../src-shared/contract/index.ts";
import type { CallContext } from "./rpcCall.ts";

export type TickListener = (tick: Tick) => void;

/** Several signs of life have not come. */
export const silentAfterMs = 3 * heartbeatMs;
const againAfterMs = 1_000;

/**
 * One stream of ticks for all who listen in this window. It is taken up again where it was, over whatever connection there
 * is then: a change is neither lost nor told twice.
 */
export class LiveTicks {
  readonly #services: ServicesWith<CallContext>;
  readonly #onSilence: () => void;
  readonly #listeners = new Set<TickListener>();
  readonly #silentAfterMs: number;
  #latest: Tick | undefined;
  #stop: AbortController | undefined;

  /** @param onSilence told when the connection must be dead: not even a sign of life came */
  constructor(services: ServicesWith<CallContext>, onSilence: () => void, afterMs: number) {
    this.#services = services;
    this.#silentAfterMs = afterMs;
    this.#onSilence = onSilence;
  }

  /**
   * What changes from now on; who listens and then reads misses nothing. Where others listen already, the first tick is
   * the newest again, without its changes.
   *
   * @returns what ends it
   */
  listen(listener: TickListener): () => void {
    // One of its own, so that the same function may listen twice.
    const own: TickListener = (tick) => listener(tick);
    this.#listeners.add(own);
    if (this.#latest) own(withoutChanges(this.#latest));
    if (this.#stop === undefined) {
      this.#stop = new AbortController();
      void this.#follow(this.#stop.signal);
    }
    return () => {
      this.#listeners.delete(own);
      if (this.#listeners.size === 0) this.close();
    };
  }

  close(): void {
    this.#listeners.clear();
    this.#stop?.abort();
    this.#stop = undefined;
    this.#latest = undefined;
  }

  async #follow(signal: AbortSignal): Promise<void> {
    let cursor: Cursor | undefined;
    while (!signal.aborted) {
      let silence: ReturnType<typeof setTimeout> | undefined;
      const heard = () => {
        clearTimeout(silence);
        silence = setTimeout(this.#onSilence, this.#silentAfterMs);
      };
      try {
        const context = { whenLost: "wait", limitMs: Infinity } as const;
        const ticks = await this.#services.live.watch({ cursor }, { signal, context });
        heard();
        for await (const tick of ticks) {
          if (signal.aborted) return;
          heard();
          cursor = tick.cursor;
          this.#tell(tick);
        }
      } catch {
        // The connection is lost or refused, which its state tells; or the history cannot be read, which every other call
        // tells. The stream goes on as soon as it can.
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, againAfterMs);
          signal.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
        });
      } finally {
        clearTimeout(silence);
      }
    }
  }

  #tell(tick: Tick): void {
    this.#latest = tick;
    for (const listener of [...this.#listeners]) {
      try {
        listener(tick);
      } catch (error) {
        // One view's fault must not stop the others, nor pass unseen.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}

const withoutChanges = ({ cursor, live }: Tick): Tick => ({
  ...{ cursor, live, reset: false },
  changed: { runs: [], queue: false, studies: false, datasets: false, settings: false, engine: false },
});
