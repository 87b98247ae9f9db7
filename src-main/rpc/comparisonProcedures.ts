import type { SavedComparison } from "../../src-shared/contract/index.ts";
import { comparisonRecipeSchema } from "../../src-shared/figures/comparisonRecipe.ts";
import { figureExists, figureUnknown, type FigureRecord } from "../history/figures.ts";
import type { History } from "../history/index.ts";
import { comparedRuns } from "./comparedRuns.ts";
import { implementation, liveOf } from "./implementation.ts";

const { comparisons: os } = implementation;

/** Other figures are no comparisons; nor is what a newer program has saved. */
function comparisonOf({ name, recipe, createdMs }: FigureRecord): SavedComparison | undefined {
  const parsed = comparisonRecipeSchema.safeParse(recipe);
  return parsed.success ? { name, recipe: parsed.data, createdMs } : undefined;
}

/** @throws WorkbenchError `figure-unknown` */
function saved({ figures }: History, name: string): SavedComparison {
  const record = figures.find(name);
  const comparison = record && comparisonOf(record);
  if (!comparison) throw figureUnknown(name);
  return comparison;
}

export const comparisonProcedures = {
  read: os.read.handler(({ context: { workbench }, input: { runs } }) =>
    comparedRuns(workbench, runs, (id) => liveOf(workbench, id)),
  ),

  list: os.list.handler(({ context: { workbench } }) =>
    workbench.history.figures.list().flatMap((figure) => comparisonOf(figure) ?? []),
  ),

  save: os.save.handler(({ context: { workbench }, input: { name, recipe, replace = false } }) => {
    const { history } = workbench;
    const before = history.figures.find(name);
    if (before && !(replace && comparisonOf(before))) throw figureExists(name);
    history.figures.save(name, recipe);
    return saved(history, name);
  }),

  rename: os.rename.handler(({ context: { workbench }, input: { name, to } }) => {
    const { history } = workbench;
    saved(history, name);
    history.figures.rename(name, to);
    return saved(history, to);
  }),

  remove: os.remove.handler(({ context: { workbench }, input: { name } }) => {
    saved(workbench.history, name);
    workbench.history.figures.remove(name);
    return { name };
  }),
};
