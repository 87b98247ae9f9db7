import type { WorkStep } from "../../src-shared/contract/index.ts";

/**
 * Work that takes a while and can be stopped: a download, an import, a repair. It is the window's, not a view's: whoever
 * looks elsewhere meanwhile finds it where it is.
 */
export class LongWork {
  isRunning = $state(false);
  /** What it said last. */
  step: WorkStep | undefined = $state.raw();
  error: unknown = $state.raw();
  #stop = new AbortController();

  /** 0 to 1; undefined while the end is not known. */
  get share(): number | undefined {
    if (this.step?.type !== "progress" || !this.step.total) return undefined;
    return this.step.done / this.step.total;
  }

  /**
   * @param begin gives the steps; to stop, they are no longer listened to
   * @returns whether it came to its end
   */
  async run(begin: (signal: AbortSignal) => Promise<AsyncIterable<WorkStep | { type: "done" }>>): Promise<boolean> {
    if (this.isRunning) return false;
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    [this.isRunning, this.step, this.error] = [true, undefined, undefined];
    try {
      const steps = await begin(signal);
      for await (const step of steps) {
        if (signal.aborted) return false;
        if (step.type !== "done") this.step = step;
      }
      return !signal.aborted;
    } catch (error) {
      // Whoever stops it need not be told that it was stopped.
      if (!signal.aborted) this.error = error;
      return false;
    } finally {
      this.isRunning = false;
    }
  }

  stop(): void {
    this.#stop.abort();
  }

  forget(): void {
    this.error = undefined;
  }
}

const works = new Map<string, LongWork>();

/** The work of that name: "dataset cifar10", "repair engine". */
export function workOf(name: string): LongWork {
  let work = works.get(name);
  if (!work) works.set(name, (work = new LongWork()));
  return work;
}
