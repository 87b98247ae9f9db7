import type { RandomStream } from "./randomStream.ts";

/** Red, green, blue, 0..255. */
export type Colour = readonly [number, number, number];

/** How much of the second colour shows at a pixel, 0 ... 1. */
type Pattern = (x: number, y: number) => number;

/** A surface with two colours and a pattern that blends them. */
export interface Texture {
  readonly first: Colour;
  readonly second: Colour;
  readonly pattern: Pattern;
}

const patterns: readonly ((random: RandomStream) => Pattern)[] = [flat, gradient, stripes, checks, clouds];

function flat(): Pattern {
  return () => 0;
}

function gradient(random: RandomStream): Pattern {
  const [stepX, stepY] = [random.between(-4, 4) / 128, random.between(-4, 4) / 128];
  return (x, y) => clampFraction(0.5 + stepX * (x - 15.5) + stepY * (y - 15.5));
}

function stripes(random: RandomStream): Pattern {
  const [stepX, stepY] = random.pick([
    [1, 0],
    [0, 1],
    [1, 1],
    [1, -1],
    [2, 1],
    [1, 2],
    [2, -1],
    [1, -2],
  ]);
  const period = random.between(4, 9);
  return (x, y) => (modulo(stepX * x + stepY * y, period) * 2 < period ? 0 : 1);
}

function checks(random: RandomStream): Pattern {
  const side = random.between(2, 5);
  const [shiftX, shiftY] = [random.between(0, 9), random.between(0, 9)];
  return (x, y) => (Math.floor((x + shiftX) / side) + Math.floor((y + shiftY) / side)) & 1;
}

/** Random values on a grid of 8 pixels, blended linearly between. */
function clouds(random: RandomStream): Pattern {
  const grid = Array.from({ length: 25 }, () => random.fraction());
  return (x, y) => {
    const right = (x & 7) / 8;
    const down = (y & 7) / 8;
    const at = 5 * (y >> 3) + (x >> 3);
    const above = grid[at] * (1 - right) + grid[at + 1] * right;
    const below = grid[at + 5] * (1 - right) + grid[at + 6] * right;
    return above * (1 - down) + below * down;
  };
}

const clampFraction = (value: number): number => Math.min(1, Math.max(0, value));
const modulo = (value: number, by: number): number => ((value % by) + by) % by;
const clampByte = (value: number): number => Math.min(255, Math.max(0, value));

/** How far the second colour lies from the first, per channel. */
const colourSpread = 45;

export function randomTexture(random: RandomStream): Texture {
  const first = [random.between(0, 255), random.between(0, 255), random.between(0, 255)] as const;
  const near = (channel: number): number => clampByte(channel + random.between(-colourSpread, colourSpread));
  return { first, second: [near(first[0]), near(first[1]), near(first[2])], pattern: random.pick(patterns)(random) };
}

/** Channel values are blended, not rounded: that comes last. */
export const textureAt = (texture: Texture, channel: number, blend: number): number =>
  texture.first[channel] * (1 - blend) + texture.second[channel] * blend;
