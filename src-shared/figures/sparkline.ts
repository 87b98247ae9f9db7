/** Equally spaced values as a picture in a row of a table. */
export interface SparklineData {
  readonly values: ArrayLike<number>;
  /** The raw values that each value stands for. */
  readonly band?: { readonly low: ArrayLike<number>; readonly high: ArrayLike<number> } | undefined;
  /** The scale; that of what is drawn where it is not given. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/** Paths of an SVG of that size; "" where there is nothing to draw. What is not finite leaves a hole. */
export interface Sparkline {
  readonly line: string;
  /** Between the line and the lower edge. */
  readonly below: string;
  readonly band: string;
}

/** Room for the line's own thickness. */
const marginPixels = 1.5;

export function sparkline({ values, band, from, to }: SparklineData, width: number, height: number): Sparkline {
  const finite = Array.from({ length: values.length }, (_, index) => index).filter((index) =>
    Number.isFinite(values[index]),
  );
  const lowest = from ?? extreme(Math.min, finite, values, band?.low);
  const highest = to ?? extreme(Math.max, finite, values, band?.high);
  const inner = { width: width - 2 * marginPixels, height: height - 2 * marginPixels };
  const x = (index: number): string =>
    pixels(values.length < 2 ? width / 2 : marginPixels + (index / (values.length - 1)) * inner.width);
  const y = (value: number): string => {
    const share = highest > lowest ? (value - lowest) / (highest - lowest) : 0.5;
    return pixels(height - marginPixels - share * inner.height);
  };
  const pieces = unbroken(finite);
  const along = (piece: readonly number[], ys: ArrayLike<number>): string[] =>
    piece.map((index) => `${x(index)} ${y(ys[index])}`);
  return {
    line: pieces.map((piece) => `M${along(piece, values).join("L")}`).join(""),
    below: pieces
      .map((piece) => `M${x(piece[0])} ${height}L${along(piece, values).join("L")}L${x(piece.at(-1)!)} ${height}Z`)
      .join(""),
    band: band
      ? pieces
          .map((piece) => `M${[...along(piece, band.high), ...along(piece, band.low).reverse()].join("L")}Z`)
          .join("")
      : "",
  };
}

function extreme(
  of: (a: number, b: number) => number,
  indices: readonly number[],
  ...columns: readonly (ArrayLike<number> | undefined)[]
): number {
  const start = of(0, 1) === 0 ? Infinity : -Infinity;
  return columns.reduce<number>(
    (found, column) => (column ? indices.reduce((best, index) => of(best, column[index]), found) : found),
    start,
  );
}

const pixels = (value: number): string => value.toFixed(1).replace(/\.0$/, "");

/** Ascending numbers in pieces without a hole. */
function unbroken(indices: readonly number[]): number[][] {
  const pieces: number[][] = [];
  for (const [place, index] of indices.entries()) {
    if (place > 0 && indices[place - 1] === index - 1) pieces.at(-1)!.push(index);
    else pieces.push([index]);
  }
  return pieces;
}
