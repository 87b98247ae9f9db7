import type { Marker } from "./figure.ts";
import type { Box } from "./figureLayout.ts";
import type { FigureStyle } from "./figureStyle.ts";
import { markerCorners } from "./markerShapes.ts";

/** An element of ECharts' `graphic` component. */
export type Drawn = Readonly<Record<string, unknown>>;

export interface TextLook {
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

export const lineElement = (
  points: readonly (readonly [number, number])[],
  colour: string,
  width: number,
  z = 1,
): Drawn => ({
  ...{ type: "polyline", silent: true, z, shape: { points } },
  style: { stroke: colour, lineWidth: width, fill: "none" },
});

export const fillElement = (
  points: readonly (readonly [number, number])[],
  colour: string,
  opacity: number,
  z: number,
): Drawn => ({
  ...{ type: "polygon", silent: true, z, shape: { points } },
  style: { fill: colour, opacity },
});

export function filled({ left, top, width, height }: Box, colour: string): Drawn {
  return {
    ...{ type: "rect", silent: true, z: 2, shape: { x: left, y: top, width, height } },
    style: { fill: colour },
  };
}

/** Slanted lines in a frame: for what is not there. */
export function hatched(box: Box, colour: string, { axisWidth, textSize }: FigureStyle): Drawn[] {
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

export function markerElement(
  marker: Marker,
  x: number,
  y: number,
  colour: string,
  style: FigureStyle,
  scale = 1,
): Drawn {
  const half = (style.markerSize / 2) * scale;
  const look = { fill: marker.isFilled ? colour : "#ffffff", stroke: colour, lineWidth: style.lineWidth * 0.55 };
  if (marker.shape === "circle") {
    return { ...{ type: "circle", silent: true, z: 5, shape: { cx: x, cy: y, r: half } }, style: look };
  }
  const points = markerCorners[marker.shape].map(([dx, dy]) => [x + dx * half, y + dy * half]);
  return { ...{ type: "polygon", silent: true, z: 5, shape: { points } }, style: look };
}
