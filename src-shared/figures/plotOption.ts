import type { EChartsOption, LineSeriesOption } from "echarts";
import type { Palette } from "./palette.ts";
import { endOf, within, type Plot, type PlotLine } from "./plot.ts";
import { shareOf, type Scale } from "./ticks.ts";

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Pixels around the area in which lines are drawn; on the right there is room for their names. */
export const padding = { left: 52, right: 76, top: 22, topUntitled: 8, bottom: 22, bottomUnlabelled: 8 } as const;

/** Where the lines are drawn, in pixels. */
export interface PlotArea extends Size {
  readonly left: number;
  readonly top: number;
}

export function areaOf(plot: Plot, { width, height }: Size): PlotArea {
  const below = plot.x.isLabelled ? padding.bottom : padding.bottomUnlabelled;
  const above = plot.y.title === "" ? padding.topUntitled : padding.top;
  return {
    left: padding.left,
    top: above,
    width: Math.max(1, width - padding.left - padding.right),
    height: Math.max(1, height - above - below),
  };
}

const font = "Inter Variable, Inter, sans-serif";
const textPixels = 11;
/** Names at line ends keep so far from each other. */
const nameApartPixels = 14;
const mostMarks = 4;

/** A plot as ECharts' option, for a picture of that size; nothing in it moves or answers to the pointer. */
export function plotOption(plot: Plot, palette: Palette, size: Size): EChartsOption {
  const area = areaOf(plot, size);
  const axisText = { color: palette.inkSoft, fontSize: textPixels, fontFamily: font };
  const axis = ({ scale, tick, isLabelled }: Plot["x"]) => ({
    type: "value" as const,
    min: coordinate(scale, scale.min),
    max: coordinate(scale, scale.max),
    axisTick: { show: false, customValues: scale.ticks.map((value) => coordinate(scale, value)) },
    axisLabel: {
      ...axisText,
      show: isLabelled,
      hideOverlap: true,
      customValues: scale.ticks.map((value) => coordinate(scale, value)),
      formatter: (value: number) => tick(scale.kind === "log" ? 10 ** value : value),
    },
  });
  const lines = plot.lines.map((line) => within(line, plot.x.scale));
  return {
    animation: false,
    backgroundColor: "transparent",
    grid: { left: area.left, top: area.top, width: area.width, height: area.height, outerBoundsMode: "none" },
    xAxis: {
      ...axis(plot.x),
      axisLine: { show: true, onZero: false, lineStyle: { color: palette.axis } },
      splitLine: { show: false },
    },
    yAxis: {
      ...axis(plot.y),
      axisLine: { show: false },
      splitLine: { show: true, lineStyle: { color: palette.grid } },
    },
    series: [
      ...lines.flatMap(({ band, ...line }) =>
        band && !line.isArea ? [bandSeries({ ...line, band }, plot.y.scale, area.width)] : [],
      ),
      ...lines.map((line) => lineSeries(line, plot.y.scale)),
    ],
    graphic: {
      elements: [
        { type: "text", left: 4, top: 2, silent: true, style: { text: plot.y.title, ...drawnText(palette.inkSoft) } },
        ...hairlines(plot, palette, area),
        ...areas({ ...plot, lines }, area),
        ...names(plot, area),
        ...marks(plot, palette, area),
      ],
    },
  };
}

/** What ECharts is told: its own logarithmic axis has labels at powers of ten only. */
const coordinate = ({ kind }: Scale, value: number): number =>
  kind === "linear" ? value : value > 0 ? Math.log10(value) : NaN;

const drawnText = (fill: string) => ({ fill, font: `${textPixels}px ${font}` });

/** Pairs as ECharts reads them fastest. */
function interleaved(xs: ArrayLike<number>, ys: ArrayLike<number>, y: Scale): Float64Array {
  const pairs = new Float64Array(2 * xs.length);
  for (let index = 0; index < xs.length; index++) {
    pairs[2 * index] = xs[index];
    pairs[2 * index + 1] = coordinate(y, ys[index]);
  }
  return pairs;
}

const still = {
  type: "line" as const,
  silent: true,
  animation: false,
  showSymbol: false,
  clip: true,
  dimensions: ["x", "y"] as string[],
};

function lineSeries({ xs, ys, colour, look, shape, isThin = false }: PlotLine, y: Scale): LineSeriesOption {
  const width = isThin ? 0.75 : shape === "points" ? 1.25 : 1.75;
  return {
    ...still,
    z: isThin ? 2 : 3,
    step: shape === "steps" ? "end" : false,
    lineStyle: { color: colour, width, type: look === "dashed" ? [6, 4] : "solid", opacity: isThin ? 0.55 : 1 },
    itemStyle: { color: colour },
    ...(shape === "points" && !isThin && { showSymbol: true, showAllSymbol: true, symbol: "circle", symbolSize: 4 }),
    data: interleaved(xs, ys, y) as unknown as LineSeriesOption["data"],
  };
}

/** From each bucket's smallest value to its largest and on to the next one's: a spike is as tall as it was. */
function bandSeries(
  line: Required<Pick<PlotLine, "xs" | "band" | "colour">>,
  y: Scale,
  widthPixels: number,
): LineSeriesOption {
  const { xs, band, colour } = line;
  const { low, high } = band;
  const pairs = new Float64Array(4 * xs.length);
  for (let index = 0; index < xs.length; index++) {
    const [first, second] = index % 2 === 0 ? [low, high] : [high, low];
    pairs.set([xs[index], coordinate(y, first[index]), xs[index], coordinate(y, second[index])], 4 * index);
  }
  return {
    ...still,
    z: 2,
    // Where there are more points than pixels it is a closed area, and must not hide the line in it.
    lineStyle: { color: colour, width: 1, opacity: xs.length > widthPixels ? 0.14 : 0.32, join: "bevel" as const },
    data: pairs as unknown as LineSeriesOption["data"],
  };
}

/** Bands that are areas, in stretches without a hole, cut at the plot's edges. */
function areas({ x, y, lines }: Plot, area: PlotArea) {
  const corner = (at: number, value: number): [number, number] => [
    area.left + area.width * clamped(shareOf(x.scale, at)),
    // Below what a logarithm can show is the bottom.
    area.top + area.height * (1 - clamped(shareOf(y.scale, value) || 0)),
  ];
  return lines.flatMap(({ xs, band, colour, isArea }) => {
    if (!band || !isArea) return [];
    return stretches(band.low).map(([from, to]) => {
      const points: [number, number][] = [];
      for (let index = from; index < to; index++) points.push(corner(xs[index], band.high[index]));
      for (let index = to - 1; index >= from; index--) points.push(corner(xs[index], band.low[index]));
      return {
        ...{ type: "polygon" as const, silent: true, z: 1, shape: { points } },
        style: { fill: colour, opacity: 0.16 },
      };
    });
  });
}

const clamped = (share: number): number => Math.min(1, Math.max(0, share));

/** From where to where there are values. */
function stretches(values: ArrayLike<number>): [from: number, to: number][] {
  const found: [number, number][] = [];
  for (let index = 0, from = 0; index <= values.length; index++) {
    if (index < values.length && Number.isFinite(values[index])) continue;
    if (index > from) found.push([from, index]);
    from = index + 1;
  }
  return found;
}

const isWithin = ({ min, max }: Scale, value: number): boolean => value >= min && value <= max;

const verticalAt = (x: number, { top, height }: PlotArea) => ({ x1: x, x2: x, y1: top, y2: top + height });

const toPixels = (plot: Plot, area: PlotArea, x: number): number =>
  Math.round(area.left + area.width * shareOf(plot.x.scale, x)) + 0.5;

function hairlines(plot: Plot, palette: Palette, area: PlotArea) {
  return plot.hairlines
    .filter((x) => isWithin(plot.x.scale, x))
    .map((x) => ({
      ...{ type: "line" as const, silent: true, z: 1, shape: verticalAt(toPixels(plot, area, x), area) },
      style: { stroke: palette.inkSoft, lineWidth: 1, lineDash: [2, 3], opacity: 0.6 },
    }));
}

function marks(plot: Plot, palette: Palette, area: PlotArea) {
  const [, danger] = palette.heatError;
  return plot.marks
    .filter(({ x }) => isWithin(plot.x.scale, x))
    .slice(0, mostMarks)
    .flatMap(({ x, text }, index) => {
      const at = toPixels(plot, area, x);
      // On the side where there is room.
      const isLeft = at < area.left + area.width / 2;
      return [
        {
          ...{ type: "line" as const, silent: true, z: 4, shape: verticalAt(at, area) },
          style: { stroke: danger, lineWidth: 1.5 },
        },
        {
          ...{ type: "text" as const, silent: true, z: 4, x: isLeft ? at + 5 : at - 5, y: area.top + 2 + 14 * index },
          style: { text, textAlign: isLeft ? ("left" as const) : ("right" as const), ...drawnText(danger) },
        },
      ];
    });
}

/** Names behind the lines' ends, moved apart where lines end close to each other. */
function names(plot: Plot, area: PlotArea) {
  const placed = plot.lines
    .filter(({ isNamed }) => isNamed)
    .flatMap((line) => {
      const end = endOf(line, plot.x.scale);
      if (end === undefined) return [];
      const share = Math.min(1, Math.max(0, shareOf(plot.y.scale, end.y)));
      return [
        {
          line,
          x: area.left + area.width * shareOf(plot.x.scale, end.x) + 6,
          y: area.top + area.height * (1 - share),
        },
      ];
    })
    .sort((a, b) => a.y - b.y);
  // Down from the top; then up again from the bottom, where they would leave the plot.
  for (const [index, label] of placed.entries()) {
    if (index > 0) label.y = Math.max(label.y, placed[index - 1].y + nameApartPixels);
  }
  let floor = area.top + area.height;
  for (const label of placed.toReversed()) {
    label.y = Math.min(label.y, floor);
    floor = label.y - nameApartPixels;
  }
  return placed.map(({ line, x, y }) => ({
    ...{ type: "text" as const, silent: true, z: 5, x, y },
    style: { text: line.name, textVerticalAlign: "middle" as const, ...drawnText(line.colour) },
  }));
}
