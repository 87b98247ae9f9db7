import type { WorkStep } from "../../../src-shared/contract/index.ts";
import { WorkbenchError } from "../../../src-shared/errors.ts";
import { childFailureError } from "../../childFailure.ts";
import { runChildTask } from "../../childTask.ts";
import { fromWorkerSchema, type FromWorker, type Work } from "./workMessage.ts";

const workerMain = new URL("./workerMain.ts", import.meta.url);
/** Beyond, one disturbs the other and the trainers; a client may also not fill the machine with processes. */
const mostAtOnce = 3;
const patienceMs = 3_000;

let atOnce = 0;

/**
 * Does a piece of work in a process of its own, which ends with the signal, and with this process.
 *
 * @throws WorkbenchError as the work throws it; `locked` where too much is under way, `interrupted` after the signal,
 *   `internal` where the process ended without a word
 */
export async function runWork(work: Work, onStep: (step: WorkStep) => void, signal: AbortSignal): Promise<void> {
  if (atOnce >= mostAtOnce) {
    throw new WorkbenchError("locked", `${mostAtOnce} imports, downloads or repairs are under way already.`, {
      mend: "Wait until one of them is done, or stop it.",
    });
  }
  atOnce++;
  try {
    await untilDone(work, onStep, signal);
  } finally {
    atOnce--;
  }
}

async function untilDone(work: Work, onStep: (step: WorkStep) => void, signal: AbortSignal): Promise<void> {
  if (signal.aborted) throw stopped();
  let last: Extract<FromWorker, { type: "done" | "failed" }> | undefined;
  const onMessage = (message: unknown): void => {
    const told = fromWorkerSchema.safeParse(message);
    if (!told.success || signal.aborted) return;
    if (told.data.type === "done" || told.data.type === "failed") last = told.data;
    else onStep(told.data);
  };
  const { code, words } = await runChildTask({ main: workerMain, message: work, onMessage, signal, patienceMs });
  if (signal.aborted) throw stopped();
  if (last?.type === "done") return;
  if (last?.type === "failed") throw childFailureError(last);
  const lastLine = words.split("\n").at(-1) ?? "";
  throw new WorkbenchError("internal", `The process that did it ended (code ${code ?? "none"}). ${lastLine}`.trim());
}

const stopped = () =>
  new WorkbenchError("interrupted", "It was stopped. What was fetched is kept.", { mend: "The same again goes on." });
