import { confusionOf } from "../metrics.ts";
import type { CellGrid, Figure, Panel } from "./figure.ts";
import { absenceNotes, capital, labelNote, seedsDone } from "./figureNotes.ts";
import type { FigureStyle } from "./figureStyle.ts";
import { counted } from "./lists.ts";
import { mixed, type Palette } from "./palette.ts";
import type { StudyData } from "./studyData.ts";
import { isTrained } from "./trainingLoss.ts";
import { cellsOf, depthsOf, variantsOf, type Variant } from "./variants.ts";

/** [true][predicted] as a percentage of the images of the true class, the mean over seeds. */
type Rates = readonly (readonly number[])[];

interface Subject {
  readonly name: string;
  readonly variant: Variant;
  readonly depth: number;
  readonly rates: Rates;
}

/** More classes than this have neither names nor numbers on a matrix that fits a page. */
const mostNamed = 20;

/** What the last models take for what: two networks of the study and the difference between them. */
export function confusion(data: StudyData, { palette }: FigureStyle): Figure | undefined {
  const { truth } = data;
  if (truth === undefined) return undefined;
  const subjects = chosenPair(data).flatMap(({ variant, depth }): Subject[] => {
    const rates = ratesOf(data, variant, depth);
    return rates ? [{ name: `${variant.label}-${depth}`, variant, depth, rates }] : [];
  });
  if (subjects.length === 0) return undefined;
  const highest = Math.max(
    1,
    ...subjects.flatMap(({ rates }) => rates.flatMap((row, i) => row.filter((_, j) => i !== j))),
  );
  const isNamed = truth.classes.length <= mostNamed;
  const grid = (
    rates: Rates,
    colour: (value: number, isRight: boolean) => [string, string],
    text: (value: number) => string,
  ): CellGrid => ({
    rows: truth.classes,
    columns: truth.classes,
    cells: rates.map((row, i) =>
      row.map((value, j) => {
        const [fill, ink] = colour(value, i === j);
        return { colour: fill, ink, text: isNamed ? text(value) : "" };
      }),
    ),
  });
  const panels = subjects.map(({ name, rates }) =>
    matrixPanel(
      capital(name),
      grid(rates, (value, isRight) => shade(palette, value / (isRight ? 100 : highest), isRight), whole),
    ),
  );
  const [first, second] = subjects;
  if (second) {
    const change = second.rates.map((row, i) => row.map((value, j) => value - first.rates[i][j]));
    const most = Math.max(1, ...change.flatMap((row, i) => row.filter((_, j) => i !== j).map(Math.abs)));
    panels.push(
      matrixPanel(
        `${capital(second.name)} minus ${first.name}`,
        grid(change, (value, isRight) => signedShade(palette, value / most, isRight), signed),
      ),
    );
  }
  return {
    title: "Confusion matrices",
    caption: [
      "Per cent of the images of a true class (row) that the last model takes for each class (column); cells below 0.5 are empty.",
      ...(second ? ["Difference in percentage points; red: more errors, blue: fewer."] : []),
      ...(seedsDone(data) > 1 ? [`Mean of up to ${counted(seedsDone(data), "seed")}.`] : []),
      ...absenceNotes(data),
      ...labelNote(data),
    ],
    legend: [
      { label: "right", sample: { kind: "swatch", colour: shade(palette, 0.9, true)[0], isHatched: false } },
      { label: "wrong", sample: { kind: "swatch", colour: shade(palette, 0.9, false)[0], isHatched: false } },
    ],
    panels,
    columns: panels.length,
    records: {
      columns: ["network", "trueClass", "predictedClass", "percentOfTrueClass"],
      rows: subjects.flatMap(({ name, rates }) =>
        rates.flatMap((row, i) => row.map((value, j) => [name, truth.classes[i], truth.classes[j], value])),
      ),
    },
  };
}

/** Plain and residual at the deepest depth that both have finished; of one variant the shallowest and the deepest. */
function chosenPair(data: StudyData): { variant: Variant; depth: number }[] {
  const byVariant = variantsOf(data)
    .map((variant) => ({
      variant,
      depths: depthsOf({
        cells: cellsOf(data, variant).filter((cell) => cell.run?.predictions && cell.state === "done"),
      }),
    }))
    .filter(({ depths }) => depths.length > 0);
  const [first, last] = [byVariant[0], byVariant.at(-1)];
  if (!first || !last) return [];
  if (first === last) {
    const ends = [...new Set([first.depths[0], first.depths.at(-1)!])];
    return ends.map((depth) => ({ variant: first.variant, depth }));
  }
  const common = first.depths.filter((depth) => last.depths.includes(depth)).at(-1);
  return [first, last].map(({ variant, depths }) => ({ variant, depth: common ?? depths.at(-1)! }));
}

function ratesOf(data: StudyData, variant: Variant, depth: number): Rates | undefined {
  const { labels, classes } = data.truth!;
  const matrices = cellsOf(data, variant, depth)
    .filter(isTrained)
    .filter(({ state, run }) => state === "done" && run.predictions?.length === labels.length)
    .map(({ run }) => confusionOf(labels, run.predictions!, classes.length));
  if (matrices.length === 0 || matrices.some((matrix) => matrix.classes !== classes.length)) return undefined;
  return classes.map((_, i) => {
    const rows = matrices.map(({ counts }) => counts.subarray(i * classes.length, (i + 1) * classes.length));
    const images = rows.reduce((sum, row) => sum + row.reduce((a, b) => a + b, 0), 0);
    return classes.map((_, j) => (100 * rows.reduce((sum, row) => sum + row[j], 0)) / Math.max(1, images));
  });
}

const matrixPanel = (title: string, cells: CellGrid): Panel => ({
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

/** White ink on what is dark. */
const dark = 0.55;

/** What is right is grey, so that the errors stand out. */
function shade(palette: Palette, share: number, isRight: boolean): [string, string] {
  const [from, to] = isRight ? ["#ffffff", "#9a9a96"] : palette.heatError;
  return [mixed(from, to, share), !isRight && share > dark ? "#ffffff" : palette.ink];
}

/** Fewer errors are blue, more are red; what is right has its sign alone. */
function signedShade(palette: Palette, share: number, isRight: boolean): [string, string] {
  if (isRight) return ["#dcdcd8", palette.ink];
  const [from, to] = share > 0 ? palette.heatError : palette.heat;
  return [mixed(from, to, Math.abs(share)), Math.abs(share) > dark ? "#ffffff" : palette.ink];
}
