import {
  unpackSeries,
  type EvaluationLine,
  type SeriesForPlot,
  type Tick,
} from "../../../src-shared/contract/index.ts";
import { clockOf, type Clock } from "../../../src-shared/figures/clock.ts";
import { seriesNames, type Buckets, type IterationRange, type SeriesName } from "../../../src-shared/series.ts";
import { services } from "../../state/client.svelte.ts";
import { reading, type Reading } from "../../state/reading.svelte.ts";

/** As many as a wide plot has pixels: what a bucket hides, the screen could not show. */
const buckets = devicePixelRatio > 1.25 ? 1_600 : 800;
/** However fast a run trains. */
const restMs = 1_000;
/** A wheel that turns is one zoom, not sixty a second. */
const settleMs = 40;

export const isOf = (tick: Tick, id: string): boolean => tick.changed.runs.includes(id);
const trains = (tick: Tick, id: string): boolean => isOf(tick, id) || tick.live.some((run) => run.id === id);

export type SeriesBuckets = Readonly<Record<SeriesName, Buckets>>;

const byName = ({ series }: SeriesForPlot): SeriesBuckets =>
  Object.fromEntries(series.map(({ name, buckets: found }) => [name, found])) as unknown as SeriesBuckets;

interface RunCurvesOptions {
  readonly id: string;
  readonly iterations: () => number;
  /** Iterations on both sides of a range that smoothing looks at. */
  readonly margin: () => number;
}

/** Series and evaluations of one run, of the whole of it and of what is zoomed into; to be made while a component is set up. */
export class RunCurves {
  /** What is looked at; undefined for the whole run. */
  range: IterationRange | undefined = $state.raw();
  readonly evaluations: Reading<readonly EvaluationLine[]>;
  readonly #whole: Reading<SeriesBuckets>;
  readonly #near: Reading<{ readonly range: IterationRange; readonly series: SeriesBuckets } | undefined>;
  #wanted: IterationRange | undefined = $state.raw();

  constructor({ id, iterations, margin }: RunCurvesOptions) {
    const read = async (range: IterationRange, signal: AbortSignal): Promise<SeriesBuckets> =>
      byName(
        await unpackSeries(
          await services.series.read({ runs: [id], series: seriesNames, ...range, buckets }, { signal }),
        ),
      );
    const when = (tick: Tick): boolean => trains(tick, id);
    this.#whole = reading((signal) => read({ from: 0, to: iterations() }, signal), { when, restMs });
    this.#near = reading(
      async (signal) => {
        const range = this.#wanted;
        if (!range) return undefined;
        const wide = {
          from: Math.max(0, Math.floor(range.from - margin())),
          to: Math.min(iterations(), Math.ceil(range.to + margin())),
        };
        return { range: wide, series: await read(wide, signal) };
      },
      { when, restMs },
    );
    this.evaluations = reading((signal) => services.evaluations.list({ run: id }, { signal }), {
      when: (tick) => isOf(tick, id),
      restMs,
    });
    $effect(() => {
      const { range } = this;
      const timer = setTimeout(() => (this.#wanted = range), settleMs);
      return () => clearTimeout(timer);
    });
  }

  get error(): unknown {
    return this.#whole.error ?? this.#near.error ?? this.evaluations.error;
  }

  again(): void {
    for (const one of [this.#whole, this.#near, this.evaluations]) one.again();
  }

  /** Of the range that is looked at, as finely as it is known; coarse until it has been read. */
  get shown(): SeriesBuckets | undefined {
    const { range } = this;
    const near = this.#near.value;
    const isCovered = range && near && near.range.from <= range.from && near.range.to >= range.to;
    return isCovered ? near.series : this.#whole.value;
  }

  readonly clock: Clock | undefined = $derived.by(() => this.#whole.value && clockOf(this.#whole.value.stepMs));
  readonly whole: SeriesBuckets | undefined = $derived.by(() => this.#whole.value);
}
