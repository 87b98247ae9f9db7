import path from "node:path";
import { WorkbenchError } from "../../src-shared/errors.ts";
import { datasetNameSchema } from "../../src-shared/runConfig.ts";
import { datasetsFolder } from "../home.ts";

/**
 * The folder of the data set `name`. A name has no separator and begins with a letter or a digit, so the folder is
 * always a child of the datasets folder.
 *
 * @throws WorkbenchError dataset-unknown
 */
export function datasetFolder(home: string, name: string): string {
  const parsed = datasetNameSchema.safeParse(name);
  if (!parsed.success) {
    throw new WorkbenchError("dataset-unknown", `${JSON.stringify(name)} is no name for a data set.`, {
      mend: "A data set's name has up to 64 small letters, digits, '.', '_' and '-', and begins with a letter or a digit.",
    });
  }
  return path.join(datasetsFolder(home), parsed.data);
}
