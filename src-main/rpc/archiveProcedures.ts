import { exportArchive, exportCsv, importArchive } from "../archive/index.ts";
import { implementation } from "./implementation.ts";
import { feedOf } from "./live/liveFeed.ts";
import { toWireRun } from "./wireRun.ts";

const { archive: os } = implementation;

export const archiveProcedures = {
  export: os.export.handler(async ({ context: { workbench }, input: { run, format, out } }) => {
    const { history, home } = workbench;
    const { id } = history.runs.get(run);
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

  import: os.import.handler(async ({ context: { workbench }, input: { file } }) => {
    const { history, home, queue } = workbench;
    const id = await importArchive(history, home, file);
    queue.changed();
    feedOf(workbench).note({ runs: [id], studies: true });
    return toWireRun(history.runs.get(id));
  }),
};
