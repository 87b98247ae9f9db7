import { confusionOf } from "../metrics.ts";
import {
  confusionChangePanel,
  confusionLegend,
  confusionPanel,
  confusionRates,
  highestError,
  type Rates,
} from "./confusionPanel.ts";
import type { Figure } from "./figure.ts";
import { absenceNotes, capital, labelNote, seedsDone } from "./figureNotes.ts";
import type { FigureStyle } from "./figureStyle.ts";
import { counted } from "./lists.ts";
import type { StudyData } from "./studyData.ts";
import { isTrained } from "./trainingLoss.ts";
import { cellsOf, depthsOf, variantsOf, type Variant } from "./variants.ts";

interface Subject {
  readonly name: string;
  readonly variant: Variant;
  readonly depth: number;
  readonly rates: Rates;
}

/** What the last models take for what: two networks of the study and the difference between them. */
export function confusion(data: StudyData, { palette }: FigureStyle): Figure | undefined {
  const { truth } = data;
  if (truth === undefined) return undefined;
  const subjects = chosenPair(data).flatMap(({ variant, depth }): Subject[] => {
    const rates = ratesOf(data, variant, depth);
    return rates ? [{ name: `${variant.label}-${depth}`, variant, depth, rates }] : [];
  });
  if (subjects.length === 0) return undefined;
  const { classes } = truth;
  const highest = highestError(subjects.map(({ rates }) => rates));
  const panels = subjects.map(({ name, rates }) => confusionPanel(capital(name), rates, classes, { highest, palette }));
  const [first, second] = subjects;
  if (second) {
    const title = `${capital(second.name)} minus ${first.name}`;
    panels.push(confusionChangePanel(title, [first.rates, second.rates], classes, palette));
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
    legend: confusionLegend(palette),
    panels,
    columns: panels.length,
    records: {
      columns: ["network", "trueClass", "predictedClass", "percentOfTrueClass"],
      rows: subjects.flatMap(({ name, rates }) =>
        rates.flatMap((row, i) => row.map((value, j) => [name, classes[i], classes[j], value])),
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
  return confusionRates(matrices, classes.length);
}
