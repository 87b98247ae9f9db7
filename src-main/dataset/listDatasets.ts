import { readdir } from "node:fs/promises";
import { WorkbenchError } from "../../src-shared/errors.ts";
import { datasetNameSchema } from "../../src-shared/runConfig.ts";
import { datasetsFolder } from "../home.ts";
import { downloads } from "./downloads.ts";
import { readDataset } from "./openDataset.ts";
import type { PreparedDataset } from "./preparedDataset.ts";
import { shapesName } from "./shapes/shapes.ts";

/** A line of the list: a data set that is there, is damaged, or could be had. */
export type DatasetEntry =
  | { readonly status: "ready"; readonly name: string; readonly dataset: PreparedDataset }
  | { readonly status: "damaged"; readonly name: string; readonly error: WorkbenchError }
  /** Drawn when it is first used. */
  | { readonly status: "built-in"; readonly name: string }
  | { readonly status: "downloadable"; readonly name: string; readonly title: string };

/** Data sets of the workbench folder by name, then the built-in one if it was not used yet, then what can be fetched. */
export async function listDatasets(home: string): Promise<DatasetEntry[]> {
  const here = (await readdir(datasetsFolder(home)).catch(() => []))
    .filter((name) => datasetNameSchema.safeParse(name).success)
    .sort();
  const found = await Promise.all(here.map((name) => entryOf(home, name)));
  const missing = (name: string): boolean => !found.some((entry) => entry.name === name);
  return [
    ...found,
    ...[shapesName].filter(missing).map((name) => ({ status: "built-in" as const, name })),
    ...Object.entries(downloads)
      .filter(([name]) => missing(name))
      .map(([name, { title }]) => ({ status: "downloadable" as const, name, title })),
  ];
}

async function entryOf(home: string, name: string): Promise<DatasetEntry> {
  try {
    return { status: "ready", name, dataset: await readDataset(home, name) };
  } catch (error) {
    if (error instanceof WorkbenchError) return { status: "damaged", name, error };
    throw error;
  }
}
