import { mkdir } from "node:fs/promises";
import path from "node:path";
import { Readable } from "node:stream";
import { fileError, WorkbenchError } from "../../src-shared/errors.ts";
import {
  figureFormats,
  figureNames,
  type FigureFormat,
  type FigureName,
  type FigureStyleName,
} from "../../src-shared/figures/figureChoices.ts";
import { studyFigures } from "../../src-shared/figures/studyFigures.ts";
import { writeWholeFile } from "../archive/wholeFile.ts";
import { workbenchHome } from "../home.ts";
import { withHistory } from "../rpc/readHistory.ts";
import type { CommonOptions } from "./callServices.ts";
import { printJson, printLine, say } from "./output.ts";

export interface FigureExport extends CommonOptions {
  readonly study: string;
  /** All of them where there is none. */
  readonly figure?: FigureName | undefined;
  readonly style: FigureStyleName;
  readonly format?: FigureFormat | undefined;
  readonly out: string;
}

/**
 * Writes the figures of a study. Of all of them, those without data or without that format are skipped with a word; one that
 * was asked for by name and has no data is a failure.
 *
 * @throws WorkbenchError `study-unknown`; `usage` where the figure has no such format; `disk-full`, `permission`
 */
export async function exportFigures(options: FigureExport): Promise<void> {
  const { study, figure, style, format, out } = options;
  if (figure && format && !studyFigures[figure].formats.includes(format)) {
    throw new WorkbenchError("usage", `${figure} has no format ${format}.`, {
      mend: `It has ${studyFigures[figure].formats.join(", ")}.`,
    });
  }
  const home = workbenchHome(options.home);
  const { figureFile, openStudyFigures, studySource } = await import("../figures/index.ts");
  await withHistory(home, say, async (history) => {
    const figures = await openStudyFigures(await studySource(history, home, study));
    await mkdir(out, { recursive: true }).catch((error: unknown) => {
      throw fileError(error, `making ${out}`);
    });
    const withData = new Set(figures.list().flatMap(({ name, hasData }) => (hasData ? [name] : [])));
    for (const name of figure ? [figure] : figureNames) {
      if (!withData.has(name)) {
        say(`${name}: no data yet, skipped`);
        if (figure) process.exitCode = 1;
        continue;
      }
      const has = studyFigures[name].formats;
      if (format && !has.includes(format)) say(`${name}: no format ${format}, skipped`);
      for (const one of figureFormats.filter((known) => has.includes(known) && (!format || known === format))) {
        const bytes = await figures.render({ figure: name, style, format: one });
        if (!bytes) continue;
        const file = path.join(out, figureFile(name, one));
        await writeWholeFile(file, Readable.from([bytes]));
        if (options.json) printJson({ figure: name, format: one, file });
        else printLine(file);
      }
    }
  });
}
