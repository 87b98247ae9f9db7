import { WorkbenchError } from "../../src-shared/errors.ts";
import { comparisonFigure } from "../../src-shared/figures/comparison.ts";
import {
  comparisonFormats,
  figureNeedWords,
  type FigureFormat,
  type FigureNeed,
  type FigureStyleName,
} from "../../src-shared/figures/figureChoices.ts";
import { figureBase, type FigureRecipe, type RecipeOf } from "../../src-shared/figures/figureRecipe.ts";
import { figureStyles } from "../../src-shared/figures/figureStyle.ts";
import { runFigures } from "../../src-shared/figures/runFigures.ts";
import { studyFigures } from "../../src-shared/figures/studyFigures.ts";
import type { History } from "../history/index.ts";
import type { SubjectMetadata } from "./figureMetadata.ts";
import { drawnRecipe, metadataOfComparison, readComparisonData } from "./readComparisonData.ts";
import { metadataOfRun, readRunFigureData } from "./readRunFigureData.ts";
import { defaultDpi, openStudyFigures, type FigureListing, type StudyRenderer } from "./studyRenderer.ts";
import { studySource } from "./studySource.ts";
import { drawnIn, writeFigure, type DrawnFigure } from "./writeFigure.ts";

export interface Rendering {
  readonly style: FigureStyleName;
  readonly format: FigureFormat;
  /** Of a PNG. */
  readonly dpi?: number | undefined;
}

export interface RenderedFigure {
  readonly title: string;
  readonly caption: readonly string[];
  /** Those that it has. */
  readonly formats: readonly FigureFormat[];
  readonly bytes: Uint8Array;
}

/** A figure of any recipe, as far as the history has it at this moment. */
interface OpenedFigure {
  readonly formats: readonly FigureFormat[];
  readonly needs: FigureNeed;
  readonly metadata: SubjectMetadata;
  /** Undefined where there is nothing to draw it from yet. */
  readonly draw: (style: FigureStyleName) => DrawnFigure | undefined;
}

type Openers = { readonly [Kind in FigureRecipe["kind"]]: (recipe: RecipeOf<Kind>) => Promise<OpenedFigure> };

/** A study is read anew after so long: a data set that was added is not seen in the history. */
const keptMs = 10_000;

/** Renders figures of a history: what was read of a study serves all its figures until something changes. */
export class RecipeRenderer {
  readonly #history: History;
  readonly #home: string;
  #kept: { readonly study: string; readonly version: number; readonly atMs: number; readonly renderer: StudyRenderer } | undefined; // prettier-ignore

  readonly #openers: Openers = {
    study: async ({ study, figure }) => {
      const { metadata, draw } = await this.#study(study);
      const { formats, needs } = studyFigures[figure];
      return { formats, needs, metadata, draw: (style) => draw(figure, style) };
    },
    run: async ({ run, figure, iteration }) => {
      const record = this.#history.runs.get(run);
      const data = await readRunFigureData(this.#history, this.#home, record, iteration);
      const { formats, needs, draw } = runFigures[figure];
      return {
        ...{ formats, needs, metadata: metadataOfRun(record) },
        draw: (style) => {
          const drawn = draw(data, figureStyles[style]);
          return drawn && drawnIn(drawn, figureStyles[style]);
        },
      };
    },
    comparison: async (recipe) => {
      const data = await readComparisonData(this.#history, this.#home, recipe);
      return {
        ...{ formats: comparisonFormats, needs: "training", metadata: metadataOfComparison(data.runs) },
        draw: (style) => {
          const drawn = comparisonFigure(data, drawnRecipe(recipe, data), figureStyles[style]);
          return drawn && drawnIn(drawn, figureStyles[style]);
        },
      };
    },
  };

  constructor(history: History, home: string) {
    this.#history = history;
    this.#home = home;
  }

  /** Every figure of a study. @throws WorkbenchError `study-unknown` */
  async list(study: string): Promise<FigureListing[]> {
    return (await this.#study(study)).list();
  }

  /**
   * @throws WorkbenchError `figure-empty` where there is no data yet, `usage` where it has no such format, `study-unknown`,
   *   `run-unknown`
   */
  async render(recipe: FigureRecipe, { style, format, dpi = defaultDpi }: Rendering): Promise<RenderedFigure> {
    const { formats, needs, metadata, draw } = await this.#open(recipe);
    if (!formats.includes(format)) {
      throw new WorkbenchError("usage", `${figureBase(recipe)} has no format ${format}.`, {
        mend: `It has ${formats.join(", ")}.`,
      });
    }
    const drawn = draw(style);
    const bytes = drawn && (await writeFigure(drawn, metadata, { format, dpi }));
    if (!bytes) {
      throw new WorkbenchError("figure-empty", `${figureBase(recipe)}: no data yet, ${figureNeedWords[needs]}.`, {
        mend: "Draw it again when there is.",
      });
    }
    return { title: drawn.figure.title, caption: drawn.figure.caption, formats, bytes };
  }

  /** Those that a figure has. @throws WorkbenchError `study-unknown`, `run-unknown` */
  async formats(recipe: FigureRecipe): Promise<readonly FigureFormat[]> {
    return (await this.#open(recipe)).formats;
  }

  #open(recipe: FigureRecipe): Promise<OpenedFigure> {
    const open = this.#openers[recipe.kind] as (one: FigureRecipe) => Promise<OpenedFigure>;
    return open(recipe);
  }

  async #study(study: string): Promise<StudyRenderer> {
    const version = this.#history.version();
    const kept = this.#kept;
    if (kept?.study === study && kept.version === version && performance.now() - kept.atMs < keptMs) {
      return kept.renderer;
    }
    const renderer = await openStudyFigures(await studySource(this.#history, this.#home, study));
    this.#kept = { study, version, renderer, atMs: performance.now() };
    return renderer;
  }
}
