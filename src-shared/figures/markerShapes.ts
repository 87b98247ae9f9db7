import type { Marker } from "./figure.ts";

type Corner = readonly [x: number, y: number];

/** Corners of each marker about its middle, in half sizes; a circle has none. Of equal weight to the eye. */
export const markerCorners: Readonly<Record<Exclude<Marker["shape"], "circle">, readonly Corner[]>> = {
  square: [[-0.88, -0.88], [0.88, -0.88], [0.88, 0.88], [-0.88, 0.88]], // prettier-ignore
  triangle: [
    [0, -1.2],
    [1.1, 0.8],
    [-1.1, 0.8],
  ],
  diamond: [[0, -1.25], [1.25, 0], [0, 1.25], [-1.25, 0]], // prettier-ignore
  "triangle-down": [
    [0, 1.2],
    [1.1, -0.8],
    [-1.1, -0.8],
  ],
  cross: outline(Math.PI / 4),
  plus: outline(0),
};

/** An upright cross of thick arms, turned. */
function outline(angle: number): Corner[] {
  const [arm, half] = [1.25, 0.35];
  const corners = [[half, -arm], [half, -half], [arm, -half], [arm, half], [half, half], [half, arm]]; // prettier-ignore
  return [...corners, ...corners.map(([x, y]) => [-x, -y])].map(([x, y]) => [
    x * Math.cos(angle) - y * Math.sin(angle),
    x * Math.sin(angle) + y * Math.cos(angle),
  ]);
}
