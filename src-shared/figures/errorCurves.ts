import { extentOfAll, iterationAxis } from "./axes.ts";
import type { Figure, FigureLine, Panel } from "./figure.ts";
import { absenceNotes, capital, labelNote, lowerFirst, seedNote } from "./figureNotes.ts";
import type { FigureStyle } from "./figureStyle.ts";
import { seedLines, type SeedCurve } from "./seedLines.ts";
import { rateRules, smoothedCurve, smoothingNote } from "./smoothedCurve.ts";
import type { StudyData } from "./studyData.ts";
import { linearScale, roundScale } from "./ticks.ts";
import { isTrained, type Trained } from "./trainingLoss.ts";
import { cellsOf, depthLegend, depthsOf, looksOf, variantsOf } from "./variants.ts";

/** The axis ends so much above the highest error at the end: what matters is there, not at the start. */
const room = 1.3;

/** Training and test error over iterations, a plot a family: He et al. 2016, Fig. 6. Here a dash is training, a full line test. */
export function errorCurves(data: StudyData, { palette }: FigureStyle): Figure | undefined {
  const looks = looksOf(data, palette);
  const trained = data.cells.filter(isTrained);
  if (trained.length === 0) return undefined;
  const iterations = Math.max(...trained.map(({ run }) => run.iterations));
  const training = (cell: Trained): SeedCurve => ({
    ...smoothedCurve(cell, cell.run, cell.run.accuracy, (accuracy) => 100 * (1 - accuracy)),
    band: undefined,
  });
  const test = (cell: Trained): SeedCurve => ({
    xs: cell.run.evaluations.map(({ iteration }) => iteration),
    ys: Float64Array.from(cell.run.evaluations, ({ testAccuracy }) => 100 * (1 - testAccuracy)),
    isWhole: cell.state === "done",
  });
  const ends = trained.flatMap((cell) => [training(cell).ys, test(cell).ys].map((ys) => ys.slice(-1)));
  const highest = extentOfAll(ends)?.max ?? 100;
  const scale = roundScale(0, Math.min(100, room * highest));
  const panels = variantsOf(data).map((variant): Panel => {
    const cells = cellsOf(data, variant).filter(isTrained);
    const lines = (curve: (cell: Trained) => SeedCurve, look: FigureLine["look"], marked: FigureLine["marked"]) =>
      depthsOf(data).flatMap((depth) => {
        const curves = cells.filter((cell) => cell.depth === depth).map(curve);
        // Runs of other evaluation intervals, or cut short, have no point in common with the rest.
        const longest = Math.max(0, ...curves.filter(({ isWhole }) => isWhole).map(({ xs }) => xs.length));
        const alike = curves.map((one) => ({ ...one, isWhole: one.isWhole && one.xs.length === longest }));
        const [colour, marker] = [looks.colour(depth), looks.marker(depth)];
        return seedLines(alike, { name: `${depth}`, colour, look, marker, marked });
      });
    return {
      title: capital(variant.label),
      x: iterationAxis(iterations),
      y: {
        scale: linearScale(0, Math.min(100, scale.max), 5),
        title: "error (%)",
        isLabelled: true,
        tick: String,
      },
      lines: [...lines(training, "dashed", "none"), ...lines(test, "solid", "some")],
      rules: rateRules(trained[0].run.schedule, iterations),
      ...{ crosses: [], bars: [], sharesY: true },
    };
  });
  return {
    title: "Training and test error",
    caption: [
      "Training error: on augmented batches, in training mode. Test error: on the test images as they are, in inference mode.",
      `Training error ${lowerFirst(smoothingNote(iterations))}`,
      ...seedNote(data),
      ...absenceNotes(data),
      ...labelNote(data),
    ],
    legend: [
      ...depthLegend(depthsOf({ cells: trained }), looks),
      { label: "training", sample: { kind: "line", colour: palette.ink, look: "dashed" } },
      { label: "test", sample: { kind: "line", colour: palette.ink, look: "solid" } },
    ],
    panels,
    columns: panels.length,
    records: errorRecords(trained, training),
  };
}

function errorRecords(cells: readonly Trained[], training: (cell: Trained) => SeedCurve): Figure["records"] {
  const known = (value: number): number | undefined => (Number.isNaN(value) ? undefined : value / 100);
  return {
    columns: ["family", "depth", "shortcut", "seed", "run", "part", "iteration", "error"],
    rows: cells.flatMap((cell) => {
      const { family, depth, shortcut, seed, run } = cell;
      const of = [family, depth, shortcut, seed, run.id];
      const { xs, ys } = training(cell);
      return [
        ...Array.from(xs, (x, i) => [...of, "training", x, known(ys[i])]).filter((row) => row.at(-1) !== undefined),
        ...run.evaluations.map(({ iteration, testAccuracy }) => [...of, "test", iteration, 1 - testAccuracy]),
      ];
    }),
  };
}
