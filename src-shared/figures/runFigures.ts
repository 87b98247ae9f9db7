import type { Figure } from "./figure.ts";
import { runFigureFormats, type FigureFormat, type FigureNeed, type RunFigureName } from "./figureChoices.ts";
import type { FigureStyle } from "./figureStyle.ts";
import { runConfusion } from "./runConfusion.ts";
import { runCurves } from "./runCurves.ts";
import type { RunFigureData } from "./runFigureData.ts";

interface RunFigure {
  /** Undefined where there is nothing to draw it from yet. */
  readonly draw: (data: RunFigureData, style: FigureStyle) => Figure | undefined;
  readonly formats: readonly FigureFormat[];
  readonly needs: FigureNeed;
}

/** Every figure of a single run. */
export const runFigures: Readonly<Record<RunFigureName, RunFigure>> = {
  curves: { formats: runFigureFormats.curves, needs: "training", draw: runCurves },
  confusion: { formats: runFigureFormats.confusion, needs: "predictions", draw: runConfusion },
};
