import { extentOfAll } from "./axes.ts";
import type { Figure, Panel } from "./figure.ts";
import { absenceNotes, capital, labelNote } from "./figureNotes.ts";
import type { FigureStyle } from "./figureStyle.ts";
import type { StudyData } from "./studyData.ts";
import { linearScale, roundScale } from "./ticks.ts";
import { isTrained, type Trained } from "./trainingLoss.ts";
import { looksOf, variantsOf, isOf } from "./variants.ts";

/** Test error of finished residual networks without one of their blocks, a bar a block. */
export function blockRemoval(data: StudyData, { palette }: FigureStyle): Figure | undefined {
  const looks = looksOf(data, palette);
  const variants = variantsOf(data);
  const hurt = data.cells.filter(isTrained).filter(({ run }) => run.lesions.length > 0);
  const cells = firstSeeds(hurt).sort((a, b) => a.depth - b.depth);
  if (cells.length === 0) return undefined;
  const errors = cells.flatMap(({ run }) => run.lesions.map(({ testError }) => 100 * (testError ?? NaN)));
  const y = roundScale(0, Math.min(100, extentOfAll([errors])?.max ?? 100));
  const isHatched = cells.some(({ run }) => run.lesions.some(({ testError }) => testError === undefined));
  return {
    title: "Removing one residual block",
    caption: [
      "Test error of the finished network without one of its blocks, not trained again. Line: the whole network.",
      ...(isHatched ? ["Hatched: a block that changes the size and has no shortcut cannot be removed."] : []),
      ...absenceNotes(
        data,
        variants.filter(({ family }) => family === "residual"),
      ),
      ...labelNote(data),
    ],
    legend: [
      ...cells.map(({ depth }) => ({
        label: `${depth} layers`,
        sample: { kind: "swatch" as const, colour: looks.colour(depth), isHatched: false },
      })),
      ...(isHatched
        ? [{ label: "cannot be removed", sample: { kind: "swatch" as const, colour: palette.inkSoft, isHatched } }]
        : []),
    ],
    panels: cells.map(({ depth, run, ...cell }): Panel => {
      const blocks = run.lesions.length;
      const variant = variants.find((one) => isOf(one, { family: cell.family, shortcut: cell.shortcut }))!;
      return {
        title: `${capital(variant.label)}, ${depth} layers`,
        x: {
          scale: { kind: "linear", min: 0.4, max: blocks + 0.6, ticks: wholeTicks(blocks) },
          ...{ title: "block removed", isLabelled: true, tick: String },
        },
        y: { scale: y, title: "test error (%)", isLabelled: true, tick: String },
        bars: run.lesions.map(({ testError }, place) => ({
          ...{ x: place + 1, width: 0.7, colour: testError === undefined ? palette.inkSoft : looks.colour(depth) },
          to: testError === undefined ? undefined : 100 * testError,
        })),
        rules:
          run.testAccuracy === undefined ? [] : [{ axis: "y", at: 100 * (1 - run.testAccuracy), look: "reference" }],
        ...{ lines: [], crosses: [], sharesY: true },
      };
    }),
    columns: Math.min(2, cells.length),
    records: {
      columns: ["family", "depth", "shortcut", "seed", "run", "block", "testErrorWithoutIt", "testError"],
      rows: hurt.flatMap(({ family, depth, shortcut, seed, run }) =>
        run.lesions.map(({ block, testError }) => [
          ...[family, depth, shortcut, seed, run.id, block, testError],
          run.testAccuracy === undefined ? undefined : 1 - run.testAccuracy,
        ]),
      ),
    },
  };
}

/** Of each network, the first seed: bars of several would hide each other. */
const firstSeeds = (cells: readonly Trained[]): Trained[] =>
  cells.filter((cell, index) => cells.findIndex((other) => other.depth === cell.depth && isOf(other, cell)) === index);

const wholeTicks = (last: number): number[] => linearScale(1, last, 6).ticks.filter((tick) => Number.isInteger(tick));
