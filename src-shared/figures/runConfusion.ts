import { accuracyOf, confusionOf } from "../metrics.ts";
import { confusionLegend, confusionPanel, confusionRates, highestError } from "./confusionPanel.ts";
import type { Figure } from "./figure.ts";
import type { FigureStyle } from "./figureStyle.ts";
import { grouped } from "./lists.ts";
import type { RunFigureData } from "./runFigureData.ts";
import { runCaption } from "./runNotes.ts";

/** What a run's network takes for what at one of its evaluations. */
export function runConfusion({ cell, predicted, labels }: RunFigureData, { palette }: FigureStyle): Figure | undefined {
  if (predicted === undefined) return undefined;
  const { iteration, classes: taken, truth } = predicted;
  const { classes } = truth;
  const matrix = confusionOf(truth.labels, taken, classes.length);
  // A network that knows more classes than the data set has was trained on another one.
  if (matrix.classes !== classes.length) return undefined;
  const rates = confusionRates([matrix], classes.length);
  const { family, depth, seed, run } = cell;
  return {
    title: `Confusion matrix of ${family}-${depth}, seed ${seed}, after ${grouped(iteration)} iterations`,
    caption: [
      "Per cent of the images of a true class (row) that the network takes for each class (column); cells below 0.5 are empty.",
      `Test accuracy ${(100 * (accuracyOf(matrix) ?? 0)).toFixed(2)} % of ${grouped(taken.length)} images.`,
      ...runCaption(cell, labels),
    ],
    legend: confusionLegend(palette),
    panels: [confusionPanel(undefined, rates, classes, { highest: highestError([rates]), palette })],
    columns: 1,
    records: {
      columns: ["run", "iteration", "trueClass", "predictedClass", "images", "percentOfTrueClass"],
      rows: classes.flatMap((trueClass, i) =>
        classes.map((other, j) => [
          ...[run.id, iteration, trueClass, other],
          ...[matrix.counts[i * classes.length + j], rates[i][j]],
        ]),
      ),
    },
  };
}
