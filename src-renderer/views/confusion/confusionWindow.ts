/** Which classes of a confusion matrix are shown: rows are true classes, columns predicted ones; ends are not within. */
export interface ConfusionWindow {
  readonly rows: readonly [from: number, to: number];
  readonly columns: readonly [from: number, to: number];
}

export interface Cell {
  readonly label: number;
  readonly predicted: number;
}

/** So many classes have room for numbers; more are drawn as a picture. */
export const mostInTable = 20;
/** Zooming in ends with so many. */
const least = 4;

export const whole = (classes: number): ConfusionWindow => ({ rows: [0, classes], columns: [0, classes] });

export const isWhole = ({ rows, columns }: ConfusionWindow, classes: number): boolean =>
  span(rows) === classes && span(columns) === classes;

export const span = ([from, to]: readonly [number, number]): number => to - from;

export const fitsTable = ({ rows, columns }: ConfusionWindow): boolean =>
  span(rows) <= mostInTable && span(columns) <= mostInTable;

/** Two cells as corners. */
export function between(a: Cell, b: Cell, classes: number): ConfusionWindow {
  const range = (x: number, y: number): readonly [number, number] =>
    within(Math.min(x, y), Math.max(x, y) + 1, classes);
  return { rows: range(a.label, b.label), columns: range(a.predicted, b.predicted) };
}

/** @param factor above 1: fewer classes, around a cell */
export function zoomed(window: ConfusionWindow, around: Cell, factor: number, classes: number): ConfusionWindow {
  const range = (ends: readonly [number, number], middle: number): readonly [number, number] => {
    const length = Math.round(span(ends) / factor);
    return within(Math.round(middle + 0.5 - length / 2), Math.round(middle + 0.5 - length / 2) + length, classes);
  };
  return { rows: range(window.rows, around.label), columns: range(window.columns, around.predicted) };
}

/** Moved so that it lies among the classes, and is not too small. */
function within(from: number, to: number, classes: number): readonly [number, number] {
  const length = Math.min(classes, Math.max(Math.min(least, classes), to - from));
  const start = Math.min(classes - length, Math.max(0, from));
  return [start, start + length];
}

/** The cell that a key leads to from another; undefined for keys that lead nowhere. */
export function moved({ label, predicted }: Cell, key: string, { rows, columns }: ConfusionWindow): Cell | undefined {
  const clamp = (value: number, [from, to]: readonly [number, number]): number =>
    Math.min(to - 1, Math.max(from, value));
  switch (key) {
    case "ArrowLeft":
      return { label, predicted: clamp(predicted - 1, columns) };
    case "ArrowRight":
      return { label, predicted: clamp(predicted + 1, columns) };
    case "ArrowUp":
      return { label: clamp(label - 1, rows), predicted };
    case "ArrowDown":
      return { label: clamp(label + 1, rows), predicted };
    case "Home":
      return { label, predicted: columns[0] };
    case "End":
      return { label, predicted: columns[1] - 1 };
    default:
      return undefined;
  }
}
