import { closest, distance } from "fastest-levenshtein";
import { z } from "zod";
import { WorkbenchError } from "./errors.ts";
import { runConfigSchema, type RunConfig } from "./runConfig.ts";

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A change of one key, as `--set key.path=value` writes it. */
export interface Setting {
  readonly path: readonly string[];
  readonly value: Json;
}

/** Values are JSON where they parse as JSON, otherwise strings. @throws WorkbenchError `usage`, `config-invalid` */
export function parseSetting(text: string): Setting {
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

/** A configuration with each change made, in their order. @throws WorkbenchError `config-invalid` */
export function withSettings(config: Json, settings: readonly Setting[]): RunConfig {
  const edited = structuredClone(config);
  for (const { path, value } of settings) setAt(edited, path, value);
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
