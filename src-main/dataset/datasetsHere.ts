import { WorkbenchError } from "../../src-shared/errors.ts";
import { readDataset } from "./openDataset.ts";
import type { PreparedDataset } from "./preparedDataset.ts";

/** CIFAR's, for a data set that is not here. */
const unknownTrainImages = 50_000;

/** Those of the data sets that are here and whole, by name: a run of the past may name one that is gone. */
export async function datasetsHere(home: string, names: Iterable<string>): Promise<Map<string, PreparedDataset>> {
  const found = new Map<string, PreparedDataset>();
  for (const name of new Set(names)) {
    try {
      found.set(name, await readDataset(home, name));
    } catch (error) {
      if (!(error instanceof WorkbenchError)) throw error;
    }
  }
  return found;
}

/** Images of the training part, those for validation included; an epoch is made of them. */
export const trainImagesIn = (datasets: ReadonlyMap<string, PreparedDataset>, name: string): number =>
  datasets.get(name)?.trainImages ?? unknownTrainImages;
