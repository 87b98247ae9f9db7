import { WorkbenchError } from "../../src-shared/errors.ts";
import { toTrainerSchema, type FromTrainer } from "../runner/protocol.ts";
import { RunFolder } from "./runFolder.ts";
import { train } from "./train.ts";

/** The trainer, a process of its own: `main.ts RUN_FOLDER WORKBENCH_FOLDER`, told to stop by IPC or by a signal. */
const [folder, home] = process.argv.slice(2);

const tell = (message: FromTrainer): void => {
  if (process.connected) process.send?.(message);
};

let stopReason: string | undefined;
const stop = (reason: string): void => {
  stopReason ??= reason;
};
process.on("message", (message) => stop(toTrainerSchema.parse(message).reason));
// Whoever started it is gone: nobody would end it later.
process.on("disconnect", () => stop("the program that started the trainer is gone"));
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => stop(signal));

const tellIterationEveryMs = 50;
let toldAtMs = 0;

try {
  const outcome = await train(RunFolder.open(folder), {
    home,
    onNote: (text) => tell({ type: "note", text }),
    onLine: () => tell({ type: "more" }),
    onIteration: (iteration, loss, accuracy) => {
      const nowMs = performance.now();
      if (nowMs - toldAtMs < tellIterationEveryMs) return;
      toldAtMs = nowMs;
      tell({ type: "iteration", iteration, loss, accuracy });
    },
    stopReason: () => stopReason,
  });
  tell({ type: "ended", outcome });
} catch (error) {
  console.error(error);
  if (error instanceof WorkbenchError) {
    const { code, message, mend } = error;
    tell({ type: "failed", code, message, ...(mend && { mend }) });
  } else {
    tell({ type: "failed", code: "internal", message: error instanceof Error ? error.message : String(error) });
  }
  process.exitCode = 1;
} finally {
  if (process.connected) process.disconnect();
}
