import type { Family } from "../runConfig.ts";
import { extentOfAll, iterationAxis, valueAxis } from "./axes.ts";
import type { Figure, Panel } from "./figure.ts";
import { absenceNotes, capital, labelNote, seedNote } from "./figureNotes.ts";
import type { FigureStyle } from "./figureStyle.ts";
import { seedLines } from "./seedLines.ts";
import { crossAt, rateRules, smoothedCurve, smoothingNote, soundPart } from "./smoothedCurve.ts";
import type { CellData, RunData, StudyData } from "./studyData.ts";
import { cellsOf, depthLegend, depthsOf, familyLegend, looksOf, lookOf, variantsOf } from "./variants.ts";

/** A loss that has gone beyond this has nothing to say on an axis that others share. */
const highestLoss = 6;

export interface Trained extends CellData {
  readonly run: RunData;
}

export const isTrained = (cell: CellData): cell is Trained => cell.run !== undefined && cell.run.done > 0;

/** Training loss over iterations, a curve a depth: the course report's Fig. 2 (plain) and Fig. 3 (residual), on the same axes. */
export function trainingLoss(data: StudyData, family: Family, style: FigureStyle): Figure | undefined {
  const { palette } = style;
  const looks = looksOf(data, palette);
  const variants = variantsOf(data).filter((variant) => variant.family === family);
  const trained = data.cells.filter(isTrained);
  const shown = trained.filter((cell) => cell.family === family);
  if (shown.length === 0) return undefined;
  const iterations = Math.max(...trained.map(({ run }) => run.iterations));
  const curve = (cell: Trained) => smoothedCurve(cell, cell.run, cell.run.loss);
  const highest =
    extentOfAll(trained.map((cell) => (cell.state === "diverged" ? soundPart(curve(cell).ys) : curve(cell).ys)))?.max ??
    1;
  const y = valueAxis("training loss (cross entropy, nats)", 0, Math.min(highestLoss, highest));
  const panels = variants.map((variant): Panel => {
    const cells = cellsOf(data, variant).filter(isTrained);
    return {
      title: variants.length > 1 ? capital(variant.label) : undefined,
      x: iterationAxis(iterations),
      y,
      lines: depthsOf(data).flatMap((depth) =>
        seedLines(cells.filter((cell) => cell.depth === depth).map(curve), {
          ...{ name: `${depth}`, colour: looks.colour(depth), look: lookOf(family), marker: looks.marker(depth) },
          marked: "some",
        }),
      ),
      rules: rateRules(shown[0].run.schedule, iterations),
      crosses: cells.flatMap((cell) => crossAt(curve(cell), cell, looks.colour(cell.depth))),
      ...{ bars: [], sharesY: true },
    };
  });
  const depths = depthsOf({ cells: shown });
  return {
    title: `Training loss of ${family} networks`,
    caption: [
      `${smoothingNote(iterations)} Faint: lowest to highest loss of a batch. Vertical lines: changes of the learning rate.`,
      ...seedNote(data),
      ...absenceNotes(data, variants),
      ...labelNote(data),
    ],
    legend: [...depthLegend(depths, looks), ...familyLegend([family], palette)],
    panels,
    columns: 2,
    records: lossRecords(shown, curve),
  };
}

function lossRecords(cells: readonly Trained[], curve: (cell: Trained) => { ys: Float64Array }): Figure["records"] {
  return {
    columns:
      "family,depth,shortcut,seed,run,firstIteration,iterations,meanLoss,lowestLoss,highestLoss,smoothedLoss".split(
        ",",
      ),
    rows: cells.flatMap((cell) => {
      const { family, depth, shortcut, seed, run } = cell;
      const { starts, counts, mean, minimum, maximum } = run.loss;
      const { ys } = curve(cell);
      return Array.from(starts, (start, i) => [
        ...[family, depth, shortcut, seed, run.id, start, counts[i], mean[i], minimum[i], maximum[i], ys[i]],
      ]).filter((row) => !Number.isNaN(row[7]));
    }),
  };
}
