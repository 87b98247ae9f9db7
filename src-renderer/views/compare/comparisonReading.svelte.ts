import { unpackSeries, type ComparedRun, type SeriesForPlot, type Tick } from "../../../src-shared/contract/index.ts";
import { clockOf, type Clock } from "../../../src-shared/figures/clock.ts";
import { comparisonX, type ComparisonX } from "../../../src-shared/figures/comparisonAxis.ts";
import {
  seriesOfMetric,
  type ComparedSeries,
  type ComparisonData,
} from "../../../src-shared/figures/comparisonData.ts";
import type { ComparisonMetric, ComparisonRecipe } from "../../../src-shared/figures/comparisonRecipe.ts";
import type { AxisTexts, CurveAxis } from "../../../src-shared/figures/curveAxis.ts";
import { smoothingIterations } from "../../../src-shared/figures/smoothingChoice.ts";
import type { IterationRange } from "../../../src-shared/series.ts";
import { reachOf } from "../../../src-shared/smoothing.ts";
import type { XRange } from "../../charts/ChartSurface.svelte";
import { services } from "../../state/client.svelte.ts";
import { reading, type Reading } from "../../state/reading.svelte.ts";
import { workbench } from "../../state/workbench.svelte.ts";

/** As many as the plot has pixels; of many runs fewer, which then lie over each other anyway. */
const bucketsOf = (runs: number): number => (runs <= 16 ? 800 : 400);
const clockBuckets = 400;
/** However fast they train. */
const restMs = 1_000;
/** A wheel that turns is one zoom, not sixty a second. */
const settleMs = 40;

interface ReadSeries {
  readonly metric: ComparisonMetric;
  readonly range: IterationRange;
  readonly series: ReadonlyMap<string, ComparedSeries>;
}

const byRun = ({ series }: SeriesForPlot): ReadonlyMap<string, ComparedSeries> =>
  new Map(series.map(({ run, buckets, whole }) => [run, { buckets, whole }]));

/** Runs that are compared, with the series of the metric that is looked at; to be made while a component is set up. */
export class ComparisonReading {
  /** What is zoomed into, in units of the axis; undefined for the whole. */
  zoom: XRange | undefined = $state.raw();
  readonly #recipe: () => ComparisonRecipe;
  readonly #texts: AxisTexts;
  readonly #runs: Reading<readonly ComparedRun[]>;
  readonly #whole: Reading<ReadSeries | undefined>;
  readonly #near: Reading<ReadSeries | undefined>;
  readonly #clocks: Reading<ReadonlyMap<string, Clock>>;
  #wanted: IterationRange | undefined = $state.raw();

  /** Those of the recipe that are there, as text, so that nothing is read anew while they stay the same. */
  readonly #ids = $derived.by(() =>
    this.#recipe()
      .runs.filter((id) => workbench.runs.has(id))
      .join(" "),
  );
  readonly #metric = $derived.by(() => this.#recipe().metric);
  readonly #takesTime = $derived.by(() => this.#recipe().axis === "time");
  readonly #end = $derived.by(() => Math.max(1, ...this.#list().map((id) => workbench.runs.get(id)?.iterations ?? 0)));

  constructor(recipe: () => ComparisonRecipe, texts: AxisTexts) {
    this.#recipe = recipe;
    this.#texts = texts;
    const isOne = (id: string): boolean => this.#ids.includes(id);
    const when = (tick: Tick): boolean => tick.changed.runs.some(isOne) || tick.live.some(({ id }) => isOne(id));
    const options = { when, restMs };
    this.#runs = reading(
      async (signal) => {
        const runs = this.#list();
        return runs.length === 0 ? [] : services.comparisons.read({ runs }, { signal });
      },
      { when: (tick) => tick.changed.runs.some(isOne) || tick.changed.datasets, restMs },
    );
    this.#whole = reading((signal) => this.#read({ from: 0, to: this.#end }, signal), options);
    this.#near = reading(async (signal) => {
      const range = this.#wanted;
      return range && this.#read(range, signal);
    }, options);
    this.#clocks = reading(async (signal) => {
      const runs = this.#list();
      if (!this.#takesTime || runs.length === 0) return new Map();
      const wanted = { runs, series: ["stepMs"] as const, from: 0, to: this.#end, buckets: clockBuckets };
      const { series } = await unpackSeries(await services.series.read(wanted, { signal }));
      return new Map(series.map(({ run, buckets }) => [run, clockOf(buckets)]));
    }, options);
    $effect(() => {
      const range = this.#rangeOfZoom();
      const timer = setTimeout(() => (this.#wanted = range), settleMs);
      return () => clearTimeout(timer);
    });
  }

  #list(): string[] {
    return this.#ids === "" ? [] : this.#ids.split(" ");
  }

  async #read(range: IterationRange, signal: AbortSignal): Promise<ReadSeries | undefined> {
    const [runs, metric] = [this.#list(), this.#metric];
    const name = seriesOfMetric[metric];
    if (name === undefined || runs.length === 0) return { metric, range, series: new Map() };
    const blob = await services.series.read(
      { runs, series: [name], ...range, buckets: bucketsOf(runs.length) },
      { signal },
    );
    return { metric, range, series: byRun(await unpackSeries(blob)) };
  }

  /** With what smoothing looks at beyond both ends. */
  #rangeOfZoom(): IterationRange | undefined {
    if (!this.zoom || !this.x) return undefined;
    const { from, to } = this.x.iterationsIn(this.zoom);
    const margin = reachOf(smoothingIterations(this.#recipe().smoothing, this.#end));
    return { from: Math.max(0, Math.floor(from - margin)), to: Math.min(this.#end, Math.ceil(to + margin) + 1) };
  }

  /** Undefined until they have been read. */
  get runs(): readonly ComparedRun[] | undefined {
    return this.#runs.value;
  }

  get error(): unknown {
    return this.#runs.error ?? this.#whole.error ?? this.#near.error ?? this.#clocks.error;
  }

  again(): void {
    for (const one of [this.#runs, this.#whole, this.#near, this.#clocks]) one.again();
  }

  /** Epochs where every run has some; undefined until the runs have been read. */
  readonly axis: CurveAxis = $derived.by(() => {
    const { axis } = this.#recipe();
    return axis === "epoch" && !this.hasEpochs ? "iteration" : axis;
  });
  readonly hasEpochs = $derived.by(
    () => this.#runs.value !== undefined && this.#runs.value.every(({ epochIterations }) => epochIterations !== null),
  );

  /** Undefined until what it needs has been read. */
  readonly x: ComparisonX | undefined = $derived.by(() => {
    const [runs, clocks] = [this.#runs.value, this.#clocks.value];
    if (!runs || runs.length === 0) return undefined;
    if (this.axis === "time" && !runs.every(({ id }) => clocks?.has(id))) return undefined;
    return comparisonX({
      ...{ axis: this.axis, runs, clocks: clocks ?? new Map(), texts: this.#texts },
      shown: this.zoom,
    });
  });

  /** What is drawn: of the range that is looked at as finely as it is known; coarse until it has been read. */
  readonly data: ComparisonData | undefined = $derived.by(() => {
    const [runs, whole, near] = [this.#runs.value, this.#whole.value, this.#near.value];
    if (!runs || !this.x || whole?.metric !== this.#metric) return undefined;
    const wanted = this.zoom && this.x.iterationsIn(this.zoom);
    const isCovered =
      wanted &&
      near?.metric === this.#metric &&
      near.range.from <= wanted.from &&
      near.range.to >= Math.min(this.#end, wanted.to);
    const read = isCovered ? near : whole;
    // Runs that were added are read one after the other: those that have both are drawn.
    return { runs, series: read.series, range: read.range, clocks: this.#clocks.value ?? new Map() };
  });
}
