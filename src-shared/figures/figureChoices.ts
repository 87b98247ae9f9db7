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

/** Of a single run. */
export const runFigureNames = ["curves", "confusion"] as const;
export type RunFigureName = (typeof runFigureNames)[number];
export const runFigureFormats: Readonly<Record<RunFigureName, readonly FigureFormat[]>> = {
  curves: ["svg", "pdf", "png", "csv", "pgfplots"],
  confusion: ["svg", "pdf", "png", "csv"],
};

/** Of a comparison: its lines, and its table of numbers. */
export const comparisonFormats: readonly FigureFormat[] = ["svg", "pdf", "png", "csv", "tex", "md", "pgfplots"];

/** What a figure is drawn from; why there is none yet. */
export const figureNeeds = [
  "training",
  "finished-run",
  "two-networks",
  "probes",
  "block-removals",
  "predictions",
  "evaluations",
] as const;
export type FigureNeed = (typeof figureNeeds)[number];

export const figureNeedWords: Readonly<Record<FigureNeed, string>> = {
  training: "no run of it has begun",
  "finished-run": "no run of it is finished",
  "two-networks": "there are no two networks of one seed to compare",
  probes: "no run has measured its layers (probe.atIterations)",
  "block-removals": "no block of a finished network was removed yet (rwb run lesion RUN)",
  predictions: "there are no predictions, or the data set that they are of is not here",
  evaluations: "there was no evaluation yet",
};

/** Dots an inch of a PNG that may be asked for. */
export const leastDpi = 36;
export const mostDpi = 1200;
