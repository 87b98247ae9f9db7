import { isObject, type Json, type JsonObject } from "../configSettings.ts";
import type { RunConfig } from "../runConfig.ts";

/** A key of the configuration in which some of the configurations differ. */
export interface ConfigDifference {
  /** As `--set` names it. */
  readonly key: string;
  /** One a configuration, in their order; undefined where it has no such key. */
  readonly values: readonly (Json | undefined)[];
}

/** The keys that are not the same everywhere, in the order in which configurations have them. A list is one value. */
export function configDiff(configs: readonly RunConfig[]): ConfigDifference[] {
  const flat = configs.map((config) => new Map(leavesOf(config as unknown as JsonObject)));
  const keys = [...new Set(flat.flatMap((leaves) => [...leaves.keys()]))];
  return keys
    .map((key) => ({ key, values: flat.map((leaves) => leaves.get(key)) }))
    .filter(({ values }) => new Set(values.map((value) => JSON.stringify(value))).size > 1);
}

const leavesOf = (value: JsonObject, prefix = ""): [string, Json][] =>
  Object.entries(value).flatMap(([key, child]): [string, Json][] => {
    if (isObject(child)) return leavesOf(child, `${prefix}${key}.`);
    // What is there and undefined is not there.
    return child === undefined ? [] : [[prefix + key, child]];
  });
