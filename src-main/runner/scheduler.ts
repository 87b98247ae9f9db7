/** What the scheduler knows of a run that waits for its turn. */
export interface WaitingRun {
  readonly id: string;
  /** Fixed once the run has started, or as asked for; otherwise the scheduler decides. */
  readonly threads: number | undefined;
  readonly memoryBytes: number;
}

export interface RunningRun {
  readonly threads: number;
  readonly memoryBytes: number;
}

/** A device's slots: cores to give away, and memory for all trainers together. */
export interface Resources {
  readonly cores: number;
  readonly memoryBytes: number;
  /** Trainers at once; Infinity: as many as there are cores. */
  readonly slots: number;
}

export type NextStart =
  | { readonly kind: "start"; readonly id: string; readonly threads: number }
  /** It can never fit: told so instead of started, so that it does not block those behind it. */
  | { readonly kind: "refuse"; readonly id: string; readonly memoryBytes: number; readonly availableBytes: number }
  /** It is this one's turn, but a running one must end first. */
  | { readonly kind: "wait"; readonly id: string; readonly for: "slots" | "cores" | "memory" };

/**
 * Which of the waiting runs starts now, in their order; nobody overtakes, so that a run that needs all cores gets its
 * turn. On a CPU packing is the default: while at least as many runs wait as cores are free, each gets one core, since
 * single-threaded trainers side by side do more together than one with all cores (docs/performance.md); when fewer
 * wait, the free cores are shared out among them.
 *
 * @returns undefined where none waits
 */
export function nextStart(
  waiting: readonly WaitingRun[],
  running: readonly RunningRun[],
  resources: Resources,
): NextStart | undefined {
  const [first] = waiting;
  if (!first) return undefined;
  if (first.memoryBytes > resources.memoryBytes) {
    const { id, memoryBytes } = first;
    return { kind: "refuse", id, memoryBytes, availableBytes: resources.memoryBytes };
  }
  const freeSlots = resources.slots - running.length;
  if (freeSlots < 1) return { kind: "wait", id: first.id, for: "slots" };
  const freeCores = resources.cores - running.reduce((sum, { threads }) => sum + threads, 0);
  const freeBytes = resources.memoryBytes - running.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0);
  const threads = first.threads ?? Math.max(1, Math.floor(freeCores / Math.min(freeCores, freeSlots, waiting.length)));
  // More threads than the machine has cores is a person's wish: such a run has the machine to itself.
  if (Math.min(threads, resources.cores) > freeCores || freeCores < 1)
    return { kind: "wait", id: first.id, for: "cores" };
  if (first.memoryBytes > freeBytes) return { kind: "wait", id: first.id, for: "memory" };
  return { kind: "start", id: first.id, threads };
}
