import { workbenchHome } from "../home.ts";
import { readSession } from "../report/queueSession.ts";
import { writeReport } from "../report/writeReport.ts";
import { withHistory } from "../rpc/readHistory.ts";
import type { CommonOptions } from "./callServices.ts";
import { printJson, printLine, say } from "./output.ts";

/**
 * Writes `STUDY.html` and `STUDY.md`, also beside a main that trains.
 * @throws WorkbenchError `study-unknown`, `disk-full`, `permission`
 */
export async function reportStudy(
  study: string,
  { home: asked, json, out }: CommonOptions & { readonly out: string },
): Promise<void> {
  const home = workbenchHome(asked);
  await withHistory(home, say, async (history) => {
    // First: a name that is unknown makes no folder.
    const { name } = history.studies.get(study);
    const { estimates } = readSession(home);
    const request = { home, subject: { kind: "study", study: name } as const, estimates, writtenMs: Date.now() };
    const { summary, files } = await writeReport(history, request, { folder: out, base: name });
    if (json) printJson({ ...summary, files });
    else files.forEach((file) => printLine(file));
  });
}
