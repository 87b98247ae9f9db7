import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { ErrorCode } from "../../src-shared/errors.ts";
import { EventTail } from "./eventTail.ts";
import { fromTrainerSchema, type FromTrainer, type Outcome, type ToTrainer } from "./protocol.ts";

/** A trainer ended in one of these ways; the last two say nothing about the run, which can be taken up again. */
export type TrainerEnd =
  | { readonly kind: "ended"; readonly outcome: Outcome }
  | { readonly kind: "failed"; readonly code: ErrorCode; readonly message: string; readonly mend?: string | undefined }
  /** Without a word: a fault in native code, or the system took its memory. */
  | { readonly kind: "crashed"; readonly exitCode: number | null; readonly signal: NodeJS.Signals | null };

export interface TrainerListeners {
  readonly onNote: (text: string) => void;
  readonly onLine: (line: string) => void;
  readonly onIteration: (iteration: number, loss: number, accuracy: number) => void;
}

export interface TrainerProcess {
  readonly ended: Promise<TrainerEnd>;
  stop(reason: string): void;
  kill(): void;
}

const trainerMain = fileURLToPath(new URL("../trainer/main.ts", import.meta.url));

/**
 * Starts the trainer of the run in `folder` as a child in this process group. What the engine prints goes to
 * `trainer.log` by file descriptor: a pipe would break, and the trainer with it, when this process is killed.
 */
export function startTrainer(
  folder: { readonly path: string; readonly events: string },
  home: string,
  listeners: TrainerListeners,
): TrainerProcess {
  const log = openSync(path.join(folder.path, "trainer.log"), "a");
  const tail = new EventTail(folder.events);
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", trainerMain, folder.path, home], {
    stdio: ["ignore", log, log, "ipc"],
    serialization: "advanced",
  });
  closeSync(log);
  let end: TrainerEnd | undefined;
  child.on("message", (message) => {
    const said = fromTrainerSchema.parse(message) satisfies FromTrainer;
    switch (said.type) {
      case "note":
        return listeners.onNote(said.text);
      case "more":
        return tail.read(listeners.onLine);
      case "iteration":
        return listeners.onIteration(said.iteration, said.loss, said.accuracy);
      case "ended":
        end = { kind: "ended", outcome: said.outcome };
        return;
      case "failed":
        end = { kind: "failed", code: said.code, message: said.message, mend: said.mend };
    }
  });
  const ended = new Promise<TrainerEnd>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (exitCode, signal) => {
      tail.read(listeners.onLine);
      resolve(end ?? { kind: "crashed", exitCode, signal });
    });
  });
  return {
    ended,
    stop: (reason) => {
      if (child.connected) child.send({ type: "stop", reason } satisfies ToTrainer);
    },
    kill: () => child.kill("SIGKILL"),
  };
}
