/** When so many updates were done, or taken up again. */
export interface Moment {
  readonly iteration: number;
  readonly timeMs: number;
}

/**
 * When each iteration ended, in milliseconds since 1970. A step's time is known, the hour only here and there (an
 * evaluation, a checkpoint, the end): times are counted back from the next moment, and forward where none comes any more.
 * They never run backwards, so that a pause lies where it was.
 *
 * @param stepMs of the iterations from `from` on; one that is not finite counts as 0
 * @param moments in ascending order of time; at least one, of the start
 */
export function iterationTimes(from: number, stepMs: Float32Array, moments: readonly Moment[]): Float64Array {
  const times = new Float64Array(stepMs.length);
  const took = (at: number): number => (Number.isFinite(stepMs[at]) ? stepMs[at] : 0);
  let before = moments[0].timeMs;
  let at = 0;
  for (const { iteration, timeMs } of moments) {
    const end = Math.min(stepMs.length, iteration - from);
    for (let back = end - 1, time = timeMs; back >= at; time -= took(back--)) times[back] = Math.max(before, time);
    at = Math.max(at, end);
    before = Math.max(before, timeMs);
  }
  for (; at < stepMs.length; at++) times[at] = before += took(at);
  return times;
}
