const secondSignalAfterMs = 2_000;
const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

export interface StopSignal {
  /** Aborted by the first signal; its reason is the signal's name. */
  readonly told: AbortSignal;
  dispose(): void;
}

/**
 * Ctrl-C and its like: the first tells the work to end, with its checkpoints; another one, from two seconds later on (a
 * terminal may send the first twice), ends the process at once.
 *
 * @param onTold called with the first
 * @param onTwice called with the later one, before the process ends with 1
 */
export function onStopSignal(onTold: (signal: NodeJS.Signals) => void, onTwice: () => void): StopSignal {
  const controller = new AbortController();
  let toldAtMs = 0;
  const hear = (signal: NodeJS.Signals): void => {
    if (!controller.signal.aborted) {
      toldAtMs = performance.now();
      onTold(signal);
      controller.abort(signal);
    } else if (performance.now() - toldAtMs > secondSignalAfterMs) {
      onTwice();
      process.exit(1);
    }
  };
  for (const signal of signals) process.on(signal, hear);
  return {
    told: controller.signal,
    dispose: () => {
      for (const signal of signals) process.off(signal, hear);
    },
  };
}
