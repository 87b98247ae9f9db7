import { toWireNumber, type RunEvent } from "../../src-shared/runEvent.ts";

interface Iteration {
  readonly loss: number;
  /** Of the training batch, a fraction. */
  readonly accuracy: number;
  readonly learningRate: number;
  readonly elapsedMs: number;
}

const flushEveryMs = 1000;
const flushEveryIterations = 1000;

/** Collects iterations and writes them as one `progress` event about once a second. */
export class ProgressBatch {
  readonly #batchSize: number;
  readonly #write: (event: RunEvent) => void;
  #from = 0;
  #iterations: Iteration[] = [];
  #flushedAtMs = performance.now();

  constructor(batchSize: number, write: (event: RunEvent) => void) {
    this.#batchSize = batchSize;
    this.#write = write;
  }

  add(iteration: number, numbers: Iteration): void {
    if (this.#iterations.length === 0) this.#from = iteration;
    this.#iterations.push(numbers);
    const due = performance.now() - this.#flushedAtMs >= flushEveryMs;
    if (due || this.#iterations.length >= flushEveryIterations) this.flush();
  }

  flush(): void {
    this.#flushedAtMs = performance.now();
    const iterations = this.#iterations;
    if (iterations.length === 0) return;
    this.#iterations = [];
    const elapsedMs = iterations.reduce((sum, { elapsedMs: ms }) => sum + ms, 0);
    this.#write({
      type: "progress",
      timeMs: Date.now(),
      fromIteration: this.#from,
      loss: iterations.map(({ loss }) => toWireNumber(loss)),
      accuracy: iterations.map(({ accuracy }) => toWireNumber(accuracy)),
      learningRate: iterations.map(({ learningRate }) => toWireNumber(learningRate)),
      elapsedMs,
      imagesPerSecond: (1000 * this.#batchSize * iterations.length) / elapsedMs,
    });
  }
}
