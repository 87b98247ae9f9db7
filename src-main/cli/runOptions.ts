import { readFileSync } from "node:fs";
import { closest } from "fastest-levenshtein";
import {
  isObject,
  parseRunConfig,
  parseSetting,
  withSettings,
  type Json,
  type JsonObject,
  type Setting,
} from "../../src-shared/configSettings.ts";
import { WorkbenchError } from "../../src-shared/errors.ts";
import { recipeNames, recipes, type RecipeName } from "../../src-shared/recipes.ts";
import { families, type Family, type RunConfig } from "../../src-shared/runConfig.ts";
import { scaleRun } from "../../src-shared/schedule.ts";

/** What a person asked for on the command line, before it is a configuration. */
export interface RunOptions {
  readonly file?: string;
  readonly recipe?: string;
  readonly scale?: number;
  /** `key.path=value`; values are JSON where they parse as JSON, otherwise strings. */
  readonly set: readonly string[];
}

/**
 * Recipe, then the file's keys over it, then `--scale`, then each `--set`: the later, the stronger.
 * @throws WorkbenchError `config-invalid` (exit 2) with the key and, for an unknown one, the likeliest
 */
export function runConfigFrom(options: RunOptions): RunConfig {
  const file = options.file === undefined ? undefined : readConfigFile(options.file);
  if (!options.recipe && !file) {
    throw new WorkbenchError("usage", "Say what to train: a recipe or a configuration file.", {
      mend: `rwb train --recipe ${recipeNames.join("|")}, or rwb train CONFIG.json`,
    });
  }
  const sets = options.set.map(parseSetting);
  let config: Json = file ?? {};
  if (options.recipe) {
    const base = recipeNamed(options.recipe).config(cellOf(file, sets));
    config = merge(base, file ?? {});
  }
  if (options.scale !== undefined) config = scaleRun(parseRunConfig(config), options.scale);
  return withSettings(config, sets);
}

export function recipeNamed(name: string) {
  if ((recipeNames as readonly string[]).includes(name)) return recipes[name as RecipeName];
  const likely = closest(name, [...recipeNames]);
  throw new WorkbenchError("usage", `There is no recipe '${name}'.`, {
    mend: `Did you mean '${likely}'? Recipes: ${recipeNames.join(", ")}`,
  });
}

/** The cell of the grid that file and options name: a recipe may differ by depth (the paper's warm-up). */
function cellOf(file: JsonObject | undefined, sets: readonly Setting[]): { family?: Family; depth?: number } {
  const named = (key: string): Json | undefined => {
    const network = file?.network;
    const inFile = isObject(network) ? network[key] : undefined;
    return sets.findLast(({ path }) => path.join(".") === `network.${key}`)?.value ?? inFile;
  };
  const [family, depth] = [named("family"), named("depth")];
  return {
    ...((families as readonly unknown[]).includes(family) && { family: family as Family }),
    ...(typeof depth === "number" && { depth }),
  };
}

/** Objects key by key; anything else is replaced. A schedule of another kind replaces the recipe's whole. */
function merge(base: JsonObject, over: JsonObject): JsonObject {
  const merged: JsonObject = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const below = Object.hasOwn(base, key) ? base[key] : undefined;
    const sameKind = isObject(below) && isObject(value) && (value.kind === undefined || value.kind === below.kind);
    merged[key] = sameKind ? merge(below, value) : value;
  }
  return merged;
}

/** A configuration file, or a run's own config.json. */
function readConfigFile(file: string): JsonObject {
  let json: Json;
  try {
    json = JSON.parse(readFileSync(file, "utf8")) as Json;
  } catch (cause) {
    throw new WorkbenchError("config-unreadable", `${file} cannot be read: ${(cause as Error).message}`, {
      mend: "Name a JSON file with a run's configuration.",
      cause,
    });
  }
  if (!isObject(json)) throw new WorkbenchError("config-invalid", `${file} holds no configuration (no JSON object).`);
  return isObject(json.config) && json.version === 1 ? json.config : json;
}
