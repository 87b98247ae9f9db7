import type { Figure, FigureTable, TableGroup } from "./figure.ts";
import { lineElement, textElement, type Drawn } from "./drawnElements.ts";
import { lineHeight } from "./figureLayout.ts";
import type { FigureStyle } from "./figureStyle.ts";
import { wrapped, type Measure } from "./textLines.ts";

interface PlacedGroup extends TableGroup {
  readonly widths: readonly number[];
  readonly width: number;
}

const columnGap = 1.1;
const groupGap = 1.5;
const rowHeight = 1.45;

/** A table as booktabs draws it: three rules, no lines between columns. What does not fit beside goes below, rows named again. */
export function tableDrawing(figure: Figure, table: FigureTable, style: FigureStyle, measure: Measure) {
  const { margin, width, titleSize, captionSize, palette, axisWidth } = style;
  const inner = width - 2 * margin;
  const textSize = style.textSize * enlargement(table, style, measure);
  const elements: Drawn[] = [];
  let y = margin;
  const text = (line: string, size: number, look: { colour: string; isBold?: boolean }) => {
    elements.push(textElement(style, line, margin, y + (size * lineHeight) / 2, { size, ...look }));
    y += size * lineHeight;
  };
  for (const line of wrapped(figure.title, inner, titleSize, measure, true)) {
    text(line, titleSize, { colour: palette.ink, isBold: true });
  }
  y += 0.4 * textSize;
  const [names, ...groups] = table.groups.map((group) => measured(group, textSize, measure));
  const blocks = blocksOf(names, groups, inner - 0.4 * textSize, textSize);
  for (const block of blocks) {
    const used = block.reduce((sum, group) => sum + group.width, 0) + (block.length - 1) * groupGap * textSize;
    const rule = (from: number, to: number, weight: number) => {
      elements.push(lineElement([[from, y], [to, y]], palette.ink, axisWidth * weight)); // prettier-ignore
    };
    rule(margin, margin + used, 1.5);
    y += 0.25 * textSize;
    const top = y;
    let x = margin;
    for (const group of block) {
      const colour = group.isGrey ? palette.inkSoft : palette.ink;
      const look = { size: textSize, colour: group.isGrey ? "#767676" : colour };
      y = top + 0.65 * textSize;
      if (group.title !== "") {
        elements.push(textElement(style, group.title, x + group.width / 2, y, { ...look, align: "center" }));
        elements.push(lineElement([[x, y + 0.72 * textSize], [x + group.width, y + 0.72 * textSize]], palette.ink, axisWidth * 0.6)); // prettier-ignore
      }
      let right = x;
      group.columns.forEach((column, index) => {
        right += group.widths[index];
        const rowY = (row: number) =>
          top + (1 + row) * rowHeight * textSize + 0.75 * textSize + (row > 0 ? 0.3 * textSize : 0);
        elements.push(textElement(style, column.title, right, rowY(0), { ...look, align: "right" }));
        column.cells.forEach((cell, row) =>
          elements.push(textElement(style, cell, right, rowY(row + 1), { ...look, align: "right" })),
        );
        right += columnGap * textSize;
      });
      x += group.width + groupGap * textSize;
    }
    y = top + 2 * rowHeight * textSize + 0.15 * textSize;
    rule(margin, margin + used, 0.8);
    y = top + (2 + table.rows) * rowHeight * textSize + 0.45 * textSize;
    rule(margin, margin + used, 1.5);
    y += 0.9 * textSize;
  }
  for (const line of wrapped(figure.caption.join(" "), inner, captionSize, measure)) {
    text(line, captionSize, { colour: palette.inkSoft });
  }
  const height = Math.max(style.height ?? 0, Math.ceil(y + margin));
  return { elements, height };
}

function measured(group: TableGroup, textSize: number, measure: Measure): PlacedGroup {
  const widths = group.columns.map(({ title, cells }) =>
    Math.max(...[title, ...cells].map((text) => measure(text, textSize, false))),
  );
  const columns = widths.reduce((sum, one) => sum + one, 0) + (widths.length - 1) * columnGap * textSize;
  const width = Math.max(columns, measure(group.title, textSize, false));
  // A long title stretches the columns under it evenly.
  const more = (width - columns) / widths.length;
  return { ...group, width, widths: widths.map((one) => one + more) };
}

/** Smaller letters where the widest group would not fit beside the rows' names; larger ones where a slide has room. */
function enlargement({ groups }: FigureTable, style: FigureStyle, measure: Measure): number {
  const { height, width, margin, textSize } = style;
  const most = 1.5;
  const widths = groups.map((group) => measured(group, textSize, measure).width + groupGap * textSize);
  const room = width - 2 * margin;
  const least = widths[0] + Math.max(...widths.slice(1));
  if (least > room) return room / least;
  return height === undefined ? 1 : Math.max(1, Math.min(most, room / widths.reduce((sum, one) => sum + one, 0)));
}

/** As many groups side by side as fit, each block with the rows' names. */
function blocksOf(names: PlacedGroup, groups: readonly PlacedGroup[], room: number, textSize: number): PlacedGroup[][] {
  const blocks: PlacedGroup[][] = [];
  let used = Infinity;
  for (const group of groups) {
    const more = group.width + groupGap * textSize;
    if (used + more > room) {
      blocks.push([names]);
      used = names.width;
    }
    blocks.at(-1)!.push(group);
    used += more;
  }
  return blocks;
}
