import type { ReportSummary } from "../../src-shared/contract/index.ts";
import { WorkbenchError } from "../../src-shared/errors.ts";
import { isWaiting } from "../../src-shared/runState.ts";
import { ensureEngine } from "../engine/index.ts";
import { workbenchHome } from "../home.ts";
import { reportFile } from "../report/index.ts";
import { reachWorkbench } from "../rpc/connect.ts";
import type { LocalMain } from "../rpc/localClient.ts";
import { listenLocally } from "../rpc/localServer.ts";
import { toWireRun } from "../rpc/wireRun.ts";
import type { Workbench } from "../workbench.ts";
import type { CommonOptions } from "./callServices.ts";
import { printJson, say } from "./output.ts";
import { counted } from "./plural.ts";
import { queueView, type QueueView } from "./queueView.ts";
import { onStopSignal } from "../stopSignal.ts";

/**
 * Trains what waits until the queue is empty, while other commands talk to this process. A signal lets the trainers write
 * a checkpoint and end; a second one ends at once.
 *
 * @returns the exit code: 1 where a run failed or diverged meanwhile, or where runs wait in a queue that is paused
 */
export async function workQueue(options: CommonOptions): Promise<number> {
  let workbench: Workbench | undefined;
  let view: QueueView | undefined;
  const note = (text: string): void => (view ? view.note(text) : say(text));
  const stop = onStopSignal(
    (signal) => note(`${signal}: the trainers write a checkpoint and end. Once more ends at once.`),
    () => workbench?.queue.killTrainers(),
  );
  try {
    const reached = await reachWorkbench(workbenchHome(options.home), note);
    if (reached.kind === "main") {
      reached.main.close();
      throw isWorkedAlready(reached.main);
    }
    workbench = reached.workbench;
    const openedMs = Date.now();
    let reports: readonly ReportSummary[] = [];
    let stopListening: (() => Promise<void>) | undefined;
    try {
      if (workbench.history.runs.waiting().length > 0) await ensureEngine();
      stopListening = await listenLocally({ workbench, purpose: "queue" }, note);
      view = queueView(workbench);
      const stopPrinting = options.json ? printEnded(workbench) : undefined;
      workbench.reports.watch();
      workbench.queue.work();
      await workbench.queue.untilEmpty(stop.told);
      // Before the socket: commands may still cancel what writes its last checkpoint.
      await workbench.queue.close(`rwb queue run was told to end (${String(stop.told.reason)})`);
      stopPrinting?.();
      reports = stop.told.aborted ? [] : await workbench.reports.settled(stop.told);
    } finally {
      view?.stop();
      view = undefined;
      await stopListening?.();
    }
    for (const { name } of reports) say(`Report: ${reportFile(workbench.home, name, "html")}`);
    return sayEnd(workbench, openedMs, stop.told.aborted);
  } finally {
    await workbench?.close("the command is done");
    stop.dispose();
  }
}

function isWorkedAlready({ purpose, processId }: LocalMain): WorkbenchError {
  const who = purpose === "queue" ? "Another rwb queue run" : "The workbench";
  return new WorkbenchError("locked", `${who} (process ${processId}) works this queue already.`, {
    mend: "To watch it: rwb queue list. To change something: rwb queue pause, rwb run cancel RUN ...",
  });
}

/** A line of JSON for each run whose trainer has ended. */
function printEnded(workbench: Workbench): () => void {
  const { queue, history } = workbench;
  let active = new Set<string>();
  return workbench.subscribe(() => {
    const now = new Set(queue.active.keys());
    for (const id of active) if (!now.has(id)) printJson(toWireRun(history.runs.get(id)));
    active = now;
  });
}

function sayEnd({ history, queue }: Workbench, openedMs: number, wasTold: boolean): number {
  const runs = history.runs.list({});
  const since = runs.filter(({ endedMs }) => endedMs !== undefined && endedMs >= openedMs);
  const failed = since.filter(({ status }) => status === "failed" || status === "diverged");
  const finished = since.filter(({ status }) => status === "finished");
  const waiting = runs.filter(({ status }) => isWaiting(status));
  const paused = runs.filter(({ status }) => status === "paused");
  const parts = [
    `${finished.length} finished`,
    ...(failed.length > 0 ? [`${failed.length} failed or diverged (rwb runs says why)`] : []),
    ...(waiting.length > 0 ? [`${waiting.length} still to do`] : []),
    ...(paused.length > 0 ? [`${paused.length} paused (rwb run resume RUN)`] : []),
  ];
  say(since.length + waiting.length + paused.length === 0 ? "Nothing waits: rwb queue add" : `${parts.join(", ")}.`);
  if (queue.paused && waiting.length > 0) say("The queue is paused. To go on: rwb queue resume && rwb queue run");
  else if (waiting.length > 0) say(`To go on with ${counted(waiting.length, "run")}: rwb queue run`);
  if (failed.length > 0) return 1;
  return waiting.length > 0 && !wasTold && since.length === 0 ? 1 : 0;
}
