import { exportArchive, exportCsv, importArchive } from "../archive/index.ts";
import { downloadAddress } from "../../src-shared/contract/index.ts";
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
    }
  }),

  import: os.import.handler(async ({ context, input: { file } }) => {
    refusePathOfBrowsers(context, "Upload it: POST /api/import");
    const { workbench } = context;
    const { history, home, queue } = workbench;
    const id = await importArchive(history, home, file);
    queue.changed();
    feedOf(workbench).note({ runs: [id], studies: true });
    return toWireRun(history.runs.get(id));
  }),
};
