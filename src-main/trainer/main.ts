import { fileError } from "../../src-shared/errors.ts";
import { toWireNumber } from "../../src-shared/runEvent.ts";
import { childFailure } from "../childFailure.ts";
import { memoryError } from "../lackOfMemory.ts";
import { toTrainerSchema, type FromTrainer, type TrainerStage } from "../runner/protocol.ts";
import { RunFolder } from "./runFolder.ts";
import { train } from "./train.ts";

/** The trainer, a process of its own: `main.ts RUN_FOLDER WORKBENCH_FOLDER`, told to stop by IPC or by a signal. */
const [folder, home] = process.argv.slice(2);

const tell = (message: FromTrainer): void => {
  if (process.connected) process.send?.(message);
};
// Main's patience with a process that has said nothing is short; loading and compiling may take their time.
tell({ type: "alive", stage: "starting" });

let stopReason: string | undefined;
const stop = (reason: string): void => {
  stopReason ??= reason;
};
process.on("message", (message) => stop(toTrainerSchema.parse(message).reason));
// Whoever started it is gone: nobody would end it later.
process.on("disconnect", () => stop("the program that started the trainer is gone"));
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => stop(signal));

const tellEveryMs = 50;
/** At most one call in `tellEveryMs` goes through. */
function seldom<A extends unknown[]>(tellIt: (...args: A) => void): (...args: A) => void {
  let toldAtMs = 0;
  return (...args) => {
    const nowMs = performance.now();
    if (nowMs - toldAtMs < tellEveryMs) return;
    toldAtMs = nowMs;
    tellIt(...args);
  };
}

try {
  const outcome = await train(RunFolder.open(folder), {
    home,
    onNote: (text) => tell({ type: "note", text }),
    onLine: () => tell({ type: "more" }),
    onIteration: seldom((iteration: number, loss: number, accuracy: number) =>
      tell({ type: "iteration", iteration, loss: toWireNumber(loss), accuracy }),
    ),
    onAlive: seldom((stage: TrainerStage) => tell({ type: "alive", stage })),
    stopReason: () => stopReason,
  });
  tell({ type: "ended", outcome });
} catch (thrown) {
  console.error(thrown);
  // A full or read-only disk shows wherever a file is opened, synced or made, and a lack of memory anywhere.
  tell(childFailure(memoryError(fileError(thrown, "training"))));
  process.exitCode = 1;
} finally {
  if (process.connected) process.disconnect();
}
