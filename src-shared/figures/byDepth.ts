import { depthAxis, extentOfAll, valueAxis } from "./axes.ts";
import type { Figure, FigureLine, Panel } from "./figure.ts";
import { absenceNotes, labelNote, spreadNote } from "./figureNotes.ts";
import type { FigureStyle } from "./figureStyle.ts";
import { spreadOf } from "./seedLines.ts";
import type { RunData, StudyData } from "./studyData.ts";
import { isTrained } from "./trainingLoss.ts";
import { cellsOf, depthsOf, lookOf, variantsOf } from "./variants.ts";

export interface Measure {
  readonly panel: string;
  /** Name of its columns in the records. */
  readonly key: string;
  readonly axis: string;
  readonly of: (run: RunData) => number | undefined;
  readonly startsAtZero: boolean;
}

const measures: readonly Measure[] = [
  {
    ...{ panel: "Final training loss", key: "finalLoss", axis: "training loss (nats)", startsAtZero: true },
    of: ({ finalLoss }) => finalLoss?.mean,
  },
  {
    ...{ panel: "Test accuracy", key: "testAccuracyPercent", axis: "test accuracy (%)", startsAtZero: false },
    of: ({ testAccuracy }) => (testAccuracy === undefined ? undefined : 100 * testAccuracy),
  },
];

/** Final training loss and test accuracy against depth. */
export const byDepth = (data: StudyData, style: FigureStyle): Figure | undefined =>
  againstDepth(data, style, {
    ...{ title: "Final loss and accuracy by depth", measures },
    notes: ["Training loss: mean over the last epoch of the raw values. Test accuracy: of the last model."],
  });

interface AgainstDepth {
  readonly title: string;
  readonly measures: readonly Measure[];
  readonly notes: readonly string[];
}

/** Measures of finished runs against depth, a plot a measure, a line a family. */
export function againstDepth(
  data: StudyData,
  { palette }: FigureStyle,
  { title, measures: wanted, notes }: AgainstDepth,
): Figure | undefined {
  const variants = variantsOf(data);
  const finished = data.cells.filter(isTrained).filter(({ state }) => state === "done");
  const depths = depthsOf({ cells: finished });
  if (depths.length === 0) return undefined;
  const colourOf = (index: number) =>
    variants.length > 2 ? palette.categories[index % palette.categories.length] : palette.ink;
  const markerOf = (index: number) => ({
    shape: (["circle", "square", "triangle", "diamond"] as const)[index % 4],
    isFilled: variants[index].family === "residual",
  });
  const pointsOf = ({ of }: Measure, index: number) =>
    depths.map((depth) =>
      spreadOf(
        cellsOf({ ...data, cells: finished }, variants[index], depth)
          .map(({ run }) => of(run!))
          .filter((value) => value !== undefined),
      ),
    );
  const panels = wanted.map((measure): Panel => {
    const lines = variants.map((variant, index): FigureLine => {
      const points = pointsOf(measure, index);
      return {
        ...{ name: variant.label, colour: colourOf(index), look: lookOf(variant.family), isThin: false },
        ...{ marker: markerOf(index), marked: "all", xs: depths, ys: points.map((point) => point?.mean ?? NaN) },
        errors: points.some((point) => point?.std !== undefined) ? points.map((point) => point?.std ?? 0) : undefined,
      };
    });
    const spread = lines.flatMap(({ ys, errors }) =>
      [1, -1].map((sign) => Array.from(ys, (value, i) => value + sign * (errors?.[i] ?? 0))),
    );
    const { min, max } = extentOfAll(spread) ?? { min: 0, max: 1 };
    return {
      ...{ title: measure.panel, x: depthAxis(depths), lines },
      y: valueAxis(measure.axis, measure.startsAtZero ? 0 : min, max),
      ...{ sharesY: false, rules: [], crosses: [], bars: [] },
    };
  });
  return {
    title,
    caption: [...notes, ...spreadNote(data), ...absenceNotes(data), ...labelNote(data)],
    legend: variants.map((variant, index) => ({
      label: variant.label,
      sample: {
        kind: "line",
        colour: colourOf(index),
        look: lookOf(variant.family),
        marker: markerOf(index),
        isAlwaysMarked: true,
      },
    })),
    panels,
    columns: 2,
    records: {
      columns: ["family", "depth", "shortcut", "n", ...wanted.flatMap(({ key }) => [key, `${key}Std`])],
      rows: variants.flatMap((variant, index) =>
        depths.map((depth, place) => {
          const points = wanted.map((measure) => pointsOf(measure, index)[place]);
          return [
            ...[variant.family, depth, variant.shortcut, points[0]?.n ?? 0],
            ...points.flatMap((point) => [point?.mean, point?.std]),
          ];
        }),
      ),
    },
  };
}
