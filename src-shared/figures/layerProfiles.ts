import { extentOfAll, valueAxis } from "./axes.ts";
import type { Figure, FigureAxis, FigureLine, Panel } from "./figure.ts";
import { absenceNotes, capital, labelNote, seedNote } from "./figureNotes.ts";
import { grouped } from "./lists.ts";
import type { FigureStyle } from "./figureStyle.ts";
import { seedLines } from "./seedLines.ts";
import type { ProbeData, StudyData } from "./studyData.ts";
import { linearScale, logScale } from "./ticks.ts";
import { isTrained, type Trained } from "./trainingLoss.ts";
import {
  cellsOf,
  depthLegend,
  depthsOf,
  familiesOf,
  familyLegend,
  looksOf,
  lookOf,
  plotGroups,
  type Variant,
} from "./variants.ts";

type Profile = (probe: ProbeData) => readonly number[];

const responsesOf: Profile = ({ responses }) => responses.map(({ std }) => std);
const sortedResponsesOf: Profile = (probe) => [...responsesOf(probe)].sort((a, b) => b - a);
/** Of every layer on the way through the network: the shortcuts' own convolutions are beside it. */
const gradientsOf: Profile = ({ gradientNorms }) =>
  gradientNorms
    .filter(({ tensor }) => tensor.endsWith(".kernel") && !tensor.includes(".shortcut."))
    .map(({ norm }) => norm);

const probedAt = (cell: Trained, iteration: number): ProbeData | undefined =>
  cell.run.probes.find((probe) => probe.iteration === iteration);

const probeIterations = (cells: readonly Trained[]): number[] =>
  [...new Set(cells.flatMap(({ run }) => run.probes.map(({ iteration }) => iteration)))].sort((a, b) => a - b);

/** A number a layer, a line a network; networks that were not measured at that iteration are left out. */
function profileLines(
  data: StudyData,
  variants: readonly Variant[],
  style: FigureStyle,
  iteration: number,
  of: Profile,
) {
  const looks = looksOf(data, style.palette);
  return variants.flatMap((variant) =>
    depthsOf(data).flatMap((depth): FigureLine[] => {
      const curves = cellsOf(data, variant, depth)
        .filter(isTrained)
        .flatMap((cell) => {
          const probe = probedAt(cell, iteration);
          if (!probe) return [];
          const ys = Float64Array.from(of(probe));
          return [{ xs: Array.from(ys, (_, layer) => layer + 1), ys, isWhole: true }];
        });
      return seedLines(curves, {
        ...{ name: `${variant.label} ${depth}`, colour: looks.colour(depth), look: lookOf(variant.family) },
        ...{ marker: looks.marker(depth, variant.family), marked: "some" },
      });
    }),
  );
}

/** Up to the last layer of the deepest network that is drawn. */
function layerAxis(lines: readonly FigureLine[], title: string): FigureAxis {
  const last = Math.max(2, ...lines.map(({ xs }) => xs.length));
  const { ticks } = linearScale(0, last, 5);
  return { scale: { kind: "linear", min: 0, max: last + 1, ticks }, title, isLabelled: true, tick: String };
}

function legend(data: StudyData, { palette }: FigureStyle, cells: readonly Trained[]): Figure["legend"] {
  const variants = plotGroups(data).flat();
  const families = familiesOf(variants).filter((family) => cells.some((cell) => cell.family === family));
  return [...depthLegend(depthsOf({ cells }), looksOf(data, palette)), ...familyLegend(families, palette)];
}

/** From 0 as in the paper; on powers of ten where one layer dwarfs the others, which would be one line at the bottom. */
function responseAxis(columns: readonly ArrayLike<number>[]): FigureAxis {
  const title = "std of the response";
  const values = columns.flatMap((column) => Array.from(column).filter((value) => value > 0)).sort((a, b) => a - b);
  const [least = 1, median = 1, most = 1] = [values[0], values[values.length >> 1], values.at(-1)];
  if (most <= dwarfs * median) return valueAxis(title, 0, most);
  return { scale: logScale(least, most), title, isLabelled: true, tick: powerOfTen };
}

const dwarfs = 8;

/** Standard deviations of the layers' responses, in order and sorted: He et al. 2016, Fig. 7. */
export function layerResponses(data: StudyData, style: FigureStyle): Figure | undefined {
  const cells = data.cells.filter(isTrained);
  const iteration = probeIterations(cells).at(-1);
  if (iteration === undefined) return undefined;
  const groups = plotGroups(data);
  const columns = groups.map((variants) => ({
    title: groups.length > 1 ? `${capital(variants[0].short)}: ` : "",
    ordered: profileLines(data, variants, style, iteration, responsesOf),
    sorted: profileLines(data, variants, style, iteration, sortedResponsesOf),
  }));
  const y = responseAxis(columns.flatMap(({ ordered }) => ordered.map(({ ys }) => ys)));
  const panel = (title: string, x: string, lines: readonly FigureLine[]): Panel => ({
    ...{ title, lines, x: layerAxis(lines, x), y },
    ...{ sharesY: true, rules: [], crosses: [], bars: [], aspect: groups.length > 1 ? undefined : 0.42 },
  });
  const joined = (title: string, name: string) => (title === "" ? capital(name) : `${title}${name}`);
  return {
    title: "Layer responses",
    caption: [
      `Standard deviation of each 3×3 layer's response after batch normalisation, before ReLU and addition, in inference mode over 1,000 training images, after ${grouped(iteration)} iterations.`,
      ...seedNote(data),
      ...absenceNotes(data),
      ...labelNote(data),
    ],
    legend: legend(
      data,
      style,
      cells.filter((cell) => probedAt(cell, iteration)),
    ),
    panels: columns.flatMap(({ title, ordered, sorted }) => [
      panel(joined(title, "in layer order"), "layer", ordered),
      panel(joined(title, "sorted"), "layer, by size", sorted),
    ]),
    // Beside each other where there is room, or where several networks stand below each other.
    columns: style.height !== undefined || groups.length > 1 ? 2 : 1,
    records: {
      columns: ["family", "depth", "shortcut", "seed", "run", "iteration", "layer", "name", "std"],
      rows: cells.flatMap((cell) =>
        cell.run.probes.flatMap((probe) =>
          probe.responses.map(({ layer, std }, index) => [...identity(cell), probe.iteration, index + 1, layer, std]),
        ),
      ),
    },
  };
}

const identity = ({ family, depth, shortcut, seed, run }: Trained) => [family, depth, shortcut, seed, run.id];

const mostIterations = 4;

/** Of a list, so many, the first and the last among them. */
function chosen(list: readonly number[], most: number): number[] {
  if (list.length <= most) return [...list];
  return Array.from({ length: most }, (_, i) => list[Math.round((i * (list.length - 1)) / (most - 1))]);
}

/** Gradient norms layer by layer, a plot an iteration. */
export function gradientNorms(data: StudyData, style: FigureStyle): Figure | undefined {
  const cells = data.cells.filter(isTrained);
  const iterations = chosen(probeIterations(cells), mostIterations);
  if (iterations.length === 0) return undefined;
  const groups = plotGroups(data);
  const plots = groups.flatMap((variants) =>
    iterations.map((iteration) => ({
      title: `${groups.length > 1 ? `${variants[0].short}: ` : ""}iteration ${grouped(iteration)}`,
      lines: profileLines(data, variants, style, iteration, gradientsOf),
    })),
  );
  const positive = plots.flatMap(({ lines }) => lines.map(({ ys }) => Array.from(ys, (y) => (y > 0 ? y : NaN))));
  const extent = extentOfAll(positive);
  if (extent === undefined) return undefined;
  const scale = logScale(extent.min, extent.max);
  const x = layerAxis(
    plots.flatMap(({ lines }) => lines),
    "layer",
  );
  const isWide = style.height !== undefined;
  const columns = iterations.length === mostIterations && !isWide ? 2 : iterations.length;
  return {
    title: "Gradient norms by layer",
    caption: [
      "Euclidean norm of the loss's gradient of each layer's weights, weight decay apart, in training mode over 1,000 training images; the last layer is the linear one.",
      ...seedNote(data),
      ...absenceNotes(data),
      ...labelNote(data),
    ],
    legend: legend(
      data,
      style,
      cells.filter(({ run }) => run.probes.length > 0),
    ),
    panels: plots.map(({ title, lines }) => ({
      ...{ title: capital(title), lines, x },
      y: { scale, title: "gradient norm", isLabelled: true, tick: powerOfTen },
      ...{ sharesY: true, rules: [], crosses: [], bars: [] },
    })),
    columns,
    records: {
      columns: ["family", "depth", "shortcut", "seed", "run", "iteration", "tensor", "norm"],
      rows: cells.flatMap((cell) =>
        cell.run.probes.flatMap((probe) =>
          probe.gradientNorms.map(({ tensor, norm }) => [...identity(cell), probe.iteration, tensor, norm]),
        ),
      ),
    },
  };
}

/** 0.01, 1, 100: beyond that as a power. */
function powerOfTen(value: number): string {
  const exponent = Math.log10(value);
  return Math.abs(exponent) <= 4 ? String(Number(value.toPrecision(2))) : value.toExponential(0).replace("-", "−");
}
