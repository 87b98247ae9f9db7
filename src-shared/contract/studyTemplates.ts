import type { Grid } from "../grid.ts";

export const templateNames = ["course", "paper", "shortcut-ablation"] as const;
export type TemplateName = (typeof templateNames)[number];

/** Grids to begin a study with. */
export const studyTemplates: Readonly<
  Record<TemplateName, { readonly title: string; readonly grid: Omit<Grid, "seeds"> }>
> = {
  course: {
    title: "the course report: plain and residual, no shortcut where the size changes",
    grid: { recipe: "course", families: ["plain", "residual"], depths: [20, 32, 44, 56] },
  },
  paper: {
    title: "He et al. 2016, section 4.2: plain and residual up to 110 layers, zero-padded shortcuts",
    grid: { recipe: "paper", families: ["plain", "residual"], depths: [20, 32, 44, 56, 110] },
  },
  "shortcut-ablation": {
    title: "residual networks with no, zero-padded and projection shortcuts",
    grid: {
      recipe: "paper",
      families: ["residual"],
      depths: [20, 32, 44, 56],
      shortcuts: ["none", "zero-pad", "projection"],
    },
  },
};
