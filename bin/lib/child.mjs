/** Runs a program in the foreground: same terminal, same process group; signals and exit codes pass through. */
import { spawn } from "node:child_process";
import os from "node:os";

const forwarded = ["SIGINT", "SIGTERM", "SIGHUP"];

/**
 * While the child runs this process survives SIGINT, SIGTERM and SIGHUP, and passes them on (see signals.mjs for how the
 * child counts each once).
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {import("node:child_process").SpawnOptions & { passAs?: NodeJS.Signals, onChild?: (child:
 *   import("node:child_process").ChildProcess) => void }} [options] on top of: stdio inherited, RWB_PARENT_PID set.
 *   `passAs`: the one signal that the child gets, whatever this process got; `onChild` is told of the child
 * @returns {Promise<{ code: number, signal: NodeJS.Signals | null, interrupted: boolean }>} `code` as a shell counts:
 *   128 + n for a child that signal n ended; `interrupted` when this process was told to stop meanwhile
 * @throws what spawn says when there is no such program
 */
export function runInForeground(command, args, { passAs, onChild, ...options } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      stdio: "inherit",
      ...options,
      env: { ...process.env, ...options.env, RWB_PARENT_PID: String(process.pid) },
    });
    onChild?.(child);
    let interrupted = false;
    const pass = (signal) => {
      interrupted = true;
      child.kill(passAs ?? signal);
    };
    for (const signal of forwarded) process.on(signal, pass);
    const done = () => {
      for (const signal of forwarded) process.off(signal, pass);
    };
    child.once("error", (error) => {
      done();
      reject(error);
    });
    child.once("close", (code, signal) => {
      done();
      resolve({ code: code ?? 128 + (signal ? os.constants.signals[signal] : 0), signal, interrupted });
    });
  });
}

/** Ends this process as the child ended: by the same signal, or with the same code. */
export function endLike({ code, signal }) {
  if (signal !== null && process.platform !== "win32" && forwarded.includes(signal)) process.kill(process.pid, signal);
  process.exitCode = code;
}
