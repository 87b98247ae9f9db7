/** What a classifier did on a test set, from its predictions: pure. */

export interface Confusion {
  readonly classes: number;
  /** [true][predicted], row by row: how many images of a class were taken for which. */
  readonly counts: Uint32Array;
}

/** Of one class. Null where it cannot be said: no image of it, or none taken for it. */
export interface ClassScore {
  /** Images of it. */
  readonly images: number;
  /** Images taken for it. */
  readonly predicted: number;
  /** Of what was taken for it, the share that is. */
  readonly precision: number | null;
  /** Of what is, the share that was found. */
  readonly recall: number | null;
  /** Harmonic mean of the two; 0 where nothing was right. */
  readonly f1: number | null;
}

/**
 * @param labels, predicted one class an image, of equal length
 * @param classes how many there are; a class beyond them (a damaged data set) counts as one more
 */
export function confusionOf(labels: Uint8Array, predicted: Uint8Array, classes: number): Confusion {
  let highest = classes - 1;
  for (let image = 0; image < labels.length; image++) highest = Math.max(highest, labels[image], predicted[image]);
  const size = highest + 1;
  const counts = new Uint32Array(size * size);
  for (let image = 0; image < labels.length; image++) counts[labels[image] * size + predicted[image]]++;
  return { classes: size, counts };
}

/** Numbers of images by true class and predicted class, row by row; below 0 where it is a difference of two. */
export interface CountMatrix {
  readonly classes: number;
  readonly counts: ArrayLike<number>;
}

export const countOf = ({ classes, counts }: CountMatrix, label: number, predicted: number): number =>
  counts[label * classes + predicted];

/** Share of the images that were taken for what they are; null without images. */
export function accuracyOf(confusion: Confusion): number | null {
  let right = 0;
  for (let label = 0; label < confusion.classes; label++) right += countOf(confusion, label, label);
  return ratio(right, total(confusion.counts));
}

export function classScores(confusion: Confusion): ClassScore[] {
  const { classes } = confusion;
  const each = Array.from({ length: classes }, (_, index) => index);
  return each.map((label) => {
    const right = countOf(confusion, label, label);
    const images = each.reduce((sum, other) => sum + countOf(confusion, label, other), 0);
    const predicted = each.reduce((sum, other) => sum + countOf(confusion, other, label), 0);
    return {
      images,
      predicted,
      precision: ratio(right, predicted),
      recall: ratio(right, images),
      f1: ratio(2 * right, images + predicted),
    };
  });
}

/** A pair of classes that is mixed up. */
export interface Mistake {
  readonly label: number;
  readonly predicted: number;
  readonly images: number;
  /** Of the images of that class. */
  readonly share: number;
}

/** Off the diagonal, most images first; those that never happened are none. */
export function mistakesOf(confusion: Confusion): Mistake[] {
  const { classes } = confusion;
  const found: Mistake[] = [];
  for (let label = 0; label < classes; label++) {
    const row = confusion.counts.subarray(label * classes, (label + 1) * classes);
    const images = total(row);
    for (const [predicted, count] of row.entries()) {
      if (predicted !== label && count > 0) found.push({ label, predicted, images: count, share: count / images });
    }
  }
  return found.sort((a, b) => b.images - a.images || a.label - b.label || a.predicted - b.predicted);
}

/** Indices of the images behind a cell, ascending. */
export function imagesBehind(labels: Uint8Array, predicted: Uint8Array, cell: Pick<Mistake, "label" | "predicted">) {
  const images: number[] = [];
  for (let image = 0; image < labels.length; image++) {
    if (labels[image] === cell.label && predicted[image] === cell.predicted) images.push(image);
  }
  return images;
}

/** How often each class was predicted; where there are no labels, that is all that can be said. */
export function predictedCounts(predicted: Uint8Array, classes = 0): Uint32Array {
  const counts = new Uint32Array(predicted.reduce((most, one) => Math.max(most, one + 1), classes));
  for (const one of predicted) counts[one]++;
  return counts;
}

const total = (counts: Uint32Array): number => counts.reduce((sum, count) => sum + count, 0);
const ratio = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);
