import type { Confusion } from "../metrics.ts";
import type { CellGrid, LegendEntry, Panel } from "./figure.ts";
import { mixed, type Palette } from "./palette.ts";

/** [true][predicted] as a percentage of the images of the true class. */
export type Rates = readonly (readonly number[])[];

/** More classes than this have neither names nor numbers on a matrix that fits a page. */
const mostNamed = 20;

/** The mean over several networks. */
export function confusionRates(matrices: readonly Confusion[], classes: number): Rates {
  const all = Array.from({ length: classes }, (_, index) => index);
  return all.map((i) => {
    const rows = matrices.map(({ counts }) => counts.subarray(i * classes, (i + 1) * classes));
    const images = rows.reduce((sum, row) => sum + row.reduce((a, b) => a + b, 0), 0);
    return all.map((j) => (100 * rows.reduce((sum, row) => sum + row[j], 0)) / Math.max(1, images));
  });
}

/** The largest share of errors of a kind: what the darkest cell stands for. */
export const highestError = (matrices: readonly Rates[]): number =>
  Math.max(1, ...matrices.flatMap((rates) => rates.flatMap((row, i) => row.filter((_, j) => i !== j))));

/** @param highest error that the darkest cell stands for */
export function confusionPanel(
  title: string | undefined,
  rates: Rates,
  classes: readonly string[],
  { highest, palette }: { readonly highest: number; readonly palette: Palette },
): Panel {
  const colour = (value: number, isRight: boolean) => shade(palette, value / (isRight ? 100 : highest), isRight);
  return matrixPanel(title, gridOf(rates, classes, colour, whole));
}

/** What `second` takes for what, less what `first` does. */
export function confusionChangePanel(
  title: string,
  [first, second]: readonly [Rates, Rates],
  classes: readonly string[],
  palette: Palette,
): Panel {
  const change = second.map((row, i) => row.map((value, j) => value - first[i][j]));
  const most = highestError([change.map((row) => row.map(Math.abs))]);
  const colour = (value: number, isRight: boolean) => signedShade(palette, value / most, isRight);
  return matrixPanel(title, gridOf(change, classes, colour, signed));
}

export const confusionLegend = (palette: Palette): LegendEntry[] =>
  [true, false].map((isRight) => ({
    label: isRight ? "right" : "wrong",
    sample: { kind: "swatch", colour: shade(palette, 0.9, isRight)[0], isHatched: false },
  }));

function gridOf(
  rates: Rates,
  classes: readonly string[],
  colour: (value: number, isRight: boolean) => [string, string],
  text: (value: number) => string,
): CellGrid {
  const isNamed = classes.length <= mostNamed;
  return {
    rows: classes,
    columns: classes,
    cells: rates.map((row, i) =>
      row.map((value, j) => {
        const [fill, ink] = colour(value, i === j);
        return { colour: fill, ink, text: isNamed ? text(value) : "" };
      }),
    ),
  };
}

const matrixPanel = (title: string | undefined, cells: CellGrid): Panel => ({
  title,
  cells,
  x: {
    scale: { kind: "linear", min: 0, max: cells.columns.length, ticks: [] },
    title: "predicted",
    isLabelled: true,
    tick: String,
  },
  y: {
    scale: { kind: "linear", min: 0, max: cells.rows.length, ticks: [] },
    title: "true class",
    isLabelled: true,
    tick: String,
  },
  ...{ lines: [], rules: [], crosses: [], bars: [], sharesY: true },
});

const whole = (value: number): string => (Math.round(value) === 0 ? "" : String(Math.round(value)));
const signed = (value: number): string => {
  const rounded = Math.round(value);
  return rounded === 0 ? "" : rounded > 0 ? `+${rounded}` : `−${-rounded}`;
};

/** Beyond this share of the strongest colour the ground's own colour is the ink. */
const strong = 0.55;

/** What is right is grey, so that the errors stand out. */
function shade(palette: Palette, share: number, isRight: boolean): [string, string] {
  const [from, to] = isRight ? palette.heatRight : palette.heatError;
  return [mixed(from, to, share), !isRight && share > strong ? palette.surface : palette.ink];
}

/** Fewer errors are blue, more are red; what is right has its sign alone. */
function signedShade(palette: Palette, share: number, isRight: boolean): [string, string] {
  if (isRight) return [palette.rightChange, palette.ink];
  const [from, to] = share > 0 ? palette.heatError : palette.heat;
  return [mixed(from, to, Math.abs(share)), Math.abs(share) > strong ? palette.surface : palette.ink];
}
