import { figureArchive } from "../figures/figureArchive.ts";
import { findSavedFigure, savedFigures } from "../figures/savedFigures.ts";
import { implementation } from "./implementation.ts";

const { figures: os } = implementation;

export const figureProcedures = {
  list: os.list.handler(async ({ context: { workbench }, input: { study }, signal }) => {
    const listed = await workbench.figures.list(workbench.history.studies.get(study).name, signal);
    return listed.map(({ name, title = null, formats, hasData, needs }) => ({
      ...{ name, title, formats, lacks: hasData ? null : needs },
    }));
  }),

  draw: os.draw.handler(async ({ context: { workbench }, input: { recipe, style }, signal }) => {
    const drawn = await workbench.figures.render(recipe, { style, format: "svg" }, signal);
    const { title, caption, formats, bytes } = drawn;
    return { title, caption, formats, svg: Buffer.from(bytes).toString("utf8") };
  }),

  render: os.render.handler(async ({ context: { workbench }, input: { recipe, ...rendering }, signal }) => {
    const { bytes } = await workbench.figures.render(recipe, rendering, signal);
    return new Blob([Uint8Array.from(bytes)]);
  }),

  archive: os.archive.handler(async ({ context: { workbench }, input: { study, style }, signal }) => {
    const { name } = workbench.history.studies.get(study);
    return new Blob([Uint8Array.from(await figureArchive(workbench.figures, name, style, signal))]);
  }),

  save: os.save.handler(({ context: { workbench }, input: { name, recipe } }) => {
    const { history } = workbench;
    history.figures.save(name, recipe);
    return findSavedFigure(history, name);
  }),

  saved: os.saved.handler(({ context: { workbench } }) => savedFigures(workbench.history)),

  remove: os.remove.handler(({ context: { workbench }, input: { name } }) => {
    const { history } = workbench;
    const { name: known } = findSavedFigure(history, name);
    history.figures.remove(known);
    return { name: known };
  }),
};
