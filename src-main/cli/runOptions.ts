import { readFileSync } from "node:fs";
import { closest, distance } from "fastest-levenshtein";
import { z } from "zod";
import { WorkbenchError } from "../../src-shared/errors.ts";
import { recipeNames, recipes, type RecipeName } from "../../src-shared/recipes.ts";
import { families, runConfigSchema, type Family, type RunConfig } from "../../src-shared/runConfig.ts";
import { scaleRun } from "../../src-shared/schedule.ts";

/** What a person asked for on the command line, before it is a configuration. */
export interface RunOptions {
  readonly file?: string;
  readonly recipe?: string;
  readonly scale?: number;
  /** `key.path=value`; values are JSON where they parse as JSON, otherwise strings. */
  readonly set: readonly string[];
}

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type JsonObject = { [key: string]: Json };

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
  const sets = options.set.map(parseSet);
  let config: Json = file ?? {};
  if (options.recipe) {
    const base = recipeNamed(options.recipe).config(cellOf(file, sets));
    config = merge(base, file ?? {});
  }
  if (options.scale !== undefined) config = scaleRun(parseRunConfig(config), options.scale);
  const edited = structuredClone(config);
  for (const { path, value } of sets) setAt(edited, path, value);
  return parseRunConfig(edited);
}

/** @throws WorkbenchError `config-invalid` */
export function parseRunConfig(value: unknown): RunConfig {
  const parsed = runConfigSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  if (issue.code === "unrecognized_keys") throw unknownKey([...issue.path, issue.keys[0]].join("."));
  const where = issue.path.join(".");
  throw new WorkbenchError(
    "config-invalid",
    where ? `${where}: ${issue.message}` : `The configuration: ${issue.message}`,
    {
      mend: mendFor(where),
    },
  );
}

function mendFor(where: string): string {
  if (!where.startsWith("training.learningRate")) return "Change it in the file or with --set KEY=VALUE.";
  return `e.g. --set 'training.learningRate={"kind":"cosine","base":0.1,"final":0}'`;
}

function unknownKey(path: string): WorkbenchError {
  const suggestion = closestKey(path);
  return new WorkbenchError("config-invalid", `Unknown key '${path}'.`, {
    mend: suggestion ? `Did you mean '${suggestion}'?` : `Keys: ${knownPaths.join(", ")}`,
  });
}

/** By its whole path, or, where the group is wrong or missing, by its last name. */
function closestKey(path: string): string | undefined {
  const last = (key: string) => key.slice(key.lastIndexOf(".") + 1);
  const byName = knownPaths.filter((known) => distance(last(known).toLowerCase(), last(path).toLowerCase()) <= 2);
  const candidates =
    byName.length > 0 ? byName : knownPaths.filter((known) => distance(known, path) <= path.length / 2);
  return candidates.length > 0 ? closest(path, candidates) : undefined;
}

/** Every key of a configuration, dotted. */
const knownPaths: readonly string[] = pathsOf(z.toJSONSchema(runConfigSchema, { io: "input" }));

interface SchemaNode {
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly oneOf?: readonly unknown[];
  readonly anyOf?: readonly unknown[];
}

function pathsOf(schema: unknown, prefix = ""): string[] {
  const { properties = {}, oneOf = [], anyOf = [] } = schema as SchemaNode;
  const own = Object.entries(properties).flatMap(([key, child]) => [
    prefix + key,
    ...pathsOf(child, `${prefix}${key}.`),
  ]);
  const alternatives = [...oneOf, ...anyOf].flatMap((alternative) => pathsOf(alternative, prefix));
  return [...new Set([...own, ...alternatives])];
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

interface Setting {
  readonly path: readonly string[];
  readonly value: Json;
}

function parseSet(text: string): Setting {
  const equals = text.indexOf("=");
  if (equals < 1) {
    throw new WorkbenchError("usage", `--set ${text}: expected key.path=value.`, {
      mend: "e.g. --set training.learningRate.dropAtIterations=[1000,1500]",
    });
  }
  const path = text.slice(0, equals).trim().split(".");
  if (!path.every((key) => /^[A-Za-z][A-Za-z0-9]*$/.test(key))) throw unknownKey(path.join("."));
  const raw = text.slice(equals + 1);
  try {
    return { path, value: JSON.parse(raw) as Json };
  } catch {
    return { path, value: raw };
  }
}

function setAt(target: Json, path: readonly string[], value: Json): void {
  let at = target;
  for (const key of path.slice(0, -1)) {
    if (!isObject(at)) throw unknownKey(path.join("."));
    if (!Object.hasOwn(at, key)) at[key] = {};
    at = at[key];
  }
  if (!isObject(at)) throw unknownKey(path.join("."));
  at[path.at(-1)!] = value;
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

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

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
