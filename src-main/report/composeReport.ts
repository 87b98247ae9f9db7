import type { ReportCell, ReportFacts, ReportRun, StudyFacts } from "../../src-shared/report/reportFacts.ts";
import { countRuns, reportDocument, type ReportCounts } from "../../src-shared/report/reportText.ts";
import { reportHtml } from "../../src-shared/report/reportHtml.ts";
import { reportMarkdown } from "../../src-shared/report/reportMarkdown.ts";
import { verdicts } from "../../src-shared/study/claims.ts";
import { codeVersion } from "../codeVersion.ts";
import { fontFaces, readStudyData, studySource, type SvgElement } from "../figures/index.ts";
import type { History, RunRecord } from "../history/index.ts";
import { cellOutcome } from "../runner/cellOutcomes.ts";
import { drawnFigures, type DrawnFigures } from "./drawnFigures.ts";
import type { ReportRequest } from "./reportRequest.ts";

export interface ComposedReport {
  readonly html: string;
  readonly markdown: string;
  readonly counts: ReportCounts;
}

/**
 * Reads all that a report tells, and writes it down as page and as Markdown: a second or more, so a main has it done by a
 * process of its own.
 *
 * @param history may be open for reading alone
 * @throws WorkbenchError `study-unknown`
 */
export async function composeReport(history: History, request: ReportRequest): Promise<ComposedReport> {
  const { home, subject, session, estimates, writtenMs } = request;
  const program = `ResNet Workbench ${codeVersion()}`;
  const asReportRun = (run: RunRecord) => reportRun(history, run, estimates[run.id]);
  const common = {
    session: session && { ...session, plannedMs: session.plannedMs },
    ...{ writtenMs, program },
  };
  if (subject.kind === "runs") {
    const runs = subject.runs.flatMap((id) => history.runs.find(id) ?? []).map(asReportRun);
    return composed({ ...common, study: undefined, runs }, undefined);
  }
  const source = await studySource(history, home, subject.study);
  const { grid, cells, fidelity } = source;
  const data = await readStudyData(source, async () => {});
  const outcomes = cells.map((cell) => cellOutcome(history, cell, source.trainImages(cell.config.dataset)));
  const figures = drawnFigures(data);
  const study: StudyFacts = {
    ...{ name: subject.study, template: history.studies.get(subject.study).template, grid, fidelity },
    ...{ labels: data.labels, figures: figures.figures, lacking: figures.lacking },
    missing: cells.flatMap(({ run, config }) => (run ? [] : [cellOf(config)])),
    verdicts: verdicts(outcomes, grid.scale ?? 1),
  };
  const runs = cells.flatMap(({ run }) => (run ? [asReportRun(run)] : []));
  return composed({ ...common, study, runs }, figures);
}

const cellOf = ({ network, seed }: RunRecord["config"]): ReportCell => {
  const { family, depth, shortcut } = network;
  return { family, depth, shortcut, seed };
};

async function composed(facts: ReportFacts, figures: DrawnFigures | undefined): Promise<ComposedReport> {
  const document = reportDocument(facts);
  return {
    html: reportHtml(document, { colours: figures?.colours ?? [], fontFaces: await facesFor(figures?.drawing) }),
    markdown: reportMarkdown(document),
    counts: countRuns(facts.runs),
  };
}

/** What a text in English needs; a Japanese name of a study takes the reader's own font. */
const printable = String.fromCharCode(...Array.from({ length: 95 }, (_, index) => 32 + index)) + "±−×–";

async function facesFor(drawing: SvgElement | undefined): Promise<string> {
  const text = (weight: string): SvgElement => ({
    ...{ name: "text", attributes: { "font-family": "Inter", "font-weight": weight }, text: printable, children: [] },
  });
  const all = [text("400"), text("600"), ...(drawing ? [drawing] : [])];
  return (await fontFaces({ name: "g", attributes: {}, text: "", children: all })).join("\n");
}

function reportRun(history: History, run: RunRecord, plannedMs: number | undefined): ReportRun {
  const { id, config, recipe, scale, status, reason, loss } = run;
  const { testAccuracy, bestTestAccuracy, checkpointIteration, startedMs, endedMs } = run;
  const ledger = history.ledger.of(id);
  const ended = ledger.findLast(({ type, line }) => type === status && line !== undefined);
  // A run that diverged has a loss more than it has iterations done: the log says of which they are.
  const iteration = status === "diverged" ? (ended?.iteration ?? run.iteration) : run.iteration;
  return {
    ...{ id, config, recipe, scale, status, iteration, loss, plannedMs },
    ...{ testAccuracy, bestTestAccuracy, checkpointIteration, startedMs, endedMs },
    reason: reason ?? ended?.detail,
    takenUp: ledger.filter(({ type }) => type === "resumed").length,
    hasLesion: history.lesions.of(id) !== undefined,
  };
}
