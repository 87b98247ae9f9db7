import type { Plan, Run, StudyCell } from "../../../src-shared/contract/index.ts";
import type { Family, Shortcut } from "../../../src-shared/runConfig.ts";

/** A study's cells as a table: depths down, networks across, seeds within a place. */

export interface GridColumn {
  readonly key: string;
  readonly family: Family;
  /** Only where the study has several. */
  readonly shortcut: Shortcut | undefined;
}

export interface GridPlace {
  readonly column: GridColumn;
  /** By seed. */
  readonly cells: readonly StudyCell[];
  /** Of the last models of what is done, as fractions; undefined below two of them. */
  readonly accuracy: { readonly mean: number; readonly std: number } | undefined;
}

export interface GridRow {
  readonly depth: number;
  readonly places: readonly GridPlace[];
}

export interface StudyGrid {
  readonly columns: readonly GridColumn[];
  readonly rows: readonly GridRow[];
  readonly seeds: number;
}

/** @param cells as `studies.show` has them @param runs as they are by now, where that is known */
export function studyGrid(cells: readonly StudyCell[], runs: ReadonlyMap<string, Run>): StudyGrid {
  const hasShortcuts =
    new Set(cells.filter(({ family }) => family === "residual").map(({ shortcut }) => shortcut)).size > 1;
  const columnOf = ({ family, shortcut }: StudyCell): GridColumn =>
    family === "plain" || !hasShortcuts
      ? { key: family, family, shortcut: undefined }
      : { key: `${family} ${shortcut}`, family, shortcut };
  const columns = [...new Map(cells.map((cell) => [columnOf(cell).key, columnOf(cell)])).values()];
  const depths = [...new Set(cells.map(({ depth }) => depth))].sort((a, b) => a - b);
  const fresh = cells
    .map((cell): StudyCell => ({ ...cell, run: (cell.run && runs.get(cell.run.id)) ?? cell.run }))
    .sort((a, b) => a.seed - b.seed);
  return {
    columns,
    rows: depths.map((depth) => ({
      depth,
      places: columns.map((column) => {
        const here = fresh.filter((cell) => cell.depth === depth && columnOf(cell).key === column.key);
        return { column, cells: here, accuracy: spread(here) };
      }),
    })),
    seeds: new Set(cells.map(({ seed }) => seed)).size,
  };
}

function spread(cells: readonly StudyCell[]): GridPlace["accuracy"] {
  const done = cells.flatMap(({ run }) => (run?.status === "finished" ? (run.testAccuracy ?? []) : []));
  if (done.length < 2) return undefined;
  const mean = done.reduce((sum, value) => sum + value, 0) / done.length;
  const squares = done.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, std: Math.sqrt(squares / (done.length - 1)) };
}

/** The part of the queue's plan that is of these runs. */
export const planOf = (plan: Plan, isOf: (run: string) => boolean): Plan["runs"] =>
  plan.runs.filter(({ id }) => isOf(id));

/** When all of it is done; undefined where nothing waits, null where something never fits. */
export function endOf(runs: Plan["runs"]): number | null | undefined {
  if (runs.length === 0) return undefined;
  return runs.some(({ endMs }) => endMs === null) ? null : Math.max(...runs.map(({ endMs }) => endMs!));
}
