import type { Palette } from "../../../src-shared/figures/palette.ts";
import { countOf, type Confusion, type CountMatrix } from "../../../src-shared/metrics.ts";

export const confusionModes = ["counts", "rows"] as const;
export type ConfusionMode = (typeof confusionModes)[number];

/** What is drawn of a cell: how dark it is, and what is written in it. */
export interface ConfusionCells {
  /** Of the worst mistake: 0 to 1. Not of the diagonal. */
  share(label: number, predicted: number): number;
  text(label: number, predicted: number): string;
  /** Of a difference: fewer mistakes, which has a colour of its own. */
  isFewer?(label: number, predicted: number): boolean;
}

export function confusionCells(confusion: Confusion, mode: ConfusionMode): ConfusionCells {
  const { classes } = confusion;
  const rowImages = Array.from({ length: classes }, (_, label) =>
    confusion.counts.subarray(label * classes, (label + 1) * classes).reduce((sum, count) => sum + count, 0),
  );
  const value = (label: number, predicted: number): number => {
    const count = countOf(confusion, label, predicted);
    return mode === "counts" ? count : rowImages[label] > 0 ? count / rowImages[label] : 0;
  };
  let most = 0;
  for (let label = 0; label < classes; label++) {
    for (let predicted = 0; predicted < classes; predicted++) {
      if (label !== predicted) most = Math.max(most, value(label, predicted));
    }
  }
  return {
    share: (label, predicted) => (most > 0 ? value(label, predicted) / most : 0),
    text: (label, predicted) =>
      mode === "counts" ? String(value(label, predicted)) : (100 * value(label, predicted)).toFixed(1),
  };
}

/** Of a difference of two: the darker, the larger; its sign is written. */
export function differenceCells(difference: CountMatrix): ConfusionCells {
  const { classes } = difference;
  let most = 0;
  for (let label = 0; label < classes; label++) {
    for (let predicted = 0; predicted < classes; predicted++) {
      if (label !== predicted) most = Math.max(most, Math.abs(countOf(difference, label, predicted)));
    }
  }
  const value = (label: number, predicted: number): number => countOf(difference, label, predicted);
  return {
    share: (label, predicted) => (most > 0 ? Math.abs(value(label, predicted)) / most : 0),
    text: (label, predicted) => signed(value(label, predicted)),
    isFewer: (label, predicted) => value(label, predicted) < 0,
  };
}

/** "+12", "−3", "0": a minus sign is as wide as a plus. */
export const signed = (value: number): string => (value > 0 ? `+${value}` : value < 0 ? `−${-value}` : "0");

/** The colours that a cell is drawn in, from none to the most. */
export const heatOf = (palette: Palette, cells: ConfusionCells, label: number, predicted: number): Palette["heat"] =>
  cells.isFewer?.(label, predicted) ? palette.heat : palette.heatError;
