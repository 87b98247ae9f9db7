/** A column: what stands above it, and whether it holds numbers, which end at its right edge. */
export interface Column {
  readonly title: string;
  readonly numbers?: boolean;
}

/** Rows with aligned columns, the titles first; columns in which every cell is empty are left out. */
export function textTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const shown = columns
    .map(({ title, numbers = false }, index) => ({ title, numbers, index }))
    .filter(({ index }) => rows.some((row) => row[index] !== ""))
    .map((column) => ({
      ...column,
      width: Math.max(column.title.length, ...rows.map((row) => row[column.index].length)),
    }));
  const line = (cell: (column: (typeof shown)[number]) => string): string =>
    shown
      .map((column) => (column.numbers ? cell(column).padStart(column.width) : cell(column).padEnd(column.width)))
      .join("  ")
      .trimEnd();
  return [line(({ title }) => title), ...rows.map((row) => line(({ index }) => row[index]))];
}
