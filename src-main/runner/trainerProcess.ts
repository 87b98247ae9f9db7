import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { fileError, type ErrorCode } from "../../src-shared/errors.ts";
import { fromTrainerSchema, type FromTrainer, type Outcome, type ToTrainer } from "./protocol.ts";
import { Watchdog } from "./watchdog.ts";

/** A trainer ended in one of these ways; the last two say nothing about the run, which can be taken up again. */
export type TrainerEnd =
  | { readonly kind: "ended"; readonly outcome: Outcome }
  | { readonly kind: "failed"; readonly code: ErrorCode; readonly message: string; readonly mend?: string | undefined }
  /** Without a word: a fault in native code, or the system took its memory. */
  | { readonly kind: "crashed"; readonly exitCode: number | null; readonly signal: NodeJS.Signals | null }
  /** Killed from here: it had said nothing for too long, or was told to end at once. */
  | { readonly kind: "killed"; readonly because: "hung" | "told"; readonly silentMs: number };

export interface TrainerListeners {
  readonly onNote?: (text: string) => void;
  /** The run's log has grown. */
  readonly onMore: () => void;
  readonly onIteration: (iteration: number, loss: number, accuracy: number) => void;
}

export interface TrainerProcess {
  readonly pid: number | undefined;
  readonly ended: Promise<TrainerEnd>;
  /** A checkpoint after this iteration, then its end; the watchdog sees to it that this does not take for ever. */
  stop(reason: string): void;
  kill(): void;
}

const trainerMain = fileURLToPath(new URL("../trainer/main.ts", import.meta.url));
const watchEveryMs = 1000;

/**
 * Starts the trainer of the run in `folder` as a child in this process group, and watches it: one that hangs is killed.
 * What the engine prints goes to `trainer.log` by file descriptor: a pipe would break, and the trainer with it, when
 * this process is killed.
 *
 * @param options.depth layers of the network: deep ones take long to start
 * @throws WorkbenchError `disk-full`, `permission`: its `trainer.log` cannot be written
 */
export function startTrainer(
  folder: { readonly path: string },
  options: { readonly home: string; readonly depth: number },
  listeners: TrainerListeners,
): TrainerProcess {
  const log = openLog(path.join(folder.path, "trainer.log"));
  const args = ["--disable-warning=ExperimentalWarning", trainerMain, folder.path, options.home];
  const child = spawn(process.execPath, args, { stdio: ["ignore", log, log, "ipc"], serialization: "advanced" });
  closeSync(log);

  const watchdog = new Watchdog(options.depth);
  let end: TrainerEnd | undefined;
  let lookedAtMs = performance.now();
  const timer = setInterval(() => {
    const nowMs = performance.now();
    const { hangs, silentMs } = watchdog.tick(nowMs - lookedAtMs, watchEveryMs);
    lookedAtMs = nowMs;
    if (!hangs) return;
    end ??= { kind: "killed", because: "hung", silentMs };
    child.kill("SIGKILL");
  }, watchEveryMs);

  child.on("message", (message) => {
    const said = fromTrainerSchema.parse(message) satisfies FromTrainer;
    switch (said.type) {
      case "alive":
        return watchdog.heard(said.stage);
      case "note":
        watchdog.heard("starting");
        return listeners.onNote?.(said.text);
      case "more":
        return listeners.onMore();
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
    child.once("error", (error) => {
      clearInterval(timer);
      reject(error);
    });
    child.once("close", (exitCode, signal) => {
      clearInterval(timer);
      resolve(end ?? { kind: "crashed", exitCode, signal });
    });
  });
  return {
    pid: child.pid,
    ended,
    stop: (reason) => {
      if (child.connected) child.send({ type: "stop", reason } satisfies ToTrainer);
    },
    kill: () => {
      end ??= { kind: "killed", because: "told", silentMs: 0 };
      child.kill("SIGKILL");
    },
  };
}

function openLog(file: string): number {
  try {
    return openSync(file, "a");
  } catch (error) {
    throw fileError(error, `opening ${file}`);
  }
}
