import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { fileError, WorkbenchError, type ErrorCode } from "../../src-shared/errors.ts";
import { fromWireNumber } from "../../src-shared/runEvent.ts";
import { memoryError, memoryWords } from "../lackOfMemory.ts";
import { nodeProgram } from "../nodeProgram.ts";
import { fromTrainerSchema, type FromTrainer, type Outcome, type ToTrainer } from "./protocol.ts";
import { Watchdog } from "./watchdog.ts";

/** A trainer ended in one of these ways; the last three say nothing about the run, which can be taken up again. */
export type TrainerEnd =
  | { readonly kind: "ended"; readonly outcome: Outcome }
  | { readonly kind: "failed"; readonly code: ErrorCode; readonly message: string; readonly mend?: string | undefined }
  /** Without a word: a fault in native code, or the system took its memory; its log may have spoken of that. */
  | {
      readonly kind: "crashed";
      readonly exitCode: number | null;
      readonly signal: NodeJS.Signals | null;
      readonly memoryWords: string | undefined;
    }
  /** Killed from here: it had said nothing for too long, or was told to end at once. */
  | { readonly kind: "killed"; readonly because: "hung" | "told"; readonly silentMs: number }
  /** There was no memory for one more process. */
  | { readonly kind: "unstarted"; readonly message: string };

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
/** Of its log, once it has crashed: what it says first counts, since stacks follow. */
const mostLogBytes = 1 << 16;

/**
 * Starts the trainer of the run in `folder` as a child in this process group, and watches it: one that hangs is killed.
 * What the engine prints goes to `trainer.log` by file descriptor: a pipe would break, and the trainer with it, when
 * this process is killed.
 *
 * @param options.depth layers of the network: deep ones take long to start
 * @throws WorkbenchError `disk-full`, `permission`: its `trainer.log` cannot be written; `memory`
 */
export function startTrainer(
  folder: { readonly path: string },
  options: { readonly home: string; readonly depth: number },
  listeners: TrainerListeners,
): TrainerProcess {
  const logFile = path.join(folder.path, "trainer.log");
  const { child, logBytes } = spawnTrainer(logFile, [trainerMain, folder.path, options.home]);

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
        return listeners.onIteration(said.iteration, fromWireNumber(said.loss), said.accuracy);
      case "ended":
        end = { kind: "ended", outcome: said.outcome };
        return;
      case "failed":
        end = { kind: "failed", code: said.code, message: said.message, mend: said.mend };
    }
  });
  const ended = new Promise<TrainerEnd>((resolve, reject) => {
    child.once("error", (thrown) => {
      clearInterval(timer);
      const error = memoryError(thrown);
      const unstarted = child.pid === undefined && error instanceof WorkbenchError;
      if (unstarted) resolve({ kind: "unstarted", message: error.message });
      else reject(thrown);
    });
    child.once("close", (exitCode, signal) => {
      clearInterval(timer);
      resolve(end ?? { kind: "crashed", exitCode, signal, memoryWords: memoryWordsIn(logFile, logBytes) });
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

/** @returns also how long its log was before */
function spawnTrainer(logFile: string, args: readonly string[]): { child: ChildProcess; logBytes: number } {
  const log = openLog(logFile);
  try {
    const logBytes = fstatSync(log).size;
    const child = spawn(nodeProgram(), ["--disable-warning=ExperimentalWarning", ...args], {
      stdio: ["ignore", log, log, "ipc"],
    });
    return { child, logBytes };
  } catch (error) {
    throw memoryError(error);
  } finally {
    closeSync(log);
  }
}

/** What a trainer's log says of memory from `offset` on. Only a hint: without it the run is settled all the same. */
function memoryWordsIn(logFile: string, offset: number): string | undefined {
  try {
    const log = openSync(logFile, "r");
    const bytes = Buffer.alloc(mostLogBytes);
    const length = readSync(log, bytes, 0, mostLogBytes, offset);
    closeSync(log);
    return memoryWords(bytes.toString("utf8", 0, length));
  } catch {
    return undefined;
  }
}

function openLog(file: string): number {
  try {
    return openSync(file, "a");
  } catch (error) {
    throw fileError(error, `opening ${file}`);
  }
}
