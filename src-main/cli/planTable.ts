import type { Plan, PlannedRun } from "../../src-shared/contract/index.ts";
import { scaleInWords } from "../../src-shared/deviations.ts";
import { clockTime } from "./clock.ts";
import { printJson, printLine } from "./output.ts";
import { counted } from "./plural.ts";
import { progressOf } from "./runTable.ts";
import { textTable } from "./textTable.ts";
import { duration } from "../../src-shared/duration.ts";

interface PlanPrint {
  readonly json?: boolean | undefined;
  /** Milliseconds since 1970. */
  readonly untilMs?: number | undefined;
  /** The largest scale with which the new runs end by `untilMs`, where that was asked for; null where none does. */
  readonly scale?: number | null | undefined;
}

export function printPlan(plan: Plan, { json, untilMs, scale }: PlanPrint): void {
  const inTime = ({ endMs }: PlannedRun): boolean => endMs !== null && untilMs !== undefined && endMs <= untilMs;
  if (json) {
    for (const run of plan.runs) printJson({ ...run, ...(untilMs !== undefined && { doneByUntil: inTime(run) }) });
    const { nowMs, queueEndMs } = plan;
    printJson({ nowMs, queueEndMs, ...(untilMs !== undefined && { untilMs }), ...(scale !== undefined && { scale }) });
    return;
  }
  if (plan.runs.length === 0) {
    printLine("Nothing trains and nothing waits: rwb queue add");
    return;
  }
  printTable(plan);
  const clock = (ms: number) => clockTime(ms, plan.nowMs);
  printLine();
  printLine(`The queue is done at ${clock(plan.queueEndMs)}, in ${duration(plan.queueEndMs - plan.nowMs)}.`);
  if (untilMs !== undefined) {
    const done = plan.runs.filter(inTime);
    printLine(`Done by ${clock(untilMs)}: ${done.length} of ${counted(plan.runs.length, "run")}.`);
    for (const run of done) printLine(`  ${nameOf(run)}`);
  }
  if (scale === undefined) return;
  if (scale === null) printLine("No scale is small enough for the new runs to be done by then.");
  else if (scale === 1) printLine("The new runs are done by then on their whole schedule.");
  else printLine(`The new runs are done by then with --scale ${scaleInWords(scale)}.`);
}

const nameOf = (run: PlannedRun): string =>
  run.status === "new" ? `${run.family}-${run.depth}-s${run.seed} (new)` : run.id;

const certainty = {
  measured: "measured",
  scaled: "from another network's speed",
  estimated: "estimated",
} as const satisfies Record<PlannedRun["speed"], string>;

function printTable({ runs, nowMs }: Plan): void {
  const rows = runs.map((run): string[] => {
    const { startMs, endMs, threads } = run;
    const name = [nameOf(run), run.iteration > 0 ? progressOf(run) : ""];
    if (startMs === null || endMs === null) return [...name, "never", "", "", "", "it does not fit into the memory"];
    const starts = startMs <= nowMs ? "now" : clockTime(startMs, nowMs);
    const cores = threads === null ? "" : String(threads);
    return [...name, starts, clockTime(endMs, nowMs), duration(endMs - startMs), cores, certainty[run.speed]];
  });
  const columns = [
    { title: "RUN" },
    { title: "DONE", numbers: true },
    { title: "STARTS" },
    { title: "ENDS" },
    { title: "TAKES", numbers: true },
    { title: "CORES", numbers: true },
    { title: "SPEED" },
  ];
  for (const line of textTable(columns, rows)) printLine(line);
}
