/** Which images of a part are on which page of a grid. */
export interface ImagePages {
  /** Of the class that is looked at, or of all, ascending. */
  readonly indexes: Int32Array;
  readonly pages: number;
}

export const pageImages = 60;

/** @param only the number of a class; undefined for all */
export function imagePages(labels: Uint8Array, only: number | undefined): ImagePages {
  const all = Int32Array.from(labels.keys());
  const indexes = only === undefined ? all : all.filter((index) => labels[index] === only);
  return { indexes, pages: Math.max(1, Math.ceil(indexes.length / pageImages)) };
}

export const imagesOnPage = ({ indexes }: ImagePages, page: number): number[] => [
  ...indexes.subarray(page * pageImages, (page + 1) * pageImages),
];

/** The page that has image `index`; undefined where it is of another class. */
export function pageWith({ indexes }: ImagePages, index: number): number | undefined {
  const place = indexes.indexOf(index);
  return place < 0 ? undefined : Math.floor(place / pageImages);
}

/** How many images each of `classes` classes has. */
export function classCounts(labels: Uint8Array, classes: number): number[] {
  const counts = Array<number>(classes).fill(0);
  for (const label of labels) counts[label]++;
  return counts;
}
