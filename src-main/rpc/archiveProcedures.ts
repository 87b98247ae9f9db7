import { exportArchive, exportCsv, exportRuns, exportTensorBoard, importRuns } from "../archive/index.ts";
import { collectionAddress, downloadAddress } from "../../src-shared/contract/index.ts";
import { implementation } from "./implementation.ts";
import { feedOf } from "./live/liveFeed.ts";
import { refusePathOfBrowsers } from "./refusePaths.ts";
import { toWireRun } from "./wireRun.ts";

const { archive: os } = implementation;

export const archiveProcedures = {
  export: os.export.handler(async ({ context, input: { run, format, out } }) => {
    const { history, home } = context.workbench;
    const { id } = history.runs.get(run);
    refusePathOfBrowsers(context, `Download it: GET ${downloadAddress(id, format)}`);
    switch (format) {
      case "archive":
        await exportArchive(history, home, id, out);
        return { id, files: [out] };
      case "csv": {
        const { series, evaluations } = await exportCsv(history, id, out);
        return { id, files: [series, evaluations] };
      }
      case "tensorboard":
        return { id, files: [await exportTensorBoard(history, id, out)] };
    }
  }),

  exportRuns: os.exportRuns.handler(async ({ context, input: { out, ...which } }) => {
    const { history, home } = context.workbench;
    refusePathOfBrowsers(context, `Download it: GET ${collectionAddress(which)}`);
    return { ids: await exportRuns(history, home, which, out), files: [out] };
  }),

  import: os.import.handler(async ({ context, input: { file } }) => {
    refusePathOfBrowsers(context, "Upload it: POST /api/import");
    const { workbench } = context;
    const { history, home, queue } = workbench;
    const { study = null, runs } = await importRuns(history, home, file);
    queue.changed();
    feedOf(workbench).note({ runs, studies: true });
    return { study, runs: runs.map((id) => toWireRun(history.runs.get(id))) };
  }),
};
