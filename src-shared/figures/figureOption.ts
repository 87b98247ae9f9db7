import type { EChartsOption, LineSeriesOption } from "echarts";
import type { Figure, FigureLine } from "./figure.ts";
import { layoutOf, type PlacedPanel } from "./figureLayout.ts";
import type { FigureStyle } from "./figureStyle.ts";
import type { Drawn } from "./drawnElements.ts";
import { captionElements, legendElements, titleElements } from "./figureElements.ts";
import { panelElements } from "./panelElements.ts";
import { tableDrawing } from "./tableDrawing.ts";
import type { Measure } from "./textLines.ts";
import type { Scale } from "./ticks.ts";

/** A picture of a figure: ECharts' option and the size that it was made for, in pixels. */
export interface Drawing {
  readonly option: EChartsOption;
  readonly width: number;
  readonly height: number;
}

/** A figure as a still picture; nothing in it moves or answers to the pointer. */
export function figureOption(figure: Figure, style: FigureStyle, measure: Measure): Drawing {
  const layout = layoutOf(figure, style, measure);
  const isTable = figure.panels.length === 0;
  const table = isTable && figure.table ? tableDrawing(figure, figure.table, style, measure) : undefined;
  const elements: Drawn[] = table?.elements ?? [
    ...titleElements(layout, style),
    ...legendElements(figure, layout, style),
    ...layout.panels.flatMap((placed) => panelElements(placed, style, measure)),
    ...captionElements(layout, style),
  ];
  const panels = layout.panels;
  return {
    width: layout.width,
    height: table?.height ?? layout.height,
    option: {
      animation: false,
      backgroundColor: style.background,
      textStyle: { fontFamily: style.font },
      grid: panels.map(({ box }) => ({ ...box, outerBoundsMode: "none" as const, show: false })),
      xAxis: panels.map(({ panel }, gridIndex) => ({ ...hiddenAxis(panel.x.scale), gridIndex })),
      yAxis: panels.map(({ panel }, gridIndex) => ({ ...hiddenAxis(panel.y.scale), gridIndex })),
      series: panels.flatMap((placed, index) =>
        placed.panel.lines.map((line) => lineSeries(line, placed, index, style)),
      ),
      graphic: { elements },
    },
  };
}

const hiddenAxis = (scale: Scale) => ({
  type: "value" as const,
  show: false,
  min: coordinate(scale, scale.min),
  max: coordinate(scale, scale.max),
});

/** What ECharts is told: its own logarithmic axis has labels at powers of ten only. */
const coordinate = ({ kind }: Scale, value: number): number =>
  kind === "linear" ? value : value > 0 ? Math.log10(value) : NaN;

function lineSeries(line: FigureLine, { panel }: PlacedPanel, index: number, style: FigureStyle): LineSeriesOption {
  const { xs, ys, colour, look, isThin, name } = line;
  return {
    ...{ type: "line", name, xAxisIndex: index, yAxisIndex: index, silent: true, animation: false },
    ...{ showSymbol: false, clip: true, z: isThin ? 2 : 3 },
    lineStyle: {
      color: colour,
      width: isThin ? style.thinLineWidth : style.lineWidth,
      type: look === "dashed" ? (isThin ? style.dash.map((part) => part / 2) : [...style.dash]) : "solid",
      opacity: isThin ? 0.55 : 1,
      join: "round",
      cap: "butt",
    },
    itemStyle: { color: colour },
    data: Array.from(xs, (x, i) => [coordinate(panel.x.scale, x), coordinate(panel.y.scale, ys[i])]),
  };
}
