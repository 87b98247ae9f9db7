import type { Command } from "commander";
import { scaleInWords } from "../../src-shared/deviations.ts";
import type { Grid } from "../../src-shared/grid.ts";
import { recipeNames } from "../../src-shared/recipes.ts";
import { families, shortcuts, type Family, type Shortcut } from "../../src-shared/runConfig.ts";
import { scaleFraction } from "./arguments.ts";
import { collect, namesOf, wholeNumbers } from "./listArguments.ts";
import { recipeNamed } from "./runOptions.ts";

/** Options that describe a grid of runs. */
export interface GridOptions {
  readonly recipe?: string;
  readonly families?: readonly Family[];
  readonly depths?: readonly number[];
  readonly shortcuts?: readonly Shortcut[];
  readonly seeds?: readonly number[];
  readonly scale?: number;
  readonly set: readonly string[];
}

export const withGridOptions = (command: Command): Command =>
  command
    .option("--recipe <name>", recipeNames.join(" | "))
    .option("--families <list>", "plain,residual (default: the recipe's own)", namesOf(families))
    .option("--depths <list>", "e.g. 20,32,44,56 (default: the recipe's own)", wholeNumbers)
    .option(
      "--shortcuts <list>",
      "none,zero-pad,projection, of residual networks (default: the recipe's)",
      namesOf(shortcuts),
    )
    .option("--seeds <list>", "e.g. 1,2,3 (default: 1)", wholeNumbers)
    .option("--scale <fraction>", "shorten the schedule, e.g. 1/32", scaleFraction)
    .option("--set <key=value>", "change one key; may be given several times", collect, []);

/** What is not said is the recipe's own. @throws WorkbenchError `usage` for an unknown recipe */
export function gridFrom(recipeName: string, options: GridOptions): Grid {
  const recipe = recipeNamed(recipeName);
  const { family, depth } = recipe.config().network;
  return {
    recipe: recipe.name,
    families: options.families ?? [family],
    depths: options.depths ?? [depth],
    ...(options.shortcuts && { shortcuts: options.shortcuts }),
    seeds: options.seeds ?? [1],
    ...(options.scale !== undefined && { scale: options.scale }),
    ...(options.set.length > 0 && { set: options.set }),
  };
}

/** "course: plain, residual x 20, 32 x seed 1; 1/32 of its schedule; precision=bfloat16". */
export function gridInWords({ recipe, families, depths, shortcuts: kinds, seeds, scale, set = [] }: Grid): string {
  const cells = [
    families.join(", "),
    depths.join(", "),
    ...(kinds ? [`shortcut ${kinds.join(", ")}`] : []),
    `${seeds.length === 1 ? "seed" : "seeds"} ${seeds.join(", ")}`,
  ];
  const shortened = scale === undefined || scale === 1 ? [] : [`${scaleInWords(scale)} of its schedule`];
  return [`${recipe}: ${cells.join(" x ")}`, ...shortened, ...set].join("; ");
}
