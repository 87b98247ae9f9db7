import type { FigureFormat, FigureStyleName } from "../../src-shared/figures/figureChoices.ts";
import { figureFile, type FigureRecipe } from "../../src-shared/figures/figureRecipe.ts";
import { m } from "../paraglide/messages.js";
import { services } from "./client.svelte.ts";
import { saveBlob } from "./saveBlob.ts";

interface Rendering {
  readonly style: FigureStyleName;
  readonly format: FigureFormat;
  readonly dpi?: number | undefined;
}

/** @returns the file's name @throws WorkbenchError as `figures.render` */
export async function saveFigure(recipe: FigureRecipe, rendering: Rendering): Promise<string> {
  const file = await services.figures.render({ recipe, ...rendering });
  const name = figureFile(recipe, rendering.format);
  saveBlob(name, file);
  return name;
}

/** @returns the file's name @throws WorkbenchError as `figures.archive` */
export async function saveAllFigures(study: string, style: FigureStyleName): Promise<string> {
  const file = await services.figures.archive({ study, style });
  const name = `${study}-${style}.tar.gz`;
  saveBlob(name, file);
  return name;
}

/** What the clipboard takes a format as. */
const clipboardTypes = { png: "image/png", tex: "text/plain", md: "text/plain" } as const;
export type ClipboardFormat = keyof typeof clipboardTypes;

/**
 * To be called as a person asks for it: browsers let no one else write to the clipboard.
 * @throws WorkbenchError as `figures.render`; Error where the browser does not let it
 */
export async function copyFigure(recipe: FigureRecipe, style: FigureStyleName, format: ClipboardFormat): Promise<void> {
  const type = clipboardTypes[format];
  const drawing = services.figures.render({ recipe, style, format });
  // A promise of it: some browsers forget that a person asked while it is drawn.
  const content = drawing.then(async (file) => new Blob([await file.arrayBuffer()], { type }));
  try {
    await navigator.clipboard.write([new ClipboardItem({ [type]: content })]);
  } catch (error) {
    content.catch(() => {});
    // Where it could not be drawn, that is what has failed.
    await drawing;
    throw refused(error);
  }
}

const refused = (cause: unknown): Error => new Error(m.studies_copy_refused(), { cause });
