/** Builds the window (src-renderer) and the desktop shell (src-main/electron) into out/, where their sources have changed. */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { projectFolder } from "./node24.mjs";
import { runPackage } from "./workbench.mjs";

const stamp = path.join(projectFolder, "out", "built-from");
const messages = path.join(projectFolder, "src-renderer", "paraglide");
/** What the build reads; the desktop shell has all of main in it. */
const sources = [
  ...["src-renderer", "src-shared", "src-main", "resources"],
  ...["electron.vite.config.ts", "svelte.config.js", "tsconfig.json", "package-lock.json"],
];
const made = new Set([messages, path.join(projectFolder, "node_modules")]);

function* filesIn(place) {
  if (made.has(place)) return;
  const entries = readdirSync(place, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const below = path.join(place, entry.name);
    if (entry.isDirectory()) yield* filesIn(below);
    else if (entry.isFile() && !entry.name.startsWith(".")) yield below;
  }
}

function checksum() {
  const hash = createHash("sha256");
  for (const source of sources) {
    const place = path.join(projectFolder, source);
    const files = path.extname(source) === "" ? filesIn(place) : [place];
    for (const file of files) hash.update(path.relative(projectFolder, file)).update("\0").update(readFileSync(file));
  }
  return hash.digest("hex");
}

/** The messages (src-renderer/messages) as typed functions, which the window, its tests and its types need. */
export function compileMessages() {
  const project = path.join("src-renderer", "project.inlang");
  const outdir = path.join("src-renderer", "paraglide");
  const strategy = ["--strategy", "globalVariable", "baseLocale"];
  const args = ["compile", "--project", project, "--outdir", outdir, "--emit-ts-declarations", "--silent", ...strategy];
  return runPackage("@inlang/paraglide-js", "paraglide-js", args);
}

/** @returns {Promise<{ code: number, interrupted: boolean }>} */
export async function buildWindow() {
  const built = existsSync(stamp) && existsSync(messages) ? readFileSync(stamp, "utf8") : "";
  if (built === checksum()) return { code: 0, interrupted: false };
  process.stderr.write("Building the window (about 10 s)\n");
  const compiled = await compileMessages();
  if (compiled.code !== 0) return compiled;
  const before = checksum();
  const end = await runPackage("electron-vite", "electron-vite", ["build", "--logLevel", "warn"]);
  if (end.code === 0) writeFileSync(stamp, before);
  return end;
}
