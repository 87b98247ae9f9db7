import { setImmediate as nextLoop } from "node:timers/promises";

let last: Promise<void> = Promise.resolve();

/**
 * Waits for a turn of the event loop that no other slice of long work has: eight readers that each waited for the next
 * turn alone would all be in the same one, and whoever waits behind them would wait for eight slices.
 */
export function ownTurn(): Promise<void> {
  return (last = last.then(() => nextLoop()));
}
