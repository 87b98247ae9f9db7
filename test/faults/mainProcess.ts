import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { signal, trainersOf } from "./processes.ts";

const workbenchMain = fileURLToPath(new URL("workbenchMain.ts", import.meta.url));

export interface MainEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The error that it ended with, where it was a foreseen one. */
  readonly error: { readonly code: string; readonly message: string; readonly mend?: string } | undefined;
}

/** A main that works the queue of a workbench folder, in a process of its own. */
export interface MainProcess {
  readonly home: string;
  readonly pid: number;
  /** What it said, line by line. */
  readonly notes: readonly string[];
  readonly ended: Promise<MainEnd>;
  /** Where it has ended. */
  readonly end: () => MainEnd | undefined;
  readonly kill: (name: NodeJS.Signals) => void;
}

/** @param env e.g. LD_PRELOAD; its trainers inherit it */
export function startMain(home: string, env: Readonly<Record<string, string>> = {}): MainProcess {
  const args = ["--disable-warning=ExperimentalWarning", workbenchMain, home];
  const child = spawn(process.execPath, args, { env: { ...process.env, ...env }, stdio: ["pipe", "pipe", "pipe"] });
  if (child.pid === undefined) throw new Error("the main could not be started");
  child.stdin.on("error", () => {});
  const notes: string[] = [];
  let [rest, out] = ["", ""];
  child.stderr.on("data", (chunk: Buffer) => {
    const lines = (rest + chunk.toString()).split("\n");
    rest = lines.pop()!;
    notes.push(...lines);
  });
  child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
  let end: MainEnd | undefined;
  const ended = new Promise<MainEnd>((resolve) =>
    child.once("close", (code, name) => {
      const error = out === "" ? undefined : (JSON.parse(out.split("\n")[0]) as MainEnd["error"]);
      resolve((end = { code, signal: name, error }));
    }),
  );
  const { pid } = child;
  return { home, pid, notes, ended, end: () => end, kill: (name) => void (end ?? signal(pid, name)) };
}

/** Main first: a trainer that it sees die is a loss of the run's, one that dies after it is not. */
export function killAll(main: MainProcess): void {
  main.kill("SIGKILL");
  for (const { pid } of trainersOf(main.home)) signal(pid, "SIGKILL");
}
