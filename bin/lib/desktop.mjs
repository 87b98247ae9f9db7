/** The desktop shell on Electron: whether it can be had here, and its start. Where it cannot, a reason comes back. */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { performance } from "node:perf_hooks";
import { runInForeground } from "./child.mjs";
import { electronProgram, fetchElectron } from "./electron.mjs";
import { projectFolder } from "./node24.mjs";

const startsWithinMs = 30_000;
const lookEveryMs = 100;
const keptLetters = 4_000;

/** What the desktop shell takes; with anything else it is `rwb serve` that is meant. */
const options = ["--home"];

/** @returns {string | undefined} why there can be no window of Electron's on this machine */
export function displayProblem(platform = process.platform, env = process.env, userId = process.getuid?.()) {
  if (platform === "darwin" || platform === "win32") return undefined;
  if (!env.DISPLAY && !env.WAYLAND_DISPLAY) return "there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set)";
  return userId === 0 ? "Electron's sandbox does not work for root" : undefined;
}

/** @returns {string | undefined} the first of `args` that only `rwb serve` understands */
export function browserOption(args) {
  for (let at = 0; at < args.length; at++) {
    if (options.includes(args[at])) at++;
    else if (!options.some((option) => args[at].startsWith(`${option}=`))) return args[at];
  }
  return undefined;
}

/**
 * Runs the desktop shell until its window is closed.
 *
 * @param {readonly string[]} args
 * @returns {Promise<{ code: number, signal: NodeJS.Signals | null } | { why: string }>} how it ended, or why it is not to
 *   be had; Electron is fetched where it is missing
 */
export async function runDesktop(args, project = projectFolder, findDisplayProblem = displayProblem) {
  const option = browserOption(args);
  if (option !== undefined) return { why: `${option} is an option of rwb serve` };
  const problem = findDisplayProblem();
  if (problem !== undefined) return { why: problem };
  let program = electronProgram(project);
  if (program === undefined) {
    const fetched = await fetchElectron(project);
    if (fetched.why !== undefined || fetched.interrupted) return fetched;
    program = electronProgram(project);
    if (program === undefined) return { why: "Electron's installation left no program" };
  }
  return startElectron(program, [path.join(project, "out", "main", "main.js"), ...args]);
}

/** Its standard error is kept back until it has started: where it cannot, its last line is the reason. */
async function startElectron(program, args) {
  const folder = mkdtempSync(path.join(os.tmpdir(), "rwb-desktop-"));
  const mark = path.join(folder, "started");
  let hasStarted = false;
  let words = "";
  let timer;
  try {
    const end = await runInForeground(program, args, {
      stdio: ["ignore", "inherit", "pipe"],
      env: { RWB_DESKTOP_STARTED: mark },
      onChild: (child) => {
        const startedMs = performance.now();
        child.stderr.on("data", (chunk) => {
          if (hasStarted) process.stderr.write(chunk);
          else words = (words + chunk).slice(-keptLetters);
        });
        timer = setInterval(() => {
          if (existsSync(mark)) {
            clearInterval(timer);
            hasStarted = true;
            process.stderr.write(words);
          } else if (performance.now() - startedMs > startsWithinMs) child.kill("SIGKILL");
        }, lookEveryMs);
      },
    });
    // A second one on the same folder shows the first, and ends well.
    if (hasStarted || existsSync(mark) || end.code === 0 || end.interrupted) return end;
    const last = words.trimEnd().split("\n").at(-1)?.trim();
    return { why: `Electron does not start here${last ? ` (${last})` : ""}` };
  } catch (error) {
    return { why: `Electron does not start here (${error.message})` };
  } finally {
    clearInterval(timer);
    rmSync(folder, { recursive: true, force: true });
  }
}
