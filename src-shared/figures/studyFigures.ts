import { accuracyTable } from "./accuracyTable.ts";
import { blockRemoval } from "./blockRemoval.ts";
import { byDepth } from "./byDepth.ts";
import { confusion } from "./confusion.ts";
import { cost } from "./cost.ts";
import { degradationGap } from "./degradationGap.ts";
import { errorCurves } from "./errorCurves.ts";
import type { Figure } from "./figure.ts";
import type { FigureFormat, FigureName, FigureNeed } from "./figureChoices.ts";
import type { FigureStyle } from "./figureStyle.ts";
import { gradientNorms, layerResponses } from "./layerProfiles.ts";
import type { StudyData } from "./studyData.ts";
import { trainingLoss } from "./trainingLoss.ts";

/** Draws a figure; undefined where there is nothing to draw it from yet. */
type Draw = (data: StudyData, style: FigureStyle) => Figure | undefined;

interface StudyFigure {
  readonly draw: Draw;
  readonly formats: readonly FigureFormat[];
  /** Why there is nothing to draw, where that is so. */
  readonly needs: FigureNeed;
}

const picture = ["svg", "pdf", "png", "csv"] as const;
const curves: readonly FigureFormat[] = [...picture, "pgfplots"];
const table: readonly FigureFormat[] = [...picture, "tex", "md"];

/** Every figure of a study, in the order in which a reader needs them. */
export const studyFigures: Readonly<Record<FigureName, StudyFigure>> = {
  "training-loss-plain": {
    formats: curves,
    needs: "training",
    draw: (data, style) => trainingLoss(data, "plain", style),
  },
  "training-loss-residual": {
    formats: curves,
    needs: "training",
    draw: (data, style) => trainingLoss(data, "residual", style),
  },
  error: { formats: curves, needs: "training", draw: errorCurves },
  "accuracy-table": { formats: table, needs: "finished-run", draw: accuracyTable },
  "degradation-gap": { formats: curves, needs: "two-networks", draw: degradationGap },
  "by-depth": { formats: curves, needs: "finished-run", draw: byDepth },
  "layer-responses": { formats: curves, needs: "probes", draw: layerResponses },
  "gradient-norms": { formats: curves, needs: "probes", draw: gradientNorms },
  "block-removal": { formats: picture, needs: "block-removals", draw: blockRemoval },
  confusion: { formats: picture, needs: "predictions", draw: confusion },
  cost: { formats: curves, needs: "finished-run", draw: cost },
};
