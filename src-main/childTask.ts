import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { nodeProgram } from "./nodeProgram.ts";

/** Work for a process of its own, told in one message. */
export interface ChildTask {
  /** The module that it runs. */
  readonly main: URL;
  readonly message: object;
  readonly onMessage: (message: unknown) => void;
  /** Ends it: at once, or with so much time to end by itself after SIGTERM. */
  readonly signal: AbortSignal;
  readonly patienceMs?: number;
}

export interface ChildEnd {
  readonly code: number | null;
  /** The last that it said on standard error: TensorFlow greets there, so it matters only where the work failed. */
  readonly words: string;
}

const keptLetters = 2_000;

/** Resolves when the process has ended; it ends with the signal, and with this process. */
export async function runChildTask({ main, message, onMessage, signal, patienceMs }: ChildTask): Promise<ChildEnd> {
  const child = spawn(nodeProgram(), ["--disable-warning=ExperimentalWarning", fileURLToPath(main)], {
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  const kill = (): void => void child.kill("SIGKILL");
  let timer: NodeJS.Timeout | undefined;
  const stop = (): void => {
    if (patienceMs === undefined) return kill();
    child.kill("SIGTERM");
    timer = setTimeout(kill, patienceMs);
  };
  let words = "";
  child.stderr!.on("data", (chunk: Buffer) => (words = (words + chunk.toString()).slice(-keptLetters)));
  child.on("message", onMessage);
  process.once("exit", kill);
  signal.addEventListener("abort", stop, { once: true });
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", resolve);
      child.send(message, (error) => error && reject(error));
    });
    return { code, words: words.trim() };
  } finally {
    signal.removeEventListener("abort", stop);
    clearTimeout(timer);
    process.off("exit", kill);
    if (child.exitCode === null && child.signalCode === null) kill();
  }
}
