import type { Figure, Panel } from "./figure.ts";
import type { FigureStyle } from "./figureStyle.ts";
import { wrapped, type Measure } from "./textLines.ts";

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Where everything stands, in pixels. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly title: readonly PlacedText[];
  readonly legend: readonly { readonly x: number; readonly y: number }[];
  readonly panels: readonly PlacedPanel[];
  readonly caption: readonly PlacedText[];
}

export interface PlacedText {
  readonly text: string;
  readonly x: number;
  /** Middle of the line. */
  readonly y: number;
}

export interface PlacedPanel {
  readonly panel: Panel;
  /** The plot area. */
  readonly box: Box;
  readonly titleY: number;
  /** Middle of the rotated title of the y-axis. */
  readonly yTitleX: number;
  readonly xTitleY: number;
  /** Nothing of its kind stands below it. */
  readonly isLowest: boolean;
  readonly isYLabelled: boolean;
}

export const lineHeight = 1.28;
/** Between a plot area and what is written beside it, by text size. */
export const tickRoom = 0.38;
export const tickLength = 0.22;
/** A legend's sample, and the room between entries, by text size. */
export const sampleWidth = 2.1;
const sampleGap = 0.45;
const entryGap = 1.2;

export function layoutOf(figure: Figure, style: FigureStyle, measure: Measure): Layout {
  const { margin, width, textSize, titleSize, captionSize } = style;
  const inner = width - 2 * margin;
  let y = margin;
  const lines = (texts: readonly string[], size: number): PlacedText[] =>
    texts.map((text) => {
      const placed = { text, x: margin, y: y + (size * lineHeight) / 2 };
      y += size * lineHeight;
      return placed;
    });
  const title = lines(wrapped(figure.title, inner, titleSize, measure, true), titleSize);
  const legend = legendPlaces(figure, style, measure, y + 0.25 * textSize);
  if (legend.length > 0) y = legend.at(-1)!.y + textSize * 0.75;
  y += 0.45 * textSize;
  const captionLines = wrapped(figure.caption.join(" "), inner, captionSize, measure);
  const captionHeight = captionLines.length * captionSize * lineHeight + 0.6 * textSize;
  const below = captionHeight + margin;
  const panels = placePanels(figure, style, measure, y, style.height && style.height - y - below);
  const last = panels.at(-1);
  if (last) y = Math.max(...panels.map((one) => bottomOf(one, style, measure)));
  // On a slide the caption stands at its foot.
  y = style.height ? style.height - below + 0.6 * textSize : y + 0.6 * textSize;
  const caption = lines(captionLines, captionSize);
  return { width, height: style.height ?? Math.ceil(y + margin), title, legend, panels, caption };
}

function legendPlaces({ legend }: Figure, style: FigureStyle, measure: Measure, top: number) {
  const { margin, width, textSize } = style;
  let [x, y] = [margin, top + (textSize * lineHeight) / 2];
  return legend.map(({ label }) => {
    const entry = (sampleWidth + sampleGap) * textSize + measure(label, textSize, false);
    if (x > margin && x + entry > width - margin) {
      x = margin;
      y += textSize * lineHeight;
    }
    const place = { x, y };
    x += entry + entryGap * textSize;
    return place;
  });
}

export const legendTextX = (x: number, { textSize }: FigureStyle): number => x + (sampleWidth + sampleGap) * textSize;

function placePanels(
  { panels, columns: wanted }: Figure,
  style: FigureStyle,
  measure: Measure,
  top: number,
  room: number | undefined,
): PlacedPanel[] {
  if (panels.length === 0) return [];
  const { margin, width, textSize } = style;
  const most = panels.some(({ cells }) => cells) ? style.mostMatrixColumns : style.mostColumns;
  const columns = Math.max(1, Math.min(wanted, most, panels.length));
  const rows = Math.ceil(panels.length / columns);
  const each = Array.from({ length: columns }, (_, column) => panels.filter((_, i) => i % columns === column));
  const isYLabelled = ({ y, sharesY }: Panel, column: number) => y.isLabelled && !(sharesY && column > 0);
  const left = each.map((own, column) =>
    Math.max(...own.map((panel) => leftOf(panel, style, measure, isYLabelled(panel, column)))),
  );
  const gap = 1.3 * textSize;
  const right = 0.9 * textSize;
  const plotWidth =
    (width - 2 * margin - right - gap * (columns - 1) - left.reduce((sum, one) => sum + one, 0)) / columns;
  const ofRow = (row: number) => panels.slice(row * columns, (row + 1) * columns);
  const above = (row: number) => (ofRow(row).some(({ title }) => title) ? textSize * lineHeight : 0.3 * textSize);
  const isLowest = (row: number, column: number) => (row + 1) * columns + column >= panels.length;
  const underOne = (row: number, column: number) => underOf(ofRow(row)[column], style, measure, isLowest(row, column));
  const under = (row: number) => Math.max(...ofRow(row).map((_, column) => underOne(row, column)));
  const apart = 0.5 * textSize;
  const each_ = Array.from({ length: rows }, (_, row) => above(row) + under(row) + (row > 0 ? apart : 0));
  const fixed = each_.reduce((sum, one) => sum + one, 0);
  const placed: PlacedPanel[] = [];
  let y = top;
  for (let row = 0; row < rows; row++) {
    const aspect = ofRow(row)[0].cells
      ? style.matrixAspect
      : (ofRow(row)[0].aspect ?? style.aspect[columns === 1 ? "one" : "several"]);
    const height = room === undefined ? plotWidth * aspect : Math.max(textSize * 3, (room - fixed) / rows);
    if (row > 0) y += apart;
    const areaTop = y + above(row);
    let x = margin;
    ofRow(row).forEach((panel, column) => {
      const box = { left: x + left[column], top: areaTop, width: plotWidth, height };
      placed.push({
        ...{ panel, box, titleY: areaTop - 0.7 * textSize, yTitleX: x + 0.6 * textSize },
        xTitleY: areaTop + height + underOne(row, column) - 0.6 * textSize,
        isLowest: isLowest(row, column),
        isYLabelled: isYLabelled(panel, column),
      });
      x += left[column] + plotWidth + gap;
    });
    y = areaTop + height + under(row);
  }
  return placed;
}

function bottomOf({ panel, box, isLowest }: PlacedPanel, style: FigureStyle, measure: Measure): number {
  return box.top + box.height + underOf(panel, style, measure, isLowest);
}

/** Room for what is written to the left of a plot. */
function leftOf({ y, cells }: Panel, style: FigureStyle, measure: Measure, isLabelled: boolean): number {
  const { textSize, tickSize, cellTextSize } = style;
  if (!isLabelled) return 0.2 * textSize;
  const labels = cells ? cells.rows : y.scale.ticks.map((tick) => y.tick(tick));
  const widest = Math.max(0, ...labels.map((label) => measure(label, cells ? cellTextSize : tickSize, false)));
  return 1.35 * textSize + widest + (tickRoom + tickLength) * textSize;
}

/** Room for what is written below a plot. */
function underOf({ x, cells }: Panel, style: FigureStyle, measure: Measure, isLowest: boolean): number {
  const { textSize, tickSize, cellTextSize } = style;
  // Matrices below each other have their columns named once.
  if (cells && !isLowest) return 0;
  const labels = cells
    ? Math.max(...cells.columns.map((label) => measure(label, cellTextSize, false)))
    : x.isLabelled
      ? tickSize * 1.15
      : 0;
  return (x.isLabelled ? 1.25 * textSize : 0) + labels + tickRoom * textSize;
}
