/** The table's columns, as they follow each other; each with the pixels that its longest usual content takes. */
const columnTable = [
  { column: "state", pixels: 104, isNumber: false, isFirst: true },
  { column: "name", pixels: 176, isNumber: false, isFirst: true },
  { column: "data", pixels: 84, isNumber: false, isFirst: true },
  { column: "shortcut", pixels: 92, isNumber: false, isFirst: false },
  { column: "study", pixels: 130, isNumber: false, isFirst: false },
  { column: "last", pixels: 88, isNumber: true, isFirst: true },
  { column: "best", pixels: 88, isNumber: true, isFirst: true },
  { column: "loss", pixels: 68, isNumber: true, isFirst: true },
  { column: "iterations", pixels: 112, isNumber: true, isFirst: true },
  { column: "speed", pixels: 92, isNumber: true, isFirst: false },
  { column: "time", pixels: 94, isNumber: true, isFirst: true },
  { column: "tags", pixels: 118, isNumber: false, isFirst: true },
  { column: "created", pixels: 104, isNumber: false, isFirst: true },
] as const;

export type Column = (typeof columnTable)[number]["column"];

export const columns: readonly Column[] = columnTable.map(({ column }) => column);
/** Those that are there until somebody chooses. */
export const firstColumns: readonly Column[] = columnTable.flatMap(({ column, isFirst }) => (isFirst ? [column] : []));
/** Without these two a row says nothing. */
export const fixedColumns: readonly Column[] = ["state", "name"];

const byName = new Map(columnTable.map((entry) => [entry.column, entry]));
export const isNumberColumn = (column: Column): boolean => byName.get(column)!.isNumber;
export const columnPixels = (column: Column): number => byName.get(column)!.pixels;

/** Where there is no room for all of them: these go first, the first of them before all others. */
const dispensable: readonly Column[] = ["tags", "time", "created", "data", "loss", "iterations", "best"];

/** The columns that are there until somebody chooses, as far as they fit into so many pixels. */
export function fittingColumns(pixels: number): readonly Column[] {
  const left = new Set(firstColumns);
  const sum = () => [...left].reduce((all, column) => all + columnPixels(column), 0);
  for (const column of dispensable) {
    if (sum() <= pixels) break;
    left.delete(column);
  }
  return firstColumns.filter((column) => left.has(column));
}

/** Columns as they are kept: "state name best". Undefined where nothing sensible is. */
export function parseColumns(text: string | null): readonly Column[] | undefined {
  if (text === null) return undefined;
  const words = new Set(text.split(" "));
  const known = columns.filter((column) => words.has(column) || fixedColumns.includes(column));
  return known.length > fixedColumns.length || text === fixedColumns.join(" ") ? known : undefined;
}

export const columnsText = (chosen: readonly Column[]): string => chosen.join(" ");
