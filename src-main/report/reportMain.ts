import os from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { writeWholeFile } from "../archive/wholeFile.ts";
import { childFailure } from "../childFailure.ts";
import { openHistory } from "../history/index.ts";
import { reportTaskSchema, type ReportAnswer, type ReportTask } from "./reportRequest.ts";
import { writeReport } from "./writeReport.ts";

/** A process that writes a report for main; whoever trains again by then goes first. */
os.setPriority(os.constants.priority.PRIORITY_BELOW_NORMAL);

async function answer({ request, folder, name }: ReportTask): Promise<ReportAnswer> {
  const history = openHistory({ home: request.home, readOnly: true });
  try {
    const written = await writeReport(history, request, { folder, base: name });
    const summary = { name, ...written.summary };
    // Last: a report is there when its summary is.
    await writeWholeFile(path.join(folder, `${name}.json`), Readable.from([`${JSON.stringify(summary)}\n`]));
    return { type: "written", summary };
  } finally {
    history.close();
  }
}

// Nobody is left to write for.
process.on("disconnect", () => process.exit(1));

process.once("message", (message) => {
  const end = (said: ReportAnswer): void => void process.send?.(said, () => process.exit());
  answer(reportTaskSchema.parse(message)).then(end, (error: unknown) => end(childFailure(error)));
});
