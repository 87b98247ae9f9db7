import { filled, hatched, lineElement, markerElement, textElement, type Drawn } from "./drawnElements.ts";
import type { Figure } from "./figure.ts";
import { legendTextX, sampleWidth, type Layout } from "./figureLayout.ts";
import type { FigureStyle } from "./figureStyle.ts";

export const titleElements = ({ title }: Layout, style: FigureStyle): Drawn[] =>
  title.map(({ text, x, y }) =>
    textElement(style, text, x, y, { size: style.titleSize, colour: style.palette.ink, isBold: true }),
  );

export const captionElements = ({ caption }: Pick<Layout, "caption">, style: FigureStyle): Drawn[] =>
  caption.map(({ text, x, y }) =>
    textElement(style, text, x, y, { size: style.captionSize, colour: style.palette.inkSoft }),
  );

export function legendElements({ legend }: Figure, layout: Layout, style: FigureStyle): Drawn[] {
  const { textSize, palette, lineWidth } = style;
  return legend.flatMap(({ label, sample }, index) => {
    const { x, y } = layout.legend[index];
    const text = textElement(style, label, legendTextX(x, style), y, { size: textSize, colour: palette.ink });
    const width = sampleWidth * textSize;
    switch (sample.kind) {
      case "swatch": {
        const box = {
          left: x + 0.4 * textSize,
          top: y - 0.4 * textSize,
          width: width - 0.4 * textSize,
          height: 0.8 * textSize,
        };
        return [...(sample.isHatched ? hatched(box, sample.colour, style) : [filled(box, sample.colour)]), text];
      }
      case "line": {
        const isMarked = sample.marker && (style.hasMarkers || sample.isAlwaysMarked);
        const line = lineElement([[x, y], [x + width, y]], sample.colour, lineWidth); // prettier-ignore
        const dashed = {
          ...line,
          style: { ...(line.style as object), lineDash: sample.look === "dashed" ? style.dash : undefined },
        };
        return [
          dashed,
          ...(isMarked ? [markerElement(sample.marker, x + width / 2, y, sample.colour, style)] : []),
          text,
        ];
      }
    }
  });
}
