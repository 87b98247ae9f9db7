import { WorkbenchError } from "../../src-shared/errors.ts";
import type { Lesion } from "../../src-shared/lesion.ts";
import { childFailureError } from "../childFailure.ts";
import { runChildTask } from "../childTask.ts";
import type { RunRecord } from "../history/index.ts";
import { lesionAnswerSchema, type LesionAnswer } from "../trainer/lesionMessage.ts";
import { checkpointTask } from "./checkpointTask.ts";

const lesionMain = new URL("../trainer/lesionMain.ts", import.meta.url);

let isUnderWay = false;

/**
 * Removes one block after the other from the network of a finished run's last checkpoint, in a process of its own: seconds
 * to minutes a block, by depth. One run at a time, since trainers need the rest of the machine.
 *
 * @param signal ends it, and its process
 * @throws WorkbenchError `run-state` where the run is not finished, `usage` where its network is plain,
 *   `checkpoint-invalid`, `dataset-missing`, `engine-missing`, `engine-broken`, `locked` where another is under way,
 *   `interrupted` after the signal
 */
export async function measureLesion(
  home: string,
  run: RunRecord,
  onPass: (done: number, total: number) => void,
  signal: AbortSignal,
): Promise<Lesion> {
  refuseWithoutShortcuts(run);
  refuseUnfinished(run);
  if (isUnderWay) {
    throw new WorkbenchError("locked", "The blocks of another run are being removed already.", {
      mend: "Wait until that is done, or stop it.",
    });
  }
  isUnderWay = true;
  try {
    return await measured(home, run, onPass, signal);
  } finally {
    isUnderWay = false;
  }
}

function refuseWithoutShortcuts({ id, family }: RunRecord): void {
  if (family === "residual") return;
  throw new WorkbenchError("usage", `${id} is a plain network: where a block is removed, nothing is left.`, {
    mend: "Choose a residual run: rwb runs",
  });
}

function refuseUnfinished({ id, status }: RunRecord): void {
  if (status === "finished") return;
  throw new WorkbenchError("run-state", `${id} is ${status}; blocks are removed from a network that is trained.`, {
    mend: "Wait until the run is finished.",
  });
}

async function measured(
  home: string,
  run: RunRecord,
  onPass: (done: number, total: number) => void,
  signal: AbortSignal,
): Promise<Lesion> {
  const message = await checkpointTask(home, run, "last");
  if (signal.aborted) throw stopped();
  let last: Exclude<LesionAnswer, { type: "pass" }> | undefined;
  const onMessage = (told: unknown): void => {
    const answer = lesionAnswerSchema.parse(told);
    if (answer.type !== "pass") last = answer;
    else if (!signal.aborted) onPass(answer.done, answer.total);
  };
  const { code, words } = await runChildTask({ main: lesionMain, message, onMessage, signal });
  if (signal.aborted) throw stopped();
  if (last?.type === "failed") throw childFailureError(last);
  if (last?.type === "measured") return last.lesion;
  throw new WorkbenchError(
    "internal",
    `The process that removes blocks ended (code ${code ?? "none"}). ${words}`.trim(),
  );
}

const stopped = () =>
  new WorkbenchError("interrupted", "It was stopped; nothing of it was kept.", { mend: "Start it again." });
