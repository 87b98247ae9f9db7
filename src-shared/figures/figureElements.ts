import type { Bar, CellGrid, Figure, FigureLine, Marker } from "./figure.ts";
import {
  legendTextX,
  sampleWidth,
  tickLength,
  tickRoom,
  type Box,
  type Layout,
  type PlacedPanel,
} from "./figureLayout.ts";
import type { FigureStyle } from "./figureStyle.ts";
import { markerCorners } from "./markerShapes.ts";
import { shareOf, type Scale } from "./ticks.ts";
import type { Measure } from "./textLines.ts";

/** An element of ECharts' `graphic` component. */
export type Drawn = Readonly<Record<string, unknown>>;

interface TextLook {
  readonly size: number;
  readonly colour: string;
  readonly align?: "left" | "center" | "right";
  readonly isBold?: boolean;
  /** Read from below. */
  readonly isUpright?: boolean;
}

export function textElement(style: FigureStyle, text: string, x: number, y: number, look: TextLook): Drawn {
  const { size, colour, align = "left", isBold = false, isUpright = false } = look;
  return {
    ...{ type: "text", silent: true, z: 6, x, y, rotation: isUpright ? Math.PI / 2 : 0 },
    style: {
      ...{ text, fill: colour, textAlign: align, textVerticalAlign: "middle" },
      ...{ fontFamily: style.font, fontSize: size, fontWeight: isBold ? 600 : 400 },
    },
  };
}

export const lineElement = (points: readonly (readonly [number, number])[], colour: string, width: number, z = 1): Drawn => ({
  ...{ type: "polyline", silent: true, z, shape: { points } },
  style: { stroke: colour, lineWidth: width, fill: "none" },
});

const fillElement = (points: readonly (readonly [number, number])[], colour: string, opacity: number, z: number): Drawn => ({
  ...{ type: "polygon", silent: true, z, shape: { points } },
  style: { fill: colour, opacity },
});

export const titleElements = ({ title }: Layout, style: FigureStyle): Drawn[] =>
  title.map(({ text, x, y }) =>
    textElement(style, text, x, y, { size: style.titleSize, colour: style.palette.ink, isBold: true }),
  );

export const captionElements = ({ caption }: Pick<Layout, "caption">, style: FigureStyle): Drawn[] =>
  caption.map(({ text, x, y }) => textElement(style, text, x, y, { size: style.captionSize, colour: style.palette.inkSoft }));

export function legendElements({ legend }: Figure, layout: Layout, style: FigureStyle): Drawn[] {
  const { textSize, palette, lineWidth } = style;
  return legend.flatMap(({ label, sample }, index) => {
    const { x, y } = layout.legend[index];
    const text = textElement(style, label, legendTextX(x, style), y, { size: textSize, colour: palette.ink });
    const width = sampleWidth * textSize;
    switch (sample.kind) {
      case "swatch": {
        const box = { left: x + 0.4 * textSize, top: y - 0.4 * textSize, width: width - 0.4 * textSize, height: 0.8 * textSize };
        return [...(sample.isHatched ? hatched(box, sample.colour, style) : [filled(box, sample.colour)]), text];
      }
      case "line": {
        const isMarked = sample.marker && (style.hasMarkers || sample.isAlwaysMarked);
        const line = lineElement([[x, y], [x + width, y]], sample.colour, lineWidth); // prettier-ignore
        const dashed = { ...line, style: { ...(line.style as object), lineDash: sample.look === "dashed" ? style.dash : undefined } };
        return [dashed, ...(isMarked ? [markerElement(sample.marker, x + width / 2, y, sample.colour, style)] : []), text];
      }
    }
  });
}

/** Everything of a panel but its lines, which are ECharts' own. */
export function panelElements(placed: PlacedPanel, style: FigureStyle, measure: Measure): Drawn[] {
  const { panel, box, titleY, yTitleX, xTitleY } = placed;
  const { palette, textSize } = style;
  const title = { size: textSize, colour: palette.ink };
  return [
    ...(panel.title ? [textElement(style, panel.title, box.left, titleY, { ...title, isBold: true })] : []),
    ...(panel.cells ? cellElements(panel.cells, box, placed, style, measure) : [...frame(placed, style), ...rules(placed, style)]),
    ...(panel.x.isLabelled
      ? [textElement(style, panel.x.title, box.left + box.width / 2, xTitleY, { ...title, align: "center" })]
      : []),
    ...(panel.y.isLabelled
      ? [textElement(style, panel.y.title, yTitleX, box.top + box.height / 2, { ...title, align: "center", isUpright: true })]
      : []),
    ...panel.bars.flatMap((bar) => barElements(bar, placed, style)),
    ...panel.lines.flatMap((line, index) => [
      ...bandElements(line, placed, style),
      ...errorElements(line, placed, style),
      ...markerElements(line, index, placed, style),
    ]),
    ...panel.crosses.map(({ x, y, colour }) =>
      markerElement({ shape: "cross", isFilled: true }, toX(placed, x), clampedY(placed, y), colour, style, 1.5),
    ),
  ];
}

const toX = ({ panel, box }: PlacedPanel, value: number): number => box.left + box.width * shareOf(panel.x.scale, value);
const toY = ({ panel, box }: PlacedPanel, value: number): number =>
  box.top + box.height * (1 - shareOf(panel.y.scale, value));
const clampedY = (placed: PlacedPanel, value: number): number =>
  Math.min(placed.box.top + placed.box.height, Math.max(placed.box.top, toY(placed, value)));
const isWithin = ({ min, max }: Scale, value: number): boolean => value >= min && value <= max;

/** Axes, ticks and their labels. */
function frame(placed: PlacedPanel, style: FigureStyle): Drawn[] {
  const { panel, box } = placed;
  const { palette, textSize, tickSize, axisWidth, hasGrid } = style;
  const bottom = box.top + box.height;
  const right = box.left + box.width;
  const label = { size: tickSize, colour: palette.inkSoft };
  return [
    ...panel.y.scale.ticks.flatMap((tick) => {
      const y = toY(placed, tick);
      return [
        ...(hasGrid && y < bottom - 1 ? [lineElement([[box.left, y], [right, y]], palette.grid, axisWidth, 0)] : []), // prettier-ignore
        ...(hasGrid ? [] : [lineElement([[box.left - tickLength * textSize, y], [box.left, y]], palette.axis, axisWidth)]), // prettier-ignore
        ...(panel.y.isLabelled
          ? [textElement(style, panel.y.tick(tick), box.left - (tickRoom + tickLength) * textSize, y, { ...label, align: "right" })]
          : []),
      ];
    }),
    ...panel.x.scale.ticks.flatMap((tick) => {
      const x = toX(placed, tick);
      return [
        lineElement([[x, bottom], [x, bottom + tickLength * textSize]], palette.axis, axisWidth), // prettier-ignore
        ...(panel.x.isLabelled
          ? [textElement(style, panel.x.tick(tick), x, bottom + (tickRoom + tickLength) * textSize + tickSize * 0.5, { ...label, align: "center" })]
          : []),
      ];
    }),
    lineElement([[box.left, bottom], [right, bottom]], palette.axis, axisWidth), // prettier-ignore
    ...(hasGrid ? [] : [lineElement([[box.left, box.top], [box.left, bottom]], palette.axis, axisWidth)]), // prettier-ignore
  ];
}

function rules(placed: PlacedPanel, { palette, axisWidth, lineWidth }: FigureStyle): Drawn[] {
  const { panel, box } = placed;
  return panel.rules
    .filter(({ axis, at }) => isWithin(panel[axis].scale, at))
    .map(({ axis, at, look }) => {
      const [x, y] = [toX(placed, at), toY(placed, at)];
      const points = axis === "x" ? [[x, box.top], [x, box.top + box.height]] as const : [[box.left, y], [box.left + box.width, y]] as const; // prettier-ignore
      return look === "quiet"
        ? lineElement(points, palette.axis, axisWidth * 0.8, 0)
        : lineElement(points, palette.ink, Math.max(axisWidth, lineWidth * 0.55), panel.bars.length > 0 ? 5 : 1);
    });
}

/** The band behind a line, as far as it is within the plot. */
function bandElements({ xs, band, colour }: FigureLine, placed: PlacedPanel, style: FigureStyle): Drawn[] {
  if (!band) return [];
  const pieces: number[][] = [[]];
  for (let i = 0; i < xs.length; i++) {
    if (Number.isFinite(band.low[i]) && Number.isFinite(band.high[i])) pieces.at(-1)!.push(i);
    else pieces.push([]);
  }
  return pieces
    .filter((piece) => piece.length > 1)
    .map((piece) => {
      const along = (column: ArrayLike<number>) => piece.map((i) => [toX(placed, xs[i]), clampedY(placed, column[i])] as const);
      return fillElement([...along(band.high), ...along(band.low).reverse()], colour, style.bandOpacity, 1);
    });
}

function errorElements({ xs, ys, errors, colour }: FigureLine, placed: PlacedPanel, style: FigureStyle): Drawn[] {
  if (!errors) return [];
  const cap = style.markerSize * 0.7;
  return Array.from(xs, (_, i) => i)
    .filter((i) => Number.isFinite(ys[i]) && errors[i] > 0)
    .flatMap((i) => {
      const x = toX(placed, xs[i]);
      const [low, high] = [ys[i] - errors[i], ys[i] + errors[i]].map((value) => clampedY(placed, value));
      return [[[x, low], [x, high]], [[x - cap, low], [x + cap, low]], [[x - cap, high], [x + cap, high]]].map( // prettier-ignore
        (points) => lineElement(points as [number, number][], colour, style.lineWidth * 0.6, 3),
      );
    });
}

/** Along a line that has one everywhere, so many are enough to tell it. */
const markersALine = 6;

function markerElements(line: FigureLine, index: number, placed: PlacedPanel, style: FigureStyle): Drawn[] {
  const { xs, ys, marked, marker, colour, isThin } = line;
  if (marked === "none" || isThin || (marked === "some" && !style.hasMarkers)) return [];
  const all = Array.from(xs, (_, i) => i).filter(
    (i) => Number.isFinite(ys[i]) && isWithin(placed.panel.x.scale, xs[i]) && isWithin(placed.panel.y.scale, ys[i]),
  );
  const chosen = marked === "all" ? all : spread(all, xs, index, placed.panel.lines.length);
  return chosen.map((i) => markerElement(marker, toX(placed, xs[i]), toY(placed, ys[i]), colour, style));
}

/** A few points along a line, each line's elsewhere, so that markers of lines that are close do not hide each other. */
function spread(all: readonly number[], xs: ArrayLike<number>, index: number, lines: number): number[] {
  if (all.length <= markersALine) return [...all];
  const [from, to] = [xs[all[0]], xs[all.at(-1)!]];
  const shift = ((index % lines) + 0.5) / lines;
  const wanted = Array.from({ length: markersALine }, (_, k) => from + ((k + shift) / markersALine) * (to - from));
  return [...new Set(wanted.map((x) => all.reduce((best, i) => (Math.abs(xs[i] - x) < Math.abs(xs[best] - x) ? i : best))))];
}

export function markerElement(marker: Marker, x: number, y: number, colour: string, style: FigureStyle, scale = 1): Drawn {
  const half = (style.markerSize / 2) * scale;
  const look = { fill: marker.isFilled ? colour : "#ffffff", stroke: colour, lineWidth: style.lineWidth * 0.55 };
  if (marker.shape === "circle") {
    return { ...{ type: "circle", silent: true, z: 5, shape: { cx: x, cy: y, r: half } }, style: look };
  }
  const points = markerCorners[marker.shape].map(([dx, dy]) => [x + dx * half, y + dy * half]);
  return { ...{ type: "polygon", silent: true, z: 5, shape: { points } }, style: look };
}

function filled({ left, top, width, height }: Box, colour: string): Drawn {
  return { ...{ type: "rect", silent: true, z: 2, shape: { x: left, y: top, width, height } }, style: { fill: colour } };
}

/** Slanted lines in a frame: for what is not there. */
function hatched(box: Box, colour: string, { axisWidth, textSize }: FigureStyle): Drawn[] {
  const { left, top, width, height } = box;
  const step = 0.42 * textSize;
  const lines: Drawn[] = [];
  for (let offset = step; offset < width + height; offset += step) {
    const [x1, y1] = offset <= height ? [left, top + offset] : [left + offset - height, top + height];
    const [x2, y2] = offset <= width ? [left + offset, top] : [left + width, top + offset - width];
    lines.push(lineElement([[x1, y1], [x2, y2]], colour, axisWidth, 2)); // prettier-ignore
  }
  const corners = [[left, top], [left + width, top], [left + width, top + height], [left, top + height], [left, top]] as const; // prettier-ignore
  return [...lines, lineElement(corners, colour, axisWidth, 2)];
}

function barElements({ x, width, to, colour }: Bar, placed: PlacedPanel, style: FigureStyle): Drawn[] {
  const { box } = placed;
  const [left, right] = [toX(placed, x - width / 2), toX(placed, x + width / 2)];
  const top = to === undefined ? box.top + 0.15 * box.height : clampedY(placed, to);
  const area = { left, top, width: right - left, height: box.top + box.height - top };
  return to === undefined ? hatched(area, colour, style) : [filled(area, colour)];
}

/** Squares with numbers, and the names of their rows and columns. */
function cellElements({ rows, columns, cells }: CellGrid, box: Box, { panel }: PlacedPanel, style: FigureStyle, measure: Measure): Drawn[] {
  const [width, height] = [box.width / columns.length, box.height / rows.length];
  const widest = Math.max(0, ...cells.flat().map(({ text }) => measure(text, 1, false)));
  const size = Math.min(style.tickSize, height * 0.8, widest > 0 ? (width * 0.86) / widest : Infinity);
  const name = { size: Math.min(style.tickSize, height), colour: style.palette.inkSoft };
  const room = tickRoom * style.textSize;
  return [
    ...cells.flatMap((row, i) =>
      row.flatMap(({ colour, ink, text }, j) => {
        const [left, top] = [box.left + j * width, box.top + i * height];
        const square = filled({ left, top, width, height }, colour);
        if (text === "") return [square];
        return [square, textElement(style, text, left + width / 2, top + height / 2, { size, colour: ink, align: "center" })];
      }),
    ),
    ...(panel.y.isLabelled
      ? rows.map((text, i) => textElement(style, text, box.left - room, box.top + (i + 0.5) * height, { ...name, align: "right" }))
      : []),
    ...columns.map((text, j) =>
      textElement(style, text, box.left + (j + 0.5) * width, box.top + box.height + room, { ...name, align: "right", isUpright: true }),
    ),
    ...[...rows.keys(), rows.length].map((i) =>
      lineElement([[box.left, box.top + i * height], [box.left + box.width, box.top + i * height]], style.palette.grid, style.axisWidth * 0.6, 4), // prettier-ignore
    ),
    ...[...columns.keys(), columns.length].map((j) =>
      lineElement([[box.left + j * width, box.top], [box.left + j * width, box.top + box.height]], style.palette.grid, style.axisWidth * 0.6, 4), // prettier-ignore
    ),
  ];
}
