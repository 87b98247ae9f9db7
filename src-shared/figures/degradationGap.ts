import { extentOfAll, iterationAxis, valueAxis } from "./axes.ts";
import type { Figure, FigureLine, Panel } from "./figure.ts";
import { absenceNotes, labelNote, seedNote } from "./figureNotes.ts";
import type { FigureStyle } from "./figureStyle.ts";
import { seedLines, type SeedCurve } from "./seedLines.ts";
import { rateRules, smoothedCurve, smoothingNote, soundPart } from "./smoothedCurve.ts";
import type { StudyData } from "./studyData.ts";
import { isTrained, type Trained } from "./trainingLoss.ts";
import { cellsOf, depthLegend, depthsOf, looksOf, lookOf, variantsOf, type Variant } from "./variants.ts";

/** A difference beyond this is of a run that has gone astray. */
const largest = 5;
const noiseShare = 0.08;

/** Two curves of one seed, the second taken from the first; as far as both go. */
interface Difference {
  readonly seed: number;
  readonly curve: SeedCurve;
}

/** What depth and missing shortcuts cost, over iterations: plain minus residual, and the deepest minus the shallowest. */
export function degradationGap(data: StudyData, { palette }: FigureStyle): Figure | undefined {
  const looks = looksOf(data, palette);
  const variants = variantsOf(data);
  const trained = data.cells.filter(isTrained);
  const at = (variant: Variant, depth: number): Trained[] => cellsOf(data, variant, depth).filter(isTrained);
  const [plain, residual] = (["plain", "residual"] as const).map((family) =>
    variants.find((variant) => variant.family === family),
  );
  const byDepth = depthsOf(data).map((depth) => ({
    depth,
    differences: plain && residual ? differences(at(plain, depth), at(residual, depth)) : [],
  }));
  const byVariant = variants.map((variant) => {
    const depths = depthsOf({ cells: cellsOf(data, variant).filter(isTrained) });
    const [shallow, deep] = [depths[0], depths.at(-1)!];
    const isPair = depths.length > 1;
    return { variant, shallow, deep, differences: isPair ? differences(at(variant, deep), at(variant, shallow)) : [] };
  });
  const curves = [...byDepth, ...byVariant].flatMap((one) => one.differences.map(({ curve }) => curve));
  const extent = extentOfAll(curves.map(({ isWhole, ys }) => (isWhole ? ys : soundPart(ys))));
  if (extent === undefined) return undefined;
  const [lowest, highest] = [Math.max(extent.min, -largest), Math.min(extent.max, largest)];
  // A little below zero is noise, not worth a tick of its own.
  const isBelow = lowest < -noiseShare * highest;
  const iterations = Math.max(...trained.map(({ run }) => run.iterations));
  const y = valueAxis("loss difference (nats)", isBelow ? lowest : 0, Math.max(0, highest));
  const panel = (title: string, lines: readonly FigureLine[]): Panel => ({
    ...{ title, lines, x: iterationAxis(iterations), y, sharesY: true },
    rules: [...rateRules(trained[0].run.schedule, iterations), { axis: "y", at: 0, look: "reference" }],
    ...{ crosses: [], bars: [] },
  });
  const depthLines = byDepth.flatMap(({ depth, differences: found }) =>
    seedLines(
      found.map(({ curve }) => curve),
      {
        ...{ name: `plain - residual, ${depth}`, colour: looks.colour(depth), look: "solid" },
        ...{ marker: looks.marker(depth), marked: "some" },
      },
    ),
  );
  const variantLines = byVariant.flatMap(({ variant, differences: found, deep }, index) =>
    seedLines(
      found.map(({ curve }) => curve),
      {
        ...{
          name: variant.label,
          look: lookOf(variant.family),
          marked: "none",
          marker: looks.marker(deep, variant.family),
        },
        colour: variants.length > 2 ? palette.categories[index % palette.categories.length] : palette.ink,
      },
    ),
  );
  const pairs = byVariant.filter((one) => one.differences.length > 0);
  const panels = [
    ...(depthLines.length > 0 ? [panel("Plain minus residual", depthLines)] : []),
    ...(variantLines.length > 0 ? [panel("Deepest minus shallowest", variantLines)] : []),
  ];
  return {
    title: "Degradation gap",
    caption: [
      "Above 0: the plain network, on the right the deeper one, trains worse. Seeds are compared with the same seed.",
      ...(pairs.length > 0
        ? [
            `Deepest and shallowest: ${pairs.map(({ variant, deep, shallow }) => `${variant.label} ${deep} and ${shallow}`).join("; ")}.`,
          ]
        : []),
      smoothingNote(iterations),
      ...seedNote(data),
      ...absenceNotes(data),
      ...labelNote(data),
    ],
    legend: [
      ...(depthLines.length > 0
        ? depthLegend(
            byDepth.filter((one) => one.differences.length > 0).map(({ depth }) => depth),
            looks,
          )
        : []),
      ...pairs.map(({ variant }) => ({
        label: variant.label,
        sample: {
          kind: "line" as const,
          look: lookOf(variant.family),
          colour:
            variants.length > 2
              ? palette.categories[variants.indexOf(variant) % palette.categories.length]
              : palette.ink,
        },
      })),
    ],
    panels,
    columns: 2,
    records: {
      columns: ["difference", "depthOrFamily", "seed", "iteration", "lossDifference"],
      rows: [
        ...byDepth.flatMap(({ depth, differences: found }) => rows("plain minus residual", depth, found)),
        ...byVariant.flatMap(({ variant, differences: found }) =>
          rows("deepest minus shallowest", variant.label, found),
        ),
      ],
    },
  };
}

function differences(ones: readonly Trained[], others: readonly Trained[]): Difference[] {
  return ones.flatMap((one) => {
    const other = others.find(({ seed }) => seed === one.seed);
    if (!other || other.run.loss.starts.length !== one.run.loss.starts.length) return [];
    const [a, b] = [one, other].map((cell) => smoothedCurve(cell, cell.run, cell.run.loss));
    const ys = a.ys.map((value, index) => value - b.ys[index]);
    return ys.some(Number.isFinite)
      ? [{ seed: one.seed, curve: { xs: a.xs, ys, isWhole: a.isWhole && b.isWhole } }]
      : [];
  });
}

const rows = (what: string, of: string | number, found: readonly Difference[]) =>
  found.flatMap(({ seed, curve: { xs, ys } }) =>
    Array.from(xs, (x, i) => [what, of, seed, x, ys[i]]).filter((row) => !Number.isNaN(row[4])),
  );
