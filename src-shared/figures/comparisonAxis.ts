import type { Clock } from "./clock.ts";
import { counted, timed, timeUnitOf, type AxisTexts, type CurveAxis } from "./curveAxis.ts";
import type { PlotAxis } from "./plot.ts";
import type { IterationRange } from "../series.ts";

/** A run along an axis that several share. */
export interface AxisRun {
  readonly id: string;
  readonly iterations: number;
  readonly epochIterations: number | null;
}

export interface ComparisonX {
  of(run: string, iteration: number): number;
  /** Iterations that any of the runs has between two places of the axis. */
  iterationsIn(range: { readonly from: number; readonly to: number }): IterationRange;
  readonly axis: PlotAxis;
}

export interface ComparisonXOptions {
  readonly axis: CurveAxis;
  readonly runs: readonly AxisRun[];
  readonly clocks: ReadonlyMap<string, Clock>;
  /** What is shown, in units of the axis; undefined for all of the longest run. */
  readonly shown: { readonly from: number; readonly to: number } | undefined;
  readonly texts: AxisTexts;
}

/** Each run by its own epochs and its own clock: a quick network is done sooner. */
export function comparisonX({ axis, runs, clocks, shown, texts }: ComparisonXOptions): ComparisonX {
  const wholeMs = runs.map(({ id, iterations }) => clocks.get(id)?.msAt(iterations) ?? 0);
  const unit = timeUnitOf(Math.max(0, ...wholeMs));
  const maps = new Map(runs.map((run) => [run.id, mapOf(axis, run, clocks.get(run.id), unit.ms)]));
  const end = Math.max(1e-9, ...runs.map(({ id, iterations }) => maps.get(id)!.of(iterations)));
  const { from, to } = shown ?? { from: 0, to: end };
  return {
    of: (run, iteration) => maps.get(run)?.of(iteration) ?? NaN,
    iterationsIn: (range) => ({
      from: Math.min(...runs.map(({ id }) => maps.get(id)!.iterationAt(range.from))),
      to: Math.max(...runs.map(({ id }) => maps.get(id)!.iterationAt(range.to))),
    }),
    axis: axis === "time" ? timed(texts[unit.text], from, to) : counted(texts[axis], from, to),
  };
}

interface RunMap {
  of(iteration: number): number;
  iterationAt(x: number): number;
}

function mapOf(axis: CurveAxis, { epochIterations }: AxisRun, clock: Clock | undefined, unitMs: number): RunMap {
  if (axis === "time") {
    return {
      of: (iteration) => (clock?.msAt(iteration) ?? NaN) / unitMs,
      iterationAt: (x) => clock?.iterationAt(x * unitMs) ?? 0,
    };
  }
  const perUnit = axis === "epoch" ? (epochIterations ?? 1) : 1;
  return { of: (iteration) => iteration / perUnit, iterationAt: (x) => x * perUnit };
}
