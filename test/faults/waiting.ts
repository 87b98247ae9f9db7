import { setTimeout as sleep } from "node:timers/promises";

const lookEveryMs = 20;

/**
 * Until `look` gives something; every wait has a limit.
 * @throws Error `what` did not happen in time
 */
export async function until<T>(what: string, limitMs: number, look: () => T | undefined | false | null): Promise<T> {
  const deadlineMs = performance.now() + limitMs;
  for (;;) {
    const found = look();
    if (found !== undefined && found !== false && found !== null) return found;
    if (performance.now() > deadlineMs) throw new Error(`waited ${limitMs / 1000} s in vain: ${what}`);
    await sleep(lookEveryMs);
  }
}
