/** Colours of everything that is drawn, in the window and in exported files. Marks have a contrast of 3:1 at least on `surface`, text 4.5:1. */
export interface Palette {
  readonly surface: string;
  readonly ink: string;
  readonly inkSoft: string;
  readonly grid: string;
  readonly axis: string;
  readonly accent: string;
  readonly neutral: string;
  /** Shallow to deep: depth is ordered, so its colours are a ramp. */
  readonly depths: readonly (readonly [depth: number, colour: string])[];
  /** From none to many. */
  readonly heat: readonly [string, string];
  readonly heatError: readonly [string, string];
  /** Of what is right, so that the errors stand out; `ink` is read on all of it. */
  readonly heatRight: readonly [string, string];
  /** Of what is right in a difference, whose sign is written. */
  readonly rightChange: string;
  /** Okabe and Ito 2008: told apart by everyone; for things without an order. */
  readonly categories: readonly string[];
}

export const themeNames = ["light", "dark"] as const;
export type ThemeName = (typeof themeNames)[number];

export const palettes: Readonly<Record<ThemeName, Palette>> = {
  light: {
    surface: "#ffffff",
    ink: "#1b1b19",
    inkSoft: "#5c5b56",
    grid: "#ecebe7",
    axis: "#c9c8c2",
    accent: "#2f5fd0",
    neutral: "#5c5b56",
    depths: [
      [8, "#a07800"],
      [20, "#b87a00"],
      [32, "#d9532c"],
      [44, "#b3307f"],
      [56, "#6a2c9a"],
      [110, "#2a2a78"],
    ],
    heat: ["#ffffff", "#2f5fd0"],
    heatError: ["#ffffff", "#b3261e"],
    heatRight: ["#ffffff", "#9a9a96"],
    rightChange: "#dcdcd8",
    categories: ["#0072b2", "#d55e00", "#009e73", "#aa4499", "#8a6d00", "#3a8fc4", "#1b1b19"],
  },
  dark: {
    surface: "#1c1d1f",
    ink: "#ececea",
    inkSoft: "#b0b0ac",
    grid: "#2a2c2f",
    axis: "#43464b",
    accent: "#86a8ff",
    neutral: "#b0b0ac",
    depths: [
      [8, "#e8d36a"],
      [20, "#f4bf4f"],
      [32, "#ff8f66"],
      [44, "#f272b6"],
      [56, "#bd8cf2"],
      [110, "#93a0ff"],
    ],
    heat: ["#1c1d1f", "#86a8ff"],
    heatError: ["#1c1d1f", "#ff8a80"],
    heatRight: ["#1c1d1f", "#5d6064"],
    rightChange: "#34373b",
    categories: ["#56b4e9", "#e69f00", "#3fc79f", "#e08fc0", "#f0e442", "#8ab4f8", "#ececea"],
  },
};

const channels = (colour: string): number[] => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));

/** @param share 0: all `from`; 1: all `to` */
export function mixed(from: string, to: string, share: number): string {
  const [a, b] = [channels(from), channels(to)];
  const part = (index: number): string =>
    Math.round(a[index] + (b[index] - a[index]) * share)
      .toString(16)
      .padStart(2, "0");
  return `#${part(0)}${part(1)}${part(2)}`;
}

/** The ramp's colour at a depth; between its stops, by the depths' logarithms. */
export function depthColour({ depths }: Palette, depth: number): string {
  const next = depths.findIndex(([stop]) => stop >= depth);
  if (next === -1) return depths.at(-1)![1];
  if (next === 0) return depths[0][1];
  const [[lower, from], [upper, to]] = [depths[next - 1], depths[next]];
  return mixed(from, to, Math.log(depth / lower) / Math.log(upper / lower));
}
