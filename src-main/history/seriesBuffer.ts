import { seriesNames, type SeriesName } from "../../src-shared/series.ts";
import type { Points } from "./seriesRows.ts";

/** Where a run's values are kept for good. */
export interface SeriesStore {
  truncate(iteration: number): void;
  append(points: Points): void;
}

interface Piece {
  readonly from: number;
  readonly columns: Record<SeriesName, number[]>;
}

const endOf = ({ from, columns }: Piece): number => from + columns.loss.length;

/**
 * Collects the values of many lines, so that each row of the store is written once; says what of the store they replace.
 * Each iteration stands once: values that come again replace those that were there, and all that came after them.
 */
export class SeriesBuffer {
  #storedEnd: number;
  #truncatesAt: number | undefined;
  #pieces: Piece[] = [];

  /** @param storedEnd the iteration after the last one in the store */
  constructor(storedEnd: number) {
    this.#storedEnd = storedEnd;
  }

  add(from: number, columns: Readonly<Record<SeriesName, readonly number[]>>): void {
    this.truncate(from);
    let last = this.#pieces.at(-1);
    if (last === undefined || endOf(last) !== from) {
      last = { from, columns: { loss: [], accuracy: [], learningRate: [], stepMs: [] } };
      this.#pieces.push(last);
    }
    for (const name of seriesNames) {
      const column = last.columns[name];
      for (const value of columns[name]) column.push(value);
    }
  }

  /** Drops every value at `iteration` and after it. */
  truncate(iteration: number): void {
    if (iteration < this.#storedEnd) {
      this.#storedEnd = iteration;
      this.#truncatesAt = iteration;
    }
    while (this.#pieces.length > 0 && this.#pieces.at(-1)!.from >= iteration) this.#pieces.pop();
    const last = this.#pieces.at(-1);
    if (last === undefined || endOf(last) <= iteration) return;
    for (const name of seriesNames) last.columns[name].length = iteration - last.from;
  }

  flush(store: SeriesStore): void {
    if (this.#truncatesAt !== undefined) store.truncate(this.#truncatesAt);
    for (const { from, columns } of this.#pieces) {
      store.append({
        from,
        columns: {
          loss: Float32Array.from(columns.loss),
          accuracy: Float32Array.from(columns.accuracy),
          learningRate: Float32Array.from(columns.learningRate),
          stepMs: Float32Array.from(columns.stepMs),
        },
      });
    }
  }
}
