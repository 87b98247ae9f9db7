import { spawn, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { WorkStep } from "../../../src-shared/contract/index.ts";
import { WorkbenchError } from "../../../src-shared/errors.ts";
import { childFailureError } from "../../childFailure.ts";
import { nodeProgram } from "../../nodeProgram.ts";
import { fromWorkerSchema, type FromWorker, type Work } from "./workMessage.ts";

const workerMain = fileURLToPath(new URL("./workerMain.ts", import.meta.url));
/** Beyond, one disturbs the other and the trainers; a client may also not fill the machine with processes. */
const mostAtOnce = 3;
const killAfterMs = 3_000;
const keptLetters = 2_000;

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
  const child = spawn(nodeProgram(), ["--disable-warning=ExperimentalWarning", workerMain], {
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  let last: Extract<FromWorker, { type: "done" | "failed" }> | undefined;
  let said = "";
  child.stderr!.on("data", (chunk: Buffer) => (said = (said + chunk.toString()).slice(-keptLetters)));
  child.on("message", (message) => {
    const told = fromWorkerSchema.safeParse(message);
    if (!told.success || signal.aborted) return;
    if (told.data.type === "done" || told.data.type === "failed") last = told.data;
    else onStep(told.data);
  });
  const { stop, release } = ender(child);
  signal.addEventListener("abort", stop, { once: true });
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", resolve);
      child.send(work, (error) => error && reject(error));
    });
    if (signal.aborted) throw stopped();
    if (last?.type === "done") return;
    if (last?.type === "failed") throw childFailureError(last);
    const words = said.trim().split("\n").at(-1) ?? "";
    throw new WorkbenchError("internal", `The process that did it ended (code ${code ?? "none"}). ${words}`.trim());
  } finally {
    signal.removeEventListener("abort", stop);
    release();
  }
}

/** Ends a child: politely, then not. */
function ender(child: ChildProcess): { stop: () => void; release: () => void } {
  let timer: NodeJS.Timeout | undefined;
  const kill = (): void => void child.kill("SIGKILL");
  process.once("exit", kill);
  return {
    stop: () => {
      child.kill("SIGTERM");
      timer = setTimeout(kill, killAfterMs);
    },
    release: () => {
      clearTimeout(timer);
      process.off("exit", kill);
      if (child.exitCode === null && child.signalCode === null) kill();
    },
  };
}

const stopped = () =>
  new WorkbenchError("interrupted", "It was stopped. What was fetched is kept.", { mend: "The same again goes on." });
