import { unpackSeries, type Run } from "../../../src-shared/contract/index.ts";
import { services } from "../../state/client.svelte.ts";

const buckets = 48;
const mostRunsACall = 20;
const restMs = 3_000;

/**
 * Loss over a run's whole length for its row's sparkline, the mean of each bucket; read again while a run trains, three
 * seconds apart at least, and once for those that do not.
 */
export class LossLines {
  lines: ReadonlyMap<string, Float32Array> = $state.raw(new Map());
  readonly #read = new Map<string, number>();
  #isReading = false;
  #lastMs = -Infinity;

  /** @param shown whose lines are wanted; to be called again whenever they change */
  async follow(shown: readonly Run[]): Promise<void> {
    const stale = shown.filter(({ id, iteration }) => iteration > 1 && this.#read.get(id) !== iteration);
    if (stale.length === 0 || this.#isReading || performance.now() - this.#lastMs < restMs) return;
    this.#isReading = true;
    this.#lastMs = performance.now();
    try {
      // A call has one range: runs of one length together.
      for (const runs of Map.groupBy(stale, ({ iterations }) => iterations).values()) {
        for (let at = 0; at < runs.length; at += mostRunsACall)
          await this.#readSome(runs.slice(at, at + mostRunsACall));
      }
    } catch {
      // A sparkline less; what is wrong shows where it matters, and the next change tries again.
    } finally {
      this.#isReading = false;
    }
  }

  async #readSome(runs: readonly Run[]): Promise<void> {
    const to = runs[0].iterations;
    const ids = runs.map(({ id }) => id);
    const { series } = await unpackSeries(await services.series.read({ runs: ids, series: ["loss"], buckets, to }));
    const lines = new Map(this.lines);
    for (const { run, buckets: found } of series) lines.set(run, found.mean);
    for (const { id, iteration } of runs) this.#read.set(id, iteration);
    this.lines = lines;
  }
}
