import { readFile } from "node:fs/promises";
import type { PredictionsOfTest } from "../../src-shared/contract/index.ts";
import { packPredictions } from "../../src-shared/contract/packedPredictions.ts";
import { WorkbenchError } from "../../src-shared/errors.ts";
import { dataFile } from "../dataset/index.ts";
import { readDataset } from "../dataset/openDataset.ts";
import type { RunRecord } from "../history/index.ts";
import { implementation } from "./implementation.ts";
import { evaluationLines } from "./wireEvaluations.ts";

const { evaluations: os } = implementation;

export const evaluationProcedures = {
  list: os.list.handler(({ context: { workbench }, input: { run } }) => {
    const { history } = workbench;
    return evaluationLines(history, history.runs.get(run).id);
  }),

  read: os.read.handler(async ({ context: { workbench }, input: { run, iteration } }) => {
    const { history, home } = workbench;
    const found = history.runs.get(run);
    const predicted = history.evaluations.predictions(found.id, iteration);
    if (predicted === undefined) {
      throw new WorkbenchError("usage", `${found.id} was not evaluated at iteration ${iteration}.`, {
        mend: "Choose one of its evaluations.",
      });
    }
    const { dataset } = found.config;
    const labels = await labelsOf(home, found, predicted.length);
    return new Blob([packPredictions({ run: found.id, iteration, dataset, predicted, ...labels })]);
  }),
};

type Labels = Pick<PredictionsOfTest, "classes" | "labels" | "labelState">;

/** The labels of the images that the run was tested on, as far as they are still here. */
async function labelsOf(home: string, { config, dataset }: RunRecord, images: number): Promise<Labels> {
  const none = (labelState: Labels["labelState"]): Labels => ({ classes: [], labels: new Uint8Array(), labelState });
  try {
    const here = await readDataset(home, config.dataset);
    if (here.checksum !== dataset?.checksum || here.testImages !== images) return none("changed");
    const labels = Uint8Array.from(await readFile(dataFile(here, "testLabels")));
    return { classes: here.classes, labels, labelState: "same" };
  } catch (error) {
    if (error instanceof WorkbenchError) return none("missing");
    throw error;
  }
}
