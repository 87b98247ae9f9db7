/** Electron's binary, which its npm package does not hold: where it is, and how it is fetched. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import { runInForeground } from "./child.mjs";
import { workbenchNode } from "./node24.mjs";

const size = "115 MB";
const lookEveryMs = 500;
const plainLineEveryMs = 10_000;
const firstByteWithinMs = 15_000;
/** Nothing more has come for so long. */
const standstillMs = 30_000;
const limitMs = 10 * 60_000;
const againAfterMs = 24 * 60 * 60_000;
const keptLetters = 4_000;

const packageFolder = (project) => path.join(project, "node_modules", "electron");
const noteFile = (project) => path.join(project, "out", "electron-not-fetched.json");

function textOf(file) {
  try {
    return readFileSync(file, "utf8").trim();
  } catch {
    return undefined;
  }
}

/** @returns {string | undefined} path of Electron's program, as its package's own install.js leaves it */
export function electronProgram(project) {
  const folder = packageFolder(project);
  const below = textOf(path.join(folder, "path.txt"));
  const version = JSON.parse(textOf(path.join(folder, "package.json")) ?? "{}").version;
  if (!below || textOf(path.join(folder, "dist", "version"))?.replace(/^v/, "") !== version) return undefined;
  const program = path.join(process.env.ELECTRON_OVERRIDE_DIST_PATH ?? path.join(folder, "dist"), below);
  return existsSync(program) ? program : undefined;
}

/** @returns {number} of all files below */
function bytesIn(folder) {
  let bytes = 0;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    bytes += statSync(path.join(entry.parentPath ?? entry.path, entry.name), { throwIfNoEntry: false })?.size ?? 0;
  }
  return bytes;
}

/**
 * Fetches Electron with its package's own install.js. A refusal is noted and not asked for again within a day.
 *
 * @param {{ firstByteWithinMs?: number, standstillMs?: number }} [limits]
 * @returns {Promise<{ why?: string, code?: number, signal?: NodeJS.Signals | null, interrupted?: boolean }>} why it is not
 *   there; how it was interrupted; neither where it is there
 */
export async function fetchElectron(project, limits = {}) {
  const refused = JSON.parse(textOf(noteFile(project)) ?? "{}");
  if (Date.now() - refused.atMs < againAfterMs) return { why: refused.why };
  process.stderr.write(`Fetching Electron for the workbench's own window (${size}, once; Ctrl-C stops it)\n`);
  const { why, ...end } = await install(project, { firstByteWithinMs, standstillMs, ...limits });
  if (why === undefined) return end;
  const note = { atMs: Date.now(), why: `Electron could not be fetched (${why}; it is tried again in a day)` };
  mkdirSync(path.dirname(noteFile(project)), { recursive: true });
  writeFileSync(noteFile(project), `${JSON.stringify(note)}\n`);
  return { why: note.why };
}

async function install(project, limits) {
  const folder = packageFolder(project);
  // What it fetches goes here first: how much has come can be seen.
  const temporary = mkdtempSync(path.join(os.tmpdir(), "rwb-electron-"));
  let words = "";
  let tooSlow;
  let timer;
  try {
    const end = await runInForeground(workbenchNode() ?? process.execPath, [path.join(folder, "install.js")], {
      stdio: ["ignore", "ignore", "pipe"],
      env: { TMPDIR: temporary, TEMP: temporary, TMP: temporary, ELECTRON_GET_NO_PROGRESS: "1" },
      onChild: (child) => {
        child.stderr.on("data", (chunk) => (words = (words + chunk).slice(-keptLetters)));
        timer = watchFetch(temporary, path.join(folder, "dist"), limits, (problem) => {
          tooSlow = problem;
          child.kill("SIGKILL");
        });
      },
    });
    if (end.interrupted) return { code: 130, signal: null, interrupted: true };
    if (tooSlow !== undefined) return { why: tooSlow };
    return end.code === 0 ? {} : { why: reasonIn(words) };
  } catch (error) {
    return { why: error.message };
  } finally {
    clearInterval(timer);
    if (process.stderr.isTTY) process.stderr.write("\r\x1b[K");
    rmSync(temporary, { recursive: true, force: true });
  }
}

/** Says how much has come, and calls `giveUp` where nothing comes. */
function watchFetch(temporary, dist, limits, giveUp) {
  const startedMs = Date.now();
  let [grewAtMs, saidAtMs, bytes] = [startedMs, startedMs, 0];
  return setInterval(() => {
    const nowMs = Date.now();
    const nowBytes = bytesIn(temporary) + (existsSync(dist) ? bytesIn(dist) : 0);
    if (nowBytes !== bytes) grewAtMs = nowMs;
    bytes = nowBytes;
    const silentMs = nowMs - grewAtMs;
    if (bytes === 0 && silentMs > limits.firstByteWithinMs) giveUp("nothing came");
    else if (silentMs > limits.standstillMs) giveUp("nothing more came");
    else if (nowMs - startedMs > limitMs) giveUp("it took too long");
    const text = `  ${Math.round(bytes / 1e6)} MB, ${Math.round((nowMs - startedMs) / 1000)} s`;
    if (process.stderr.isTTY) process.stderr.write(`\r${text} `);
    else if (nowMs - saidAtMs >= plainLineEveryMs) {
      saidAtMs = nowMs;
      process.stderr.write(`${text}\n`);
    }
  }, lookEveryMs);
}

/** What is wrong, in the words of the first error that it names. */
function reasonIn(words) {
  const [, said] = /^\s*\w*Error: (.+)$/m.exec(words) ?? [];
  return said ?? (words.trim().split("\n").at(-1) || "its installation failed");
}
