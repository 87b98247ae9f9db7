import { spawn } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import path from "node:path";
import { WorkbenchError } from "../../src-shared/errors.ts";
import { requirePlatform } from "./platform.ts";

const killAfterMs = 3000;
/** The oldest pip that knows the platform tags of the wheels (PEP 600). */
const oldestPip = [20, 3] as const;

/** Where a program is on PATH. */
export function findOnPath(program: string): string | undefined {
  const extensions = process.platform === "win32" ? [".exe", ".cmd", ".bat"] : [""];
  for (const folder of (process.env.PATH ?? "").split(path.delimiter)) {
    if (folder === "") continue;
    for (const extension of extensions) {
      const file = path.resolve(folder, program + extension);
      try {
        accessSync(file, constants.X_OK);
        if (statSync(file).isFile()) return file;
      } catch {
        // not in this folder
      }
    }
  }
  return undefined;
}

export interface ToolResult {
  readonly code: number | null;
  /** standard output and standard error, as they came */
  readonly output: string;
}

export interface ToolOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal;
  readonly limitMs?: number;
}

/**
 * Runs a program to its end, without a terminal and without input. An abort (or the time limit) ends it: first SIGTERM,
 * then SIGKILL. It stays in this process's group, so that a Ctrl-C or a kill of the group leaves nothing behind.
 *
 * @throws the signal's reason when it was aborted; what spawn says when the program cannot start
 */
export async function runTool(
  program: string,
  args: readonly string[],
  options: ToolOptions = {},
): Promise<ToolResult> {
  const { signal } = options;
  signal?.throwIfAborted();
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], env: options.env ?? process.env });
  let killTimer: NodeJS.Timeout | undefined;
  const stop = (): void => {
    child.kill("SIGTERM");
    killTimer = setTimeout(() => child.kill("SIGKILL"), killAfterMs);
  };
  const onExit = (): void => void child.kill("SIGKILL");
  const limit = options.limitMs === undefined ? undefined : setTimeout(stop, options.limitMs);
  signal?.addEventListener("abort", stop, { once: true });
  process.once("exit", onExit);
  let output = "";
  const collect = (chunk: Buffer): void => {
    output += chunk.toString();
  };
  child.stdout.on("data", collect);
  child.stderr.on("data", collect);
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", resolve);
    });
    signal?.throwIfAborted();
    return { code, output };
  } finally {
    clearTimeout(limit);
    clearTimeout(killTimer);
    signal?.removeEventListener("abort", stop);
    process.off("exit", onExit);
  }
}

/** A C++ compiler: $CXX, or the first of c++, g++ and clang++ on PATH. @throws compiler-missing */
export function requireCompiler(): string {
  const candidates = [process.env.CXX, "c++", "g++", "clang++"].filter((name) => name !== undefined && name !== "");
  for (const name of candidates) {
    const found = findOnPath(name!);
    if (found !== undefined) return found;
  }
  throw new WorkbenchError("compiler-missing", "There is no C++ compiler (c++, g++ or clang++) on PATH.", {
    mend: requirePlatform().installs.compiler,
  });
}

/** Python 3 on PATH. @throws python-missing */
export async function requirePython(): Promise<{ program: string; version: string }> {
  for (const name of ["python3", "python"]) {
    const program = findOnPath(name);
    if (program === undefined) continue;
    try {
      const { code, output } = await runTool(program, ["--version"], { limitMs: 20_000 });
      const version = /^Python (3[.]\S+)/m.exec(output)?.[1];
      if (code === 0 && version !== undefined) return { program, version };
    } catch {
      // not a program after all: look on
    }
  }
  throw new WorkbenchError("python-missing", "There is no Python 3 on PATH; its pip fetches TensorFlow's libraries.", {
    mend: requirePlatform().installs.python,
  });
}

/** pip of that Python: its version. @throws pip-missing */
export async function requirePip(python: string): Promise<string> {
  const mend = requirePlatform().installs.pip;
  const { code, output } = await runTool(python, ["-m", "pip", "--version"], { limitMs: 60_000 });
  const version = /^pip (\d+)[.](\d+)\S*/m.exec(output);
  if (code !== 0 || version === null) {
    throw new WorkbenchError("pip-missing", `Python is there (${python}), but its pip is not.`, { mend });
  }
  const [major, minor] = [Number(version[1]), Number(version[2])];
  if (major < oldestPip[0] || (major === oldestPip[0] && minor < oldestPip[1])) {
    const message = `${version[0]} is too old for TensorFlow's wheels; they need ${oldestPip.join(".")}.`;
    throw new WorkbenchError("pip-missing", message, { mend: `${python} -m pip install --upgrade pip` });
  }
  return version[0].slice("pip ".length);
}
