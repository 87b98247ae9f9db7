import { mixed, type Palette } from "./palette.ts";

/** A cell of a matrix: its ground, and writing on it with a contrast of 4.5:1 at least. */
export interface HeatCell {
  readonly ground: string;
  readonly ink: string;
}

const light = "#ffffff";
const dark = "#000000";

/** Small differences near nothing are seen better than by the share itself. */
const power = 0.7;

/** @param share 0: none, 1: the most of them all */
export function heatCell([from, to]: Palette["heat"], share: number): HeatCell {
  const ground = mixed(from, to, Math.min(1, Math.max(0, share)) ** power);
  return { ground, ink: contrast(ground, light) > contrast(ground, dark) ? light : dark };
}

/** Of WCAG 2: 1 to 21. @param a, b "#rrggbb" */
export function contrast(a: string, b: string): number {
  const [bright, dim] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (bright + 0.05) / (dim + 0.05);
}

function luminance(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const channel = parseInt(colour.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
