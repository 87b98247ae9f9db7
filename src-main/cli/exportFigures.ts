import { mkdir } from "node:fs/promises";
import path from "node:path";
import { Readable } from "node:stream";
import { fileError, WorkbenchError } from "../../src-shared/errors.ts";
import {
  figureNeedWords,
  type FigureFormat,
  type FigureName,
  type FigureStyleName,
} from "../../src-shared/figures/figureChoices.ts";
import { endingOf, figureBase, type FigureRecipe } from "../../src-shared/figures/figureRecipe.ts";
import { studyFigures } from "../../src-shared/figures/studyFigures.ts";
import { writeWholeFile } from "../archive/wholeFile.ts";
import { findSavedFigure } from "../figures/savedFigures.ts";
import type { RecipeRenderer } from "../figures/index.ts";
import type { History } from "../history/index.ts";
import { workbenchHome } from "../home.ts";
import { withHistory } from "../rpc/readHistory.ts";
import type { CommonOptions } from "./callServices.ts";
import { printJson, printLine, say } from "./output.ts";

interface FigureOptions extends CommonOptions {
  readonly style: FigureStyleName;
  readonly format?: FigureFormat | undefined;
  /** Of PNG. */
  readonly dpi?: number | undefined;
  readonly out: string;
}

export interface StudyFigureExport extends FigureOptions {
  readonly study: string;
  /** All of them where there is none. */
  readonly figure?: FigureName | undefined;
}

export interface SavedFigureExport extends FigureOptions {
  readonly saved: string;
}

/**
 * Writes the figures of a study. Of all of them, those without data or without that format are skipped with a word; one that
 * was asked for by name and has no data is a failure.
 *
 * @throws WorkbenchError `study-unknown`; `usage` where the figure has no such format; `disk-full`, `permission`
 */
export async function exportStudyFigures({ study, figure, format, ...options }: StudyFigureExport): Promise<void> {
  if (figure && format && !studyFigures[figure].formats.includes(format)) {
    throw new WorkbenchError("usage", `${figure} has no format ${format}.`, {
      mend: `It has ${studyFigures[figure].formats.join(", ")}.`,
    });
  }
  await withRenderer(options, async (renderer) => {
    for (const { name, hasData, needs, formats } of await renderer.list(study)) {
      if (figure && name !== figure) continue;
      if (!hasData) {
        say(`${name}: no data yet, skipped: ${figureNeedWords[needs]}`);
        if (figure) process.exitCode = 1;
        continue;
      }
      if (format && !formats.includes(format)) say(`${name}: no format ${format}, skipped`);
      for (const one of formats.filter((known) => !format || known === format)) {
        await writeFigureFile(renderer, { kind: "study", study, figure: name }, name, { ...options, format: one });
      }
    }
  });
}

/**
 * Writes a saved figure, under its name.
 * @throws WorkbenchError `figure-unknown`, `figure-empty`; `usage` where it has no such format; `disk-full`, `permission`
 */
export async function exportSavedFigure({ saved, format, ...options }: SavedFigureExport): Promise<void> {
  await withRenderer(options, async (renderer, history) => {
    const { name, recipe } = findSavedFigure(history, saved);
    if (recipe === null) {
      throw new WorkbenchError("figure-unknown", `'${name}' was saved by another version of the workbench.`, {
        mend: "Save it anew.",
      });
    }
    const formats = format ? [format] : await renderer.formats(recipe);
    for (const one of formats) await writeFigureFile(renderer, recipe, fileName(name), { ...options, format: one });
  });
}

/** What no system takes in a file's name becomes "_". */
const fileName = (name: string): string => name.replace(/[^\p{L}\p{N} ._+-]/gu, "_");

async function withRenderer(
  { home: asked, out }: FigureOptions,
  use: (renderer: RecipeRenderer, history: History) => Promise<void>,
): Promise<void> {
  const home = workbenchHome(asked);
  const { RecipeRenderer } = await import("../figures/index.ts");
  await withHistory(home, say, async (history) => {
    await mkdir(out, { recursive: true }).catch((error: unknown) => {
      throw fileError(error, `making ${out}`);
    });
    await use(new RecipeRenderer(history, home), history);
  });
}

async function writeFigureFile(
  renderer: RecipeRenderer,
  recipe: FigureRecipe,
  name: string,
  { style, format, dpi, out, json }: FigureOptions & { readonly format: FigureFormat },
): Promise<void> {
  const { bytes } = await renderer.render(recipe, { style, format, dpi });
  const file = path.join(out, `${name}.${endingOf(format)}`);
  await writeWholeFile(file, Readable.from([Buffer.from(bytes)]));
  if (json) printJson({ figure: figureBase(recipe), format, file });
  else printLine(file);
}
