import { countOf, type Confusion } from "../../../src-shared/metrics.ts";

export const confusionModes = ["counts", "rows"] as const;
export type ConfusionMode = (typeof confusionModes)[number];

/** What is drawn of a cell: how dark it is, and what is written in it. */
export interface ConfusionCells {
  /** Of the worst mistake: 0 to 1. Not of the diagonal. */
  share(label: number, predicted: number): number;
  text(label: number, predicted: number): string;
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
