import type { Lesion } from "../lesion.ts";
import { extentOfAll } from "./axes.ts";
import type { Bar, Figure, Panel, Rule } from "./figure.ts";
import { absenceNotes, capital, labelNote } from "./figureNotes.ts";
import type { FigureStyle } from "./figureStyle.ts";
import { inWords } from "./lists.ts";
import type { CellData, StudyData } from "./studyData.ts";
import { linearScale, roundScale } from "./ticks.ts";
import { looksOf, variantsOf, isOf, type Variant } from "./variants.ts";

/** What measures it: the one thing that is said where it is missing. */
const lesionCommand = "rwb run lesion RUN";

/** A network from which blocks were removed. */
type Hurt = CellData & { readonly run: { readonly lesion: Lesion } };

const isHurt = (cell: CellData): cell is Hurt => cell.run?.lesion !== undefined;

/** Test error of finished residual networks without one of their blocks, a bar a block. */
export function blockRemoval(data: StudyData, { palette }: FigureStyle): Figure | undefined {
  const looks = looksOf(data, palette);
  const variants = variantsOf(data);
  const hurt = data.cells.filter(isHurt);
  const cells = firstSeeds(hurt).sort((a, b) => a.depth - b.depth);
  if (cells.length === 0) return undefined;
  const lesions = cells.map(({ run }) => run.lesion);
  const y = roundScale(0, Math.min(100, extentOfAll(lesions.map(errorsOf))?.max ?? 100));
  const isHatched = lesions.some(({ blocks }) => blocks.some(({ testError }) => testError === null));
  const barOf = (depth: number, testError: number | null, place: number): Bar => ({
    ...{ x: place + 1, width: 0.7, colour: testError === null ? palette.inkSoft : looks.colour(depth) },
    to: testError === null ? undefined : 100 * testError,
  });
  return {
    title: "Removing one residual block",
    caption: [
      "Test error of the finished network without one of its blocks, not trained again. Line: the whole network.",
      "Stages are divided by vertical lines.",
      ...(isHatched ? ["Hatched: a block that changes the size and has no shortcut cannot be removed."] : []),
      ...seedNote(hurt, cells),
      ...unmeasuredNote(data, variants),
      ...absenceNotes(
        data,
        variants.filter(({ family }) => family === "residual"),
      ),
      ...labelNote(data),
    ],
    legend: [
      ...[...new Set(cells.map(({ depth }) => depth))].map((depth) => ({
        label: `${depth} layers`,
        sample: { kind: "swatch" as const, colour: looks.colour(depth), isHatched: false },
      })),
      ...(isHatched
        ? [{ label: "cannot be removed", sample: { kind: "swatch" as const, colour: palette.inkSoft, isHatched } }]
        : []),
    ],
    panels: cells.map(({ family, depth, shortcut, run: { lesion } }): Panel => {
      const { blocks, testError: intact } = lesion;
      const variant = variants.find((one) => isOf(one, { family, shortcut }))!;
      return {
        title: `${capital(variant.label)}, ${depth} layers`,
        x: {
          scale: { kind: "linear", min: 0.4, max: blocks.length + 0.6, ticks: wholeTicks(blocks.length) },
          ...{ title: "block removed", isLabelled: true, tick: String },
        },
        y: { scale: y, title: "test error (%)", isLabelled: true, tick: String },
        bars: blocks.map(({ testError }, place) => barOf(depth, testError, place)),
        rules: [{ axis: "y", at: 100 * intact, look: "reference" }, ...stageRules(lesion)],
        ...{ lines: [], crosses: [], sharesY: true },
      };
    }),
    columns: Math.min(2, cells.length),
    records: {
      columns: ["family", "depth", "shortcut", "seed", "run", "block", "testErrorWithoutIt", "testError"],
      rows: hurt.flatMap(({ family, depth, shortcut, seed, run: { id, lesion } }) =>
        lesion.blocks.map(({ block, testError }) => [
          ...[family, depth, shortcut, seed, id, block, testError ?? undefined],
          lesion.testError,
        ]),
      ),
    },
  };
}

/** In percent, the intact network's among them: its line stands in the plot. */
const errorsOf = ({ testError, blocks }: Lesion): number[] =>
  [testError, ...blocks.map((block) => block.testError ?? NaN)].map((error) => 100 * error);

/** Of each network, the first seed: bars of several would hide each other. */
const firstSeeds = (cells: readonly Hurt[]): Hurt[] =>
  cells.filter((cell, index) => cells.findIndex((other) => other.depth === cell.depth && isOf(other, cell)) === index);

const seedNote = (hurt: readonly Hurt[], shown: readonly Hurt[]): string[] =>
  hurt.length > shown.length ? ["Of several seeds the first that was measured; the CSV has all."] : [];

/** A network that could have been measured, of which no other seed was. */
function unmeasuredNote({ cells }: StudyData, variants: readonly Variant[]): string[] {
  const open = cells.filter(
    (cell) =>
      cell.family === "residual" &&
      cell.state === "done" &&
      !cells.some((other) => isHurt(other) && other.depth === cell.depth && isOf(other, cell)),
  );
  const names = [...new Set(open.map((cell) => `${variants.find((one) => isOf(one, cell))!.short}-${cell.depth}`))];
  return names.length === 0 ? [] : [`Not measured yet (${lesionCommand}): ${inWords(names)}.`];
}

/** "stage2.block1" -> a line before it. */
const stageRules = ({ blocks }: Lesion): Rule[] =>
  blocks.flatMap(({ block }, place): Rule[] =>
    place > 0 && block.endsWith(".block1") ? [{ axis: "x", at: place + 0.5, look: "quiet" }] : [],
  );

/** Each block where there is room for their numbers. */
const wholeTicks = (last: number): number[] =>
  last <= 9
    ? Array.from({ length: last }, (_, place) => place + 1)
    : linearScale(1, last, 6).ticks.filter((tick) => Number.isInteger(tick));
