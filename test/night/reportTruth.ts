import { readFileSync } from "node:fs";
import type { ReportSummary } from "../../src-shared/contract/index.ts";
import type { RunEvent } from "../../src-shared/runEvent.ts";
import { openHistory, type RunRecord } from "../../src-main/history/index.ts";
import { reportFile } from "../../src-main/report/index.ts";
import { eventsOf, timesCounted } from "../faults/runLog.ts";

/** Figures that a study of two networks with probes has at least: losses, error, gap, by depth, responses, norms, confusion, cost. */
const leastFigures = 9;

/** What reports say that the runs' logs do not, or leave out; empty where they are complete and true. */
export function untruths(
  home: string,
  { study, reports }: { readonly study: string; readonly reports: readonly ReportSummary[] },
): { readonly violations: string[]; readonly takenUp: number } {
  const history = openHistory({ home, readOnly: true });
  try {
    const runs = history.runs.list().map((run) => ({ ...run }));
    let takenUp = 0;
    const violations = runs.flatMap((run) => {
      const report = reports.find((one) => one.study === (run.studies.includes(study) ? study : null));
      if (!report) return [`${run.id} is in no report`];
      const events = eventsOf(home, run.id);
      takenUp += events.filter(({ type }) => type === "resumed").length;
      return [
        ...countProblems(run, events),
        ...rowProblems(run, events, readFileSync(reportFile(home, report.name, "md"), "utf8")),
        ...pageProblems(run, readFileSync(reportFile(home, report.name, "html"), "utf8"), report),
      ];
    });
    return { violations, takenUp };
  } finally {
    history.close();
  }
}

/** Cells of the row of "What ran" that begins with the run, by their columns' titles. */
function rowOf(markdown: string, run: string): Map<string, string> | undefined {
  const lines = markdown.split("\n");
  const cellsOf = (line: string) => line.split("|").slice(1, -1).map((cell) => cell.trim()); // prettier-ignore
  const at = lines.findIndex((line) => line.startsWith(`| ${run} |`));
  const head = lines.findLastIndex((line, index) => index < at && line.startsWith("| Run |"));
  if (at === -1 || head === -1) return undefined;
  const cells = cellsOf(lines[at]);
  return new Map(cellsOf(lines[head]).map((title, index) => [title, cells[index]]));
}

function rowProblems({ id, config }: RunRecord, events: readonly RunEvent[], markdown: string): string[] {
  const row = rowOf(markdown, id);
  if (!row) return [`${id} has no row in the report`];
  const last = events.at(-1)!;
  const iteration = "iteration" in last ? last.iteration : -1;
  const { iterations } = config.training;
  // Evaluations that a resumed run does again bring the same.
  const accuracies = events.flatMap((event) => (event.type === "evaluated" ? [event.testAccuracy] : []));
  const resumed = events.filter(({ type }) => type === "resumed").length;
  const percent = (share: number | undefined) => (share === undefined ? "" : (100 * share).toFixed(2));
  const wanted: [string, string][] = [
    ["State", last.type],
    ["Iterations", iteration === iterations ? String(iterations) : `${iteration} / ${iterations}`],
    ["Test accuracy (%)", percent(accuracies.at(-1))],
    ["Best (%)", accuracies.length === 0 ? "" : percent(Math.max(...accuracies))],
    ["Taken up again", resumed === 0 ? "" : String(resumed)],
  ];
  return wanted.flatMap(([title, value]) =>
    (row.get(title) ?? "") === value ? [] : [`${id}: the report says ${title} ${row.get(title)}, its log ${value}`],
  );
}

/** What the report is written from counts each iteration once, whoever was killed. */
function countProblems({ id, status, config }: RunRecord, events: readonly RunEvent[]): string[] {
  if (status !== "finished") return status === "diverged" ? [] : [`${id} is ${status}`];
  const times = timesCounted(events);
  const once = [...times.values()].every((count) => count === 1);
  return once && times.size === config.training.iterations ? [] : [`${id}: its log does not count each iteration once`];
}

function pageProblems({ id, status }: RunRecord, page: string, { name, study }: ReportSummary): string[] {
  const figures = page.match(/<figure>/g)?.length ?? 0;
  const isTold = status !== "diverged" || (page.includes(`<b>${id} diverged after`) && page.includes("training.learningRate.base="));
  return [
    ...(page.includes(`<td>${id}</td>`) ? [] : [`${id} is not on the page ${name}`]),
    ...(isTold ? [] : [`${name} does not say that ${id} diverged and what mends it`]),
    ...(/(?:src|href)="(?!#)|url\((?!#|data:)|@import/.test(page) ? [`${name} is not self-contained`] : []),
    ...(study === null || figures >= leastFigures ? [] : [`${name} has ${figures} figures`]),
    ...(/First estimate[^<]*<\/dt><dd>\d/.test(page) ? [] : [`${name} does not say what was expected at first`]),
  ];
} // prettier-ignore
