import { buffer } from "node:stream/consumers";
import { createGzip } from "node:zlib";
import tar from "tar-stream";
import { WorkbenchError } from "../../src-shared/errors.ts";
import type { FigureStyleName } from "../../src-shared/figures/figureChoices.ts";
import { figureFile, type FigureRecipe } from "../../src-shared/figures/figureRecipe.ts";
import type { FigureProcess } from "./figureProcess.ts";

/**
 * Every figure of a study that there is data for, in every format that it has, as one .tar.gz: the files that
 * `rwb export --all` writes.
 *
 * @param signal ends it; what others ask for meanwhile is drawn between its files
 * @throws WorkbenchError as FigureProcess.render; `figure-empty` where there is nothing to draw any figure from yet
 */
export async function figureArchive(
  figures: Pick<FigureProcess, "list" | "render">,
  study: string,
  style: FigureStyleName,
  signal?: AbortSignal,
): Promise<Buffer> {
  const listed = (await figures.list(study, signal)).filter(({ hasData }) => hasData);
  if (listed.length === 0) {
    throw new WorkbenchError("figure-empty", `There is no data yet for any figure of ${study}.`, {
      mend: "Queue its runs; once one has begun, its curves can be drawn.",
    });
  }
  const pack = tar.pack();
  const bytes = buffer(pack.pipe(createGzip()));
  try {
    for (const { name, formats } of listed) {
      const recipe: FigureRecipe = { kind: "study", study, figure: name };
      for (const format of formats) {
        const file = await figures.render(recipe, { style, format }, signal);
        pack.entry({ name: figureFile(recipe, format) }, Buffer.from(file.bytes));
      }
    }
    pack.finalize();
  } catch (error) {
    pack.destroy();
    // Its reader is cut off; why is said by the error.
    bytes.catch(() => {});
    throw error;
  }
  return bytes;
}
