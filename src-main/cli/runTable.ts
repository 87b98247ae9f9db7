import type { Run } from "../../src-shared/contract/index.ts";
import { printJson, printLine } from "./output.ts";
import { textTable } from "./textTable.ts";

/** 0.9123 -> "91.23 %"; nothing for null. */
export const percent = (fraction: number | null, digits = 2): string =>
  fraction === null ? "" : `${(100 * fraction).toFixed(digits)} %`;

/** How much of a run is done: "45 %". */
export const progressOf = ({ iteration, iterations }: { iteration: number; iterations: number }): string =>
  `${Math.floor((100 * iteration) / iterations)} %`;

/** One run a line: objects for scripts, a table for people. */
export function printRuns(runs: readonly Run[], { json }: { json?: boolean | undefined }): void {
  if (json) {
    for (const run of runs) printJson(run);
    return;
  }
  if (runs.length === 0) return;
  const [titles, ...lines] = textTable(
    [
      { title: "RUN" },
      { title: "STATUS" },
      { title: "DONE", numbers: true },
      { title: "TEST ACCURACY", numbers: true },
      { title: "SPEED", numbers: true },
      { title: "STUDY" },
    ],
    runs.map((run) => [
      run.id,
      run.trashedMs === null ? run.status : `${run.status}, in the trash`,
      progressOf(run),
      percent(run.testAccuracy),
      run.imagesPerSecond === null ? "" : `${Math.round(Number(run.imagesPerSecond))} images/s`,
      run.studies.length > 1 ? run.studies.join(", ") : (run.study ?? ""),
    ]),
  );
  printLine(titles);
  for (const [index, line] of lines.entries()) {
    printLine(line);
    const { status, reason } = runs[index];
    if (reason !== null && status !== "finished") printLine(`  ${reason}`);
  }
}
