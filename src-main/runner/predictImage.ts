import type { PredictionOfImage } from "../../src-shared/contract/index.ts";
import { WorkbenchError } from "../../src-shared/errors.ts";
import { childFailureError } from "../childFailure.ts";
import { runChildTask } from "../childTask.ts";
import type { RunRecord } from "../history/index.ts";
import type { CheckpointName } from "../trainer/checkpoint.ts";
import { predictAnswerSchema, type PredictAnswer, type PredictTask } from "../trainer/predictMessage.ts";
import { checkpointTask } from "./checkpointTask.ts";

/** As the contract has it, less the run (src-shared/contract/packedPrediction.ts). */
export type Prediction = Pick<PredictionOfImage, "iteration" | "classes" | "probabilities" | "label" | "pixels">;

const predictMain = new URL("../trainer/predictMain.ts", import.meta.url);
/** An engine that loads while trainers have all cores, and then what a layer takes. */
const startLimitMs = 60_000;
const layerLimitMs = 500;
const mostWaiting = 8;

let waiting = 0;
let last: Promise<unknown> = Promise.resolve();

/**
 * Shows an image to the network of one of a run's checkpoints, in a process of its own; one at a time, since each loads
 * the engine and trainers need the rest of the machine.
 *
 * @param signal ends it, and its process
 * @throws WorkbenchError `checkpoint-invalid`, `dataset-missing`, `engine-missing`, `engine-broken`, `usage` (no such image,
 *   one that cannot be read), `locked` where too many wait, `interrupted` after its time or the signal
 */
export async function predictImage(
  home: string,
  run: RunRecord,
  asked: { readonly checkpoint: CheckpointName; readonly image: PredictTask["image"] },
  signal?: AbortSignal,
): Promise<Prediction> {
  if (waiting >= mostWaiting) {
    throw new WorkbenchError("locked", `${mostWaiting} images wait to be shown to a network.`, {
      mend: "Wait until they are done.",
    });
  }
  const task = { ...(await checkpointTask(home, run, asked.checkpoint)), image: asked.image };
  waiting++;
  const turn = last.then(() => answerOf(task, signal));
  last = turn.catch(() => {});
  try {
    return await turn;
  } finally {
    waiting--;
  }
}

async function answerOf(task: PredictTask, left: AbortSignal | undefined): Promise<Prediction> {
  if (left?.aborted) throw stopped();
  const limitMs = startLimitMs + layerLimitMs * task.config.network.depth;
  const late = AbortSignal.timeout(limitMs);
  let answer: PredictAnswer | undefined;
  const { code, words } = await runChildTask({
    ...{ main: predictMain, message: task, signal: left ? AbortSignal.any([left, late]) : late },
    onMessage: (message) => (answer = predictAnswerSchema.parse(message)),
  });
  if (answer?.type === "predicted") {
    const { iteration, classes, probabilities, label, pixels } = answer;
    return {
      ...{ iteration, classes, label },
      probabilities: Float32Array.from(probabilities),
      pixels: Uint8Array.from(Buffer.from(pixels, "base64")),
    };
  }
  if (answer) throw childFailureError(answer);
  if (left?.aborted) throw stopped();
  if (late.aborted) {
    throw new WorkbenchError("interrupted", `The network did not answer within ${Math.round(limitMs / 1000)} s.`, {
      mend: "Try again when fewer runs train.",
    });
  }
  throw new WorkbenchError("internal", `The predicting process ended (code ${code ?? "none"}). ${words}`.trim());
}

const stopped = () => new WorkbenchError("interrupted", "It was stopped.", { mend: "Show the image again." });
