import { fillElement, filled, hatched, lineElement, markerElement, textElement, type Drawn } from "./drawnElements.ts";
import type { Bar, FigureLine } from "./figure.ts";
import { tickLength, tickRoom, type PlacedPanel } from "./figureLayout.ts";
import type { FigureStyle } from "./figureStyle.ts";
import { cellElements } from "./matrixElements.ts";
import { shareOf, type Scale } from "./ticks.ts";
import type { Measure } from "./textLines.ts";

/** Everything of a panel but its lines, which are ECharts' own. */
export function panelElements(placed: PlacedPanel, style: FigureStyle, measure: Measure): Drawn[] {
  const { panel, box, titleY, yTitleX, xTitleY, isLowest, isYLabelled } = placed;
  const { palette, textSize } = style;
  const title = { size: textSize, colour: palette.ink };
  /** Smaller where it would not fit. */
  const sized = (text: string, room: number, isBold: boolean) => ({
    ...title,
    size: Math.min(textSize, (textSize * room) / measure(text, textSize, isBold)),
    isBold,
  });
  return [
    ...(panel.title ? [textElement(style, panel.title, box.left, titleY, sized(panel.title, box.width, true))] : []),
    ...(panel.cells
      ? cellElements(panel.cells, placed, style, measure)
      : [...frame(placed, style), ...rules(placed, style)]),
    ...(panel.x.isLabelled && (isLowest || !panel.cells)
      ? [textElement(style, panel.x.title, box.left + box.width / 2, xTitleY, { ...title, align: "center" })]
      : []),
    ...(isYLabelled
      ? [
          textElement(style, panel.y.title, yTitleX, box.top + box.height / 2, {
            ...sized(panel.y.title, box.height + textSize, false),
            align: "center",
            isUpright: true,
          }),
        ]
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

const toX = ({ panel, box }: PlacedPanel, value: number): number =>
  box.left + box.width * shareOf(panel.x.scale, value);

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
        ...(placed.isYLabelled
          ? [
              textElement(style, panel.y.tick(tick), box.left - (tickRoom + tickLength) * textSize, y, {
                ...label,
                align: "right",
              }),
            ]
          : []),
      ];
    }),
    ...panel.x.scale.ticks.flatMap((tick) => {
      const x = toX(placed, tick);
      return [
        lineElement([[x, bottom], [x, bottom + tickLength * textSize]], palette.axis, axisWidth), // prettier-ignore
        ...(panel.x.isLabelled
          ? [
              textElement(style, panel.x.tick(tick), x, bottom + (tickRoom + tickLength) * textSize + tickSize * 0.5, {
                ...label,
                align: "center",
              }),
            ]
          : []),
      ];
    }),
    lineElement([[box.left, bottom], [right, bottom]], palette.axis, axisWidth), // prettier-ignore
    ...(hasGrid ? [] : [lineElement([[box.left, box.top], [box.left, bottom]], palette.axis, axisWidth)]), // prettier-ignore
  ];
}

function rules(placed: PlacedPanel, { palette, quiet, axisWidth, lineWidth }: FigureStyle): Drawn[] {
  const { panel, box } = placed;
  return panel.rules
    .filter(({ axis, at }) => isWithin(panel[axis].scale, at))
    .map(({ axis, at, look }) => {
      const [x, y] = [toX(placed, at), toY(placed, at)];
      const points = axis === "x" ? [[x, box.top], [x, box.top + box.height]] as const : [[box.left, y], [box.left + box.width, y]] as const; // prettier-ignore
      return look === "quiet"
        ? lineElement(points, quiet, axisWidth, 0)
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
      const along = (column: ArrayLike<number>) =>
        piece.map((i) => [toX(placed, xs[i]), clampedY(placed, column[i])] as const);
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
      return [
        [
          [x, low],
          [x, high],
        ],
        [
          [x - cap, low],
          [x + cap, low],
        ],
        [
          [x - cap, high],
          [x + cap, high],
        ],
      ].map(
        // prettier-ignore
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
  return [
    ...new Set(wanted.map((x) => all.reduce((best, i) => (Math.abs(xs[i] - x) < Math.abs(xs[best] - x) ? i : best)))),
  ];
}

function barElements({ x, width, to, colour }: Bar, placed: PlacedPanel, style: FigureStyle): Drawn[] {
  const { box } = placed;
  const [left, right] = [toX(placed, x - width / 2), toX(placed, x + width / 2)];
  // From edge to edge: a top within the plot would read as a value.
  const top = to === undefined ? box.top : clampedY(placed, to);
  const area = { left, top, width: right - left, height: box.top + box.height - top };
  return to === undefined ? hatched(area, colour, style) : [filled(area, colour)];
}
