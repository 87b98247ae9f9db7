import type { Tick } from "../../src-shared/contract/index.ts";
import { watch } from "./client.svelte.ts";

export interface ReadingOptions {
  /** Whether a tick has changed what is shown. */
  readonly when?: (tick: Tick) => boolean;
  /** Read again after so long, whatever has happened. */
  readonly everyMs?: number;
  /** However much changes, not read more often than that. */
  readonly restMs?: number;
}

/** What a call brought; the last value stays while the next is read. */
export class Reading<T> {
  value: T | undefined = $state.raw();
  error: unknown = $state.raw();
  /** Once, by a person: the same call again. */
  again: () => void = () => {};
}

/**
 * Calls `read` while the component lives, and again when a state that it reads (before its first `await`) or the workbench
 * changes. To be called while a component is set up.
 */
export function reading<T>(
  read: (signal: AbortSignal) => Promise<T>,
  { when = () => false, everyMs, restMs = 500 }: ReadingOptions = {},
): Reading<T> {
  const result = new Reading<T>();
  $effect(() => {
    const ended = new AbortController();
    const { signal } = ended;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isReading = false;
    let isStale = false;
    const start = (): void => {
      clearTimeout(timer);
      isReading = true;
      isStale = false;
      read(signal)
        .then(
          (value) => {
            if (signal.aborted) return;
            result.value = value;
            result.error = undefined;
          },
          (error: unknown) => {
            if (!signal.aborted) result.error = error;
          },
        )
        .finally(() => {
          isReading = false;
          if (signal.aborted) return;
          const rest = isStale ? restMs : everyMs;
          if (rest !== undefined) timer = setTimeout(start, rest);
        });
    };
    const again = (): void => {
      if (isReading) isStale = true;
      else start();
    };
    result.again = again;
    start();
    let restsUntil = 0;
    const leave = watch((tick) => {
      if (!tick.reset && !when(tick)) return;
      const wait = restsUntil - performance.now();
      if (isReading) isStale = true;
      else if (wait > 0) {
        clearTimeout(timer);
        timer = setTimeout(start, wait);
      } else {
        restsUntil = performance.now() + restMs;
        start();
      }
    });
    return () => {
      ended.abort();
      clearTimeout(timer);
      leave();
    };
  });
  return result;
}
