import { filled, lineElement, textElement, type Drawn } from "./drawnElements.ts";
import type { CellGrid } from "./figure.ts";
import { tickRoom, type PlacedPanel } from "./figureLayout.ts";
import type { FigureStyle } from "./figureStyle.ts";
import type { Measure } from "./textLines.ts";

/** Squares with numbers, and the names of their rows and columns. */
export function cellElements(
  { rows, columns, cells }: CellGrid,
  { box, isLowest, isYLabelled }: PlacedPanel,
  style: FigureStyle,
  measure: Measure,
): Drawn[] {
  const [width, height] = [box.width / columns.length, box.height / rows.length];
  const widest = Math.max(0, ...cells.flat().map(({ text }) => measure(text, 1, false)));
  const size = Math.min(style.cellTextSize, height * 0.8, widest > 0 ? (width * 0.86) / widest : Infinity);
  const name = { size: Math.min(style.cellTextSize, height), colour: style.palette.inkSoft };
  const room = tickRoom * style.textSize;
  return [
    ...cells.flatMap((row, i) =>
      row.flatMap(({ colour, ink, text }, j) => {
        const [left, top] = [box.left + j * width, box.top + i * height];
        const square = filled({ left, top, width, height }, colour);
        if (text === "") return [square];
        return [
          square,
          textElement(style, text, left + width / 2, top + height / 2, { size, colour: ink, align: "center" }),
        ];
      }),
    ),
    ...(isYLabelled
      ? rows.map((text, i) =>
          textElement(style, text, box.left - room, box.top + (i + 0.5) * height, { ...name, align: "right" }),
        )
      : []),
    ...(isLowest ? columns : []).map((text, j) =>
      textElement(style, text, box.left + (j + 0.5) * width, box.top + box.height + room, {
        ...name,
        align: "right",
        isUpright: true,
      }),
    ),
    ...[...rows.keys(), rows.length].map(
      (i) =>
      lineElement([[box.left, box.top + i * height], [box.left + box.width, box.top + i * height]], style.palette.grid, style.axisWidth * 0.6, 4), // prettier-ignore
    ),
    ...[...columns.keys(), columns.length].map(
      (j) =>
      lineElement([[box.left + j * width, box.top], [box.left + j * width, box.top + box.height]], style.palette.grid, style.axisWidth * 0.6, 4), // prettier-ignore
    ),
  ];
}
