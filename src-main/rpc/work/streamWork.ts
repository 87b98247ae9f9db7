import { toWireError } from "../wireErrors.ts";

/**
 * Work that says what it is at, as a stream of its steps that ends with the work. Whoever stops listening stops the work.
 *
 * @param work told to stop by its signal
 * @param signal of the call
 */
export async function* streamWork<Step>(
  work: (onStep: (step: Step) => void, signal: AbortSignal) => Promise<void>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Step, void, void> {
  const steps: Step[] = [];
  const stop = new AbortController();
  let wake = () => {};
  let done = false;
  const onAbort = () => {
    stop.abort();
    wake();
  };
  if (signal?.aborted) onAbort();
  signal?.addEventListener("abort", onAbort);
  const onStep = (step: Step): void => {
    steps.push(step);
    wake();
  };
  const ended = work(onStep, stop.signal).finally(() => {
    done = true;
    wake();
  });
  // Its failure is thrown below, unless nobody listens any more.
  ended.catch(() => {});
  try {
    while (!stop.signal.aborted) {
      const step = steps.shift();
      if (step !== undefined) yield step;
      else if (done) break;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
    // Nobody is there to be told that it was stopped.
    await (stop.signal.aborted ? ended.catch(() => {}) : ended);
  } catch (error) {
    // A procedure's own errors are translated around it; those of a stream come after it.
    throw toWireError(error);
  } finally {
    signal?.removeEventListener("abort", onAbort);
    stop.abort();
  }
}
