import { duration } from "../duration.ts";
import { counted, grouped, inWords } from "../figures/lists.ts";
import { isActive, isWaiting, type RunStatus } from "../runState.ts";
import type { Answer } from "../study/claims.ts";
import { fidelityInWords } from "../study/fidelityInWords.ts";
import { answerInWords, claimWords, reasonWords } from "../study/verdictInWords.ts";
import { nextSteps } from "./nextSteps.ts";
import type { Block, ReportDocument, Section, TableBlock, TableCell, Tone } from "./reportDocument.ts";
import type { QueueSession, ReportCell, ReportFacts, ReportFigure, ReportRun, StudyFacts } from "./reportFacts.ts";
import { figureNeedWords } from "../figures/figureChoices.ts";

/** What a report says, in the order in which one wants to know it in the morning. */
export function reportDocument(facts: ReportFacts): ReportDocument {
  const { study, program, writtenMs } = facts;
  return {
    title: study ? study.name : "Runs without a study",
    subtitle: study ? study.labels.join(", ") : `what the queue trained until ${dayAndTime(writtenMs)}`,
    lead: lead(facts),
    sections: [
      ...verdictSection(study),
      ...failureSection(facts.runs),
      ...nextSection(facts),
      { title: "What ran", blocks: [runTable(facts), ...missingBlock(study)] },
      { title: "Time", blocks: timeBlocks(facts) },
      ...figureSections(study),
      ...fidelitySection(study),
    ],
    foot: `Written ${dayAndTime(writtenMs)} by ${program}.`,
  };
}

/** "Tue 24 Nov 2026, 06:40", local time. */
function dayAndTime(timeMs: number): string {
  const time = new Date(timeMs);
  const day = time.toLocaleDateString("en-GB", { weekday: "short", day: "numeric", month: "short", year: "numeric" });
  return `${day.replace(",", "")}, ${time.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" })}`;
}

export type ReportCounts = Readonly<
  Record<"finished" | "failed" | "diverged" | "paused" | "cancelled" | "open", number>
>;

/** Runs by what became of them; `open`: they still train or wait. */
export function countRuns(runs: readonly Pick<ReportRun, "status">[]): ReportCounts {
  const of = (status: RunStatus): number => runs.filter((run) => run.status === status).length;
  return {
    ...{ finished: of("finished"), failed: of("failed"), diverged: of("diverged") },
    ...{ paused: of("paused"), cancelled: of("cancelled") },
    open: runs.filter(({ status }) => isActive(status) || isWaiting(status)).length,
  };
}

function lead({ study, runs, session }: ReportFacts): string {
  const counts = countRuns(runs);
  const missing = study?.missing.length ?? 0;
  const all = runs.length + missing;
  const troubles = [
    ...(counts.failed > 0 ? [`${counts.failed} failed`] : []),
    ...(counts.diverged > 0 ? [`${counts.diverged} diverged`] : []),
    ...(counts.paused > 0 ? [`${counts.paused} paused`] : []),
    ...(counts.cancelled > 0 ? [`${counts.cancelled} stopped`] : []),
    ...(counts.open > 0 ? [`${counts.open} still to do`] : []),
    ...(missing > 0 ? [`${missing} never queued`] : []),
  ];
  const done =
    all === 0
      ? "Nothing has been trained yet"
      : counts.finished === all
        ? `All of ${counted(all, "run")} finished`
        : `${counts.finished} of ${counted(all, "run")} finished${troubles.length > 0 ? `, ${inWords(troubles)}` : ""}`;
  if (session === undefined) return `${done}.`;
  const tookMs = session.endedMs - session.startedMs;
  return `${done}. From start to end it took ${duration(tookMs)}${againstPlan(tookMs, session.plannedMs)}.`;
}

function againstPlan(tookMs: number, plannedMs: number | undefined): string {
  return plannedMs === undefined
    ? ""
    : `; the first estimate was ${duration(plannedMs)} (${deviation(tookMs, plannedMs)})`;
}

/** "+12 %" */
function deviation(tookMs: number, plannedMs: number): string {
  if (plannedMs <= 0) return "no basis";
  const percent = Math.round((100 * (tookMs - plannedMs)) / plannedMs);
  return percent === 0 ? "as planned" : `${percent > 0 ? "+" : "\u2212"}${Math.abs(percent)} %`;
}

const answerTones: Readonly<Record<Answer, Tone>> = {
  yes: "good",
  no: "bad",
  "one-seed": "warn",
  "cannot-say": "quiet",
};

function verdictSection(study: StudyFacts | undefined): Section[] {
  if (!study) return [];
  const items = study.verdicts.map((said) => {
    const weakened = said.answer !== "cannot-say" && said.reason ? ` (${reasonWords[said.reason]})` : "";
    return {
      claim: claimWords[said.claim],
      answer: `${answerInWords(said)}${weakened}`,
      tone: answerTones[said.answer],
      evidence: said.evidence,
    };
  });
  return [{ title: "What it says", blocks: [{ kind: "claims", items }] }];
}

/** What failed and why, with where it stood. */
function failureSection(runs: readonly ReportRun[]): Section[] {
  const failed = runs.filter(({ status }) => status === "failed" || status === "diverged");
  if (failed.length === 0) return [];
  const items = failed.map(({ id, status, reason, iteration, config, loss, checkpointIteration }) => {
    const where = `after ${grouped(iteration)} of ${grouped(config.training.iterations)} iterations`;
    const last = loss === undefined ? "" : `; last loss ${spoken(loss)}`;
    const kept =
      checkpointIteration === undefined
        ? "; no checkpoint"
        : `; its newest checkpoint is of iteration ${grouped(checkpointIteration)}`;
    return { lead: `${id} ${status} ${where}`, text: `${reason ?? "No reason is known"}${last}${kept}.`.replace(/\.;/, ";").replace(/\.\.$/, ".") };
  }); // prettier-ignore
  return [{ title: "What failed, and why", blocks: [{ kind: "list", items }] }];
}

const spoken = (value: number): string => (Number.isFinite(value) ? value.toPrecision(4) : String(value));

function nextSection(facts: ReportFacts): Section[] {
  const items = nextSteps(facts);
  return items.length === 0 ? [] : [{ title: "What to do next", blocks: [{ kind: "steps", items }] }];
}

const statusTones: Partial<Readonly<Record<RunStatus, Tone>>> = {
  finished: "good",
  failed: "bad",
  diverged: "bad",
  paused: "warn",
  cancelled: "warn",
};

const percent = (share: number | undefined): string => (share === undefined ? "" : (100 * share).toFixed(2));

function runTable({ runs }: ReportFacts): TableBlock {
  const hasPlan = runs.some(({ plannedMs }) => plannedMs !== undefined);
  const wasTakenUp = runs.some(({ takenUp }) => takenUp > 0);
  const text = (title: string) => ({ title, isNumber: false });
  const number = (title: string) => ({ title, isNumber: true });
  return {
    kind: "table",
    columns: [
      ...[text("Run"), text("State"), number("Iterations"), number("Loss")],
      ...[number("Test accuracy (%)"), number("Best (%)"), number("Took")],
      ...(hasPlan ? [number("Estimate")] : []),
      ...(wasTakenUp ? [number("Taken up again")] : []),
    ],
    rows: runs.map((run): TableCell[] => {
      const { id, status, iteration, config, loss, testAccuracy, bestTestAccuracy, plannedMs, takenUp } = run;
      const took = tookMs(run);
      const { iterations } = config.training;
      return [
        ...[id, { text: status, tone: statusTones[status] ?? "quiet" }],
        iteration === iterations ? grouped(iterations) : `${grouped(iteration)} / ${grouped(iterations)}`,
        ...[loss === undefined ? "" : spoken(loss), percent(testAccuracy), percent(bestTestAccuracy)],
        took === undefined ? "" : duration(took),
        ...(hasPlan ? [plannedMs === undefined ? "" : duration(plannedMs)] : []),
        ...(wasTakenUp ? [takenUp === 0 ? "" : String(takenUp)] : []),
      ];
    }),
  };
}

const tookMs = ({ startedMs, endedMs }: ReportRun): number | undefined =>
  startedMs === undefined || endedMs === undefined ? undefined : Math.max(0, endedMs - startedMs);

function missingBlock(study: StudyFacts | undefined): Block[] {
  if (!study || study.missing.length === 0) return [];
  const most = 20;
  const { missing } = study;
  const names = missing.slice(0, most).map(cellInWords);
  const more = missing.length > most ? [`${missing.length - most} more`] : [];
  return [{ kind: "text", text: `Never queued: ${inWords([...names, ...more])}.` }];
}

const cellInWords = ({ family, depth, shortcut, seed }: ReportCell): string =>
  `${family}-${depth}${family === "residual" ? ` (${shortcut})` : ""} seed ${seed}`;

function timeBlocks({ session, runs }: ReportFacts): Block[] {
  const took = runs.flatMap((run) => tookMs(run) ?? []);
  const sumMs = took.reduce((sum, ms) => sum + ms, 0);
  const takenUp = runs.reduce((sum, run) => sum + run.takenUp, 0);
  const expected = runs.filter((run) => run.status === "finished" && run.plannedMs !== undefined && tookMs(run) !== undefined);
  const [plannedMs, trainedMs] = [expected.map((run) => run.plannedMs!), expected.map((run) => tookMs(run)!)].map((all) => all.reduce((sum, ms) => sum + ms, 0));
  return [
    {
      kind: "facts",
      items: [
        ...(session ? sessionFacts(session) : []),
        ["Runs, from first step to end, added up", took.length === 0 ? "none has ended" : duration(sumMs)],
        ...(expected.length > 0
          ? [[`First estimates of ${counted(expected.length, "finished run")}`, `${duration(plannedMs)}; they took ${duration(trainedMs)} (${deviation(trainedMs, plannedMs)})`] as const]
          : []),
        ...(takenUp > 0 ? [["Taken up again from a checkpoint", counted(takenUp, "time")] as const] : []),
      ],
    },
  ];
} // prettier-ignore

function sessionFacts({ startedMs, endedMs, plannedMs, plannedRuns }: QueueSession): [string, string][] {
  const took = endedMs - startedMs;
  return [
    ["From the first start to the last end", `${dayAndTime(startedMs)} to ${dayAndTime(endedMs)}: ${duration(took)}`],
    plannedMs === undefined
      ? ["First estimate", "none was made"]
      : [
          "First estimate",
          `${duration(plannedMs)} for the ${counted(plannedRuns, "run")} of that moment (${deviation(took, plannedMs)})`,
        ],
  ];
}

function figureSections(study: StudyFacts | undefined): Section[] {
  if (!study) return [];
  const blockOf = (figure: ReportFigure): Block =>
    figure.table
      ? {
          ...{ kind: "figure-table", title: figure.title, caption: figure.caption.join(" ") },
          table: figure.table,
        }
      : { kind: "figure", figure };
  const lacking = study.lacking.map(({ name, needs }) => ({ lead: name, text: figureNeedWords[needs] }));
  return [
    {
      title: "Figures",
      blocks: [
        ...study.figures.map(blockOf),
        ...(lacking.length > 0
          ? [{ kind: "text", text: "Not drawn:" } as const, { kind: "list", items: lacking } as const]
          : []),
      ],
    },
  ];
}

function fidelitySection(study: StudyFacts | undefined): Section[] {
  if (!study || study.fidelity.length === 0) return [];
  const items = study.fidelity.map((line) => {
    const words = fidelityInWords(study.grid.recipe, line);
    const at = words.indexOf(": ");
    return { lead: words.slice(0, at), text: words.slice(at + 2) };
  });
  return [{ title: `Fidelity to the ${study.grid.recipe} recipe`, blocks: [{ kind: "list", items }] }];
}
