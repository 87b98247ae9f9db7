import { mostRawValues } from "../../src-shared/contract/index.ts";
import { packPiece, packSeries } from "../../src-shared/contract/packedSeries.ts";
import { implementation } from "./implementation.ts";
import { readForPlot } from "./plotReader.ts";

const { series: os } = implementation;

export const seriesProcedures = {
  read: os.read.handler(
    async ({ context: { workbench }, input }) => new Blob([packSeries(await readForPlot(workbench.history, input))]),
  ),

  raw: os.raw.handler(({ context: { workbench }, input: { run, name, from, most = mostRawValues } }) => {
    const { id, iteration } = workbench.history.runs.get(run);
    const to = from + most;
    const series = workbench.history.series.read(id, name, { from, to });
    return new Blob([packPiece({ series, next: to < iteration ? to : null })]);
  }),
};
