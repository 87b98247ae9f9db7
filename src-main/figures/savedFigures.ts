import { closest } from "fastest-levenshtein";
import { WorkbenchError } from "../../src-shared/errors.ts";
import { figureRecipeSchema, type FigureRecipe } from "../../src-shared/figures/figureRecipe.ts";
import type { History } from "../history/index.ts";

/** A recipe under a name. */
export interface NamedRecipe {
  readonly name: string;
  /** Null where another version of the program saved it, which this one cannot read. */
  readonly recipe: FigureRecipe | null;
  readonly createdMs: number;
}

/** In the order in which they were first saved. */
export const savedFigures = ({ figures }: History): NamedRecipe[] =>
  figures.list().map(({ recipe, ...rest }) => ({ ...rest, recipe: figureRecipeSchema.safeParse(recipe).data ?? null }));

/** @throws WorkbenchError `figure-unknown`, with the closest name */
export function findSavedFigure(history: History, name: string): NamedRecipe {
  const all = savedFigures(history);
  const found = all.find((one) => one.name === name);
  if (found) return found;
  const names = all.map((one) => one.name);
  throw new WorkbenchError("figure-unknown", `There is no saved figure '${name}'.`, {
    mend: names.length > 0 ? `Did you mean '${closest(name, names)}'?` : "None has been saved yet.",
  });
}
