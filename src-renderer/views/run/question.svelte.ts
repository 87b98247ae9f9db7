import type { PredictionOfImage } from "../../../src-shared/contract/index.ts";

/** What a network was asked about an image, and what it says: one question at a time, the newest. */
export class Question {
  answer: PredictionOfImage | undefined = $state.raw();
  error: unknown = $state.raw();
  isOpen = $state(false);
  #stop = new AbortController();

  async ask(show: (signal: AbortSignal) => Promise<PredictionOfImage>): Promise<void> {
    this.drop();
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    this.isOpen = true;
    try {
      const answer = await show(signal);
      if (!signal.aborted) this.answer = answer;
    } catch (error) {
      if (!signal.aborted) this.error = error;
    } finally {
      if (!signal.aborted) this.isOpen = false;
    }
  }

  /** It is not wanted any more; its process ends. */
  drop(): void {
    this.#stop.abort();
    this.isOpen = false;
    this.answer = undefined;
    this.error = undefined;
  }
}
