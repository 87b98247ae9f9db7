import type { Family, Shortcut } from "../runConfig.ts";
import { markers, type LegendEntry, type Marker } from "./figure.ts";
import { depthColour, type Palette } from "./palette.ts";
import type { CellData, StudyData } from "./studyData.ts";

/** The networks of a study that differ in depth alone: a curve's family, a column of a table. */
export interface Variant {
  readonly family: Family;
  readonly shortcut: Shortcut;
  /** "residual", or "residual, projection" where the study has several shortcuts. */
  readonly label: string;
  /** Where there is little room: "projection". */
  readonly short: string;
}

export function variantsOf({ cells }: Pick<StudyData, "cells">): Variant[] {
  const found: Variant[] = [];
  const residuals = new Set(cells.filter(({ family }) => family === "residual").map(({ shortcut }) => shortcut));
  for (const { family, shortcut } of cells) {
    if (found.some((variant) => isOf(variant, { family, shortcut }))) continue;
    const isOneOfMany = family === "residual" && residuals.size > 1;
    const label = isOneOfMany ? `${family}, ${shortcut}` : family;
    found.push({ family, shortcut, label, short: isOneOfMany ? shortcut : family });
  }
  return found.sort((a, b) => Number(a.family === "residual") - Number(b.family === "residual"));
}

/** A plain network has no shortcut, whatever its configuration says. */
export const isOf = (variant: Pick<Variant, "family" | "shortcut">, cell: Pick<CellData, "family" | "shortcut">) =>
  variant.family === cell.family && (cell.family === "plain" || variant.shortcut === cell.shortcut);

export const depthsOf = ({ cells }: Pick<StudyData, "cells">): number[] =>
  [...new Set(cells.map(({ depth }) => depth))].sort((a, b) => a - b);

export const cellsOf = ({ cells }: StudyData, variant: Variant, depth?: number): CellData[] =>
  cells.filter((cell) => isOf(variant, cell) && (depth === undefined || cell.depth === depth));

/** Plain and the one residual variant share a plot; of several residual variants each has its own. */
export function plotGroups(data: StudyData): Variant[][] {
  const variants = variantsOf(data);
  const isSimple = variants.filter(({ family }) => family === "residual").length <= 1;
  return isSimple ? [variants] : variants.map((variant) => [variant]);
}

/** How networks look: colour and marker by depth; dashed and hollow where plain, in plots where that is what a dash says. */
export interface Looks {
  colour(depth: number): string;
  marker(depth: number, family?: Family): Marker;
}

export function looksOf(data: StudyData, palette: Palette): Looks {
  const depths = depthsOf(data);
  return {
    colour: (depth) => depthColour(palette, depth),
    marker: (depth, family = "residual") => ({
      shape: markers[Math.max(0, depths.indexOf(depth)) % markers.length],
      isFilled: family === "residual",
    }),
  };
}

export const lookOf = (family: Family) => (family === "plain" ? ("dashed" as const) : ("solid" as const));

export const layers = (depth: number): string => `${depth} layers`;

/** One entry a depth. */
export const depthLegend = (depths: readonly number[], looks: Looks, family: Family = "residual"): LegendEntry[] =>
  depths.map((depth) => ({
    label: layers(depth),
    sample: { kind: "line", colour: looks.colour(depth), look: "solid", marker: looks.marker(depth, family) },
  }));

/** What a dash says, where it says the family. */
export const familyLegend = (families: readonly Family[], palette: Palette): LegendEntry[] =>
  families.map((family) => ({ label: family, sample: { kind: "line", colour: palette.ink, look: lookOf(family) } }));

export const familiesOf = (variants: readonly Variant[]): Family[] => [
  ...new Set(variants.map(({ family }) => family)),
];
