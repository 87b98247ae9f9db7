/** Words that people choose figures by; apart from the figures, so that a command's help needs none of them. */

export const figureStyleNames = ["screen", "paper", "slide"] as const;
export type FigureStyleName = (typeof figureStyleNames)[number];

/** `pgfplots` is LaTeX too: a picture; `tex` is a table. */
export const figureFormats = ["svg", "pdf", "png", "csv", "tex", "md", "pgfplots"] as const;
export type FigureFormat = (typeof figureFormats)[number];

/** In the order in which a reader needs them. */
export const figureNames = [
  "training-loss-plain",
  "training-loss-residual",
  "error",
  "accuracy-table",
  "degradation-gap",
  "by-depth",
  "layer-responses",
  "gradient-norms",
  "block-removal",
  "confusion",
  "cost",
] as const;
export type FigureName = (typeof figureNames)[number];
