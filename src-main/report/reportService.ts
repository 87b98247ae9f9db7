import type { ReportFormat, ReportSummary } from "../../src-shared/contract/index.ts";
import { isExample } from "../../src-shared/example.ts";
import { isEnd } from "../../src-shared/runState.ts";
import { childFailureError } from "../childFailure.ts";
import { runChildTask } from "../childTask.ts";
import type { History, RunRecord } from "../history/index.ts";
import type { Planner } from "../runner/planner.ts";
import type { Queue } from "../runner/queue.ts";
import { readSession, writeSession, type QueueSessionState } from "./queueSession.ts";
import { listReports, newReportName, readReport, reportFile, reportsFolder } from "./reportFolder.ts";
import { reportAnswerSchema, type ReportAnswer, type ReportRequest, type ReportTask } from "./reportRequest.ts";

export interface ReportParts {
  readonly home: string;
  readonly history: History;
  readonly queue: Pick<Queue, "active">;
  readonly planner: Pick<Planner, "plan">;
  readonly onNote: (text: string) => void;
}

const reportMain = new URL("./reportMain.ts", import.meta.url);
const lookAfterMs = 300;
/** A forecast of 2,000 runs holds main for 10 ms. */
const mostForecast = 2_000;
const estimateEveryMs = 10_000;
const writtenWithinMs = 180_000;

/**
 * Writes a report when the queue has become empty: one for each study that had runs since it began, and one for runs without
 * a study. A process of its own does it; whatever fails there is a note, and nothing else.
 */
export class ReportService {
  readonly #parts: ReportParts;
  readonly #listeners = new Set<(reports: readonly ReportSummary[]) => void>();
  readonly #ended = new AbortController();
  #state: QueueSessionState | undefined;
  #timer: NodeJS.Timeout | undefined;
  #estimatedAtMs = -Infinity;
  #writing: Promise<ReportSummary[]> | undefined;
  #written: ReportSummary[] = [];

  constructor(parts: ReportParts) {
    this.#parts = parts;
  }

  /** From now on the queue is followed: whoever works it calls this first. A session that a killed main has left goes on. */
  watch(): void {
    this.#state ??= readSession(this.#parts.home);
    this.changed();
  }

  /** Something became of a run. */
  changed(): void {
    if (this.#state === undefined || this.#ended.signal.aborted) return;
    this.#timer ??= setTimeout(() => this.#look(), lookAfterMs).unref();
  }

  /** When what is due is written. @returns reports since the last call; @param signal nobody waits any longer */
  async settled(signal: AbortSignal): Promise<ReportSummary[]> {
    this.#look();
    const aborted = new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      else signal.addEventListener("abort", () => resolve(), { once: true });
    });
    await Promise.race([this.#writing, aborted]);
    const written = this.#written;
    this.#written = [];
    return written;
  }

  /** Told of what has been written, at the end of a session. @returns what ends it */
  onWritten(listener: (reports: readonly ReportSummary[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Newest first. */
  list(most: number): Promise<ReportSummary[]> {
    return listReports(this.#parts.home, most);
  }

  /** @throws WorkbenchError `report-unknown` */
  read(name: string, format: ReportFormat): Promise<string> {
    return readReport(this.#parts.home, name, format);
  }

  /** The file of its page. @throws WorkbenchError `report-unknown` */
  async page(name: string): Promise<string> {
    await this.read(name, "html");
    return reportFile(this.#parts.home, name, "html");
  }

  /** A report that is being written is left; the next main writes it. */
  async close(): Promise<void> {
    this.#ended.abort();
    clearTimeout(this.#timer);
    await this.#writing;
  }

  #look(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#state === undefined || this.#writing || this.#ended.signal.aborted) return;
    try {
      const { history, queue } = this.#parts;
      if (queue.active.size > 0) this.#follow(this.#state);
      else if (this.#state.session && history.runs.waiting().length === 0) this.#finish(this.#state);
    } catch (error) {
      this.#parts.onNote(`No report: ${(error as Error).message}`);
    }
  }

  /** The first estimates are kept, whatever becomes of the runs. */
  #follow(state: QueueSessionState): void {
    const nowMs = performance.now();
    if (state.session && nowMs - this.#estimatedAtMs < estimateEveryMs) return;
    this.#estimatedAtMs = nowMs;
    const { history, queue, planner } = this.#parts;
    const waiting = history.runs.waiting().filter(({ id }) => !queue.active.has(id));
    const ids = [...queue.active.keys(), ...waiting.map(({ id }) => id)];
    const isNew = ids.some((id) => state.estimates[id] === undefined);
    if (state.session && !isNew) return;
    const plan = ids.length <= mostForecast ? planner.plan() : undefined;
    const estimates = { ...state.estimates };
    for (const { id, startMs, endMs } of plan?.runs ?? []) {
      if (startMs !== undefined && endMs !== undefined) estimates[id] ??= Math.round(endMs - startMs);
    }
    const session = state.session ?? {
      ...{ startedMs: Date.now(), plannedMs: plan ? Math.round(plan.queueEndMs) : null, plannedRuns: ids.length },
    };
    this.#keep({ session, estimates });
  }

  #keep(state: QueueSessionState): void {
    this.#state = state;
    writeSession(this.#parts.home, state);
  }

  #finish({ session, estimates }: QueueSessionState): void {
    const { home, history, onNote } = this.#parts;
    const { startedMs, plannedMs, plannedRuns } = session!;
    const runs = history.runs.list().filter((run) => isOfSession(run, startedMs));
    const nowMs = Date.now();
    const endedMs = runs.reduce((last, run) => Math.max(last, run.endedMs ?? 0), startedMs);
    const request = (subject: ReportRequest["subject"]): ReportRequest => ({
      ...{ home, subject, estimates, writtenMs: nowMs },
      session: { startedMs, endedMs, plannedRuns, ...(plannedMs !== null && { plannedMs }) },
    });
    const studies = [...new Set(runs.flatMap((run) => run.studies))];
    const alone = runs.filter((run) => run.studies.length === 0).map(({ id }) => id);
    const requests = [
      ...studies.map((study) => request({ kind: "study", study })),
      ...(alone.length > 0 ? [request({ kind: "runs", runs: alone.toReversed() })] : []),
    ];
    this.#writing = this.#writeAll(requests)
      .catch((error: unknown) => {
        onNote(`No report: ${(error as Error).message}`);
        return [];
      })
      .finally(() => {
        this.#writing = undefined;
        this.changed();
      });
  }

  async #writeAll(requests: readonly ReportRequest[]): Promise<ReportSummary[]> {
    const written: ReportSummary[] = [];
    const { signal } = this.#ended;
    for (const request of requests) {
      if (signal.aborted) return written;
      try {
        written.push(await this.#write(request));
      } catch (error) {
        if (signal.aborted) return written;
        this.#parts.onNote(`No report${nameOf(request)}: ${(error as Error).message}`);
      }
    }
    // Also where one could not be written: it would not be the next time.
    this.#keep({ session: null, estimates: this.#state?.estimates ?? {} });
    this.#written.push(...written);
    for (const listener of this.#listeners) listener(written);
    return written;
  }

  async #write(request: ReportRequest): Promise<ReportSummary> {
    const { home } = this.#parts;
    const study = request.subject.kind === "study" ? request.subject.study : undefined;
    const name = newReportName(home, study, request.writtenMs);
    const message: ReportTask = { request, folder: reportsFolder(home), name };
    let answer: ReportAnswer | undefined;
    const end = await runChildTask({
      ...{ main: reportMain, message },
      onMessage: (told) => (answer = reportAnswerSchema.parse(told)),
      signal: AbortSignal.any([this.#ended.signal, AbortSignal.timeout(writtenWithinMs)]),
    });
    if (answer?.type === "written") return answer.summary;
    if (answer) throw childFailureError(answer);
    throw new Error(`the process that writes it ended (code ${end.code ?? "none"}). ${end.words}`);
  }
}

const nameOf = ({ subject }: ReportRequest): string => (subject.kind === "study" ? ` on ${subject.study}` : "");

/** It ended in the session, or was paused in it; the example's runs were trained elsewhere. */
function isOfSession(run: RunRecord, startedMs: number): boolean {
  if (isExample(run) || run.trashedMs !== undefined) return false;
  if (run.status === "paused") return (run.startedMs ?? 0) >= startedMs;
  return isEnd(run.status) && (run.endedMs ?? 0) >= startedMs;
}
