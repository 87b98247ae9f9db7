/**
 * The ten classes of the built-in data set: whether a point lies inside, in the shape's own coordinates (about -1 ... 1).
 * Only + - * / and comparisons, which IEEE 754 defines to the last bit: Math.sin and its like differ between platforms.
 */
export type Outline = (u: number, v: number) => boolean;

type Vertex = readonly [u: number, v: number];

/** Even-odd rule. */
function polygon(vertices: readonly Vertex[]): Outline {
  const us = Float64Array.from(vertices, ([u]) => u);
  const vs = Float64Array.from(vertices, ([, v]) => v);
  return (u, v) => {
    let inside = false;
    for (let next = 0, last = us.length - 1; next < us.length; last = next++) {
      const crosses = vs[next] > v !== vs[last] > v;
      if (crosses && u < us[next] + ((v - vs[next]) * (us[last] - us[next])) / (vs[last] - vs[next])) inside = !inside;
    }
    return inside;
  };
}

const disc = (u: number, v: number, radius: number): boolean => u * u + v * v < radius * radius;
const square = (u: number, v: number, half: number): boolean => u > -half && u < half && v > -half && v < half;

// Corners at 90, 162, 234 ... degrees, radius 1.15 outside and 0.5 inside, to four digits.
const star = polygon([
  [0, -1.15],
  [0.2939, -0.4045],
  [1.0937, -0.3554],
  [0.4755, 0.1545],
  [0.676, 0.9304],
  [0, 0.5],
  [-0.676, 0.9304],
  [-0.4755, 0.1545],
  [-1.0937, -0.3554],
  [-0.2939, -0.4045],
]);

const triangle = polygon([
  [0, -1.15],
  [1, 0.75],
  [-1, 0.75],
]);

/** In label order. Areas and outlines overlap on purpose: no count of pixels tells two classes apart. */
export const outlines: Readonly<Record<string, Outline>> = {
  disc: (u, v) => disc(u, v, 0.95),
  ring: (u, v) => disc(u, v, 1) && !disc(u, v, 0.55),
  square: (u, v) => square(u, v, 0.85),
  frame: (u, v) => square(u, v, 0.9) && !square(u, v, 0.5),
  triangle,
  star,
  cross: (u, v) => square(u, v, 1) && ((u > -0.36 && u < 0.36) || (v > -0.36 && v < 0.36)),
  crescent: (u, v) => disc(u, v, 1) && !disc(u - 0.5, v, 0.8),
  hourglass: (u, v) => square(u, v, 0.95) && u * u < (v * v + 0.02) * 1.1,
  bars: (u, v) => square(u, v, 0.95) && (v < -0.3 || v > 0.3),
};
