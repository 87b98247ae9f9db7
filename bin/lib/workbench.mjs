/** Runs commands of the workbench, and programs of its packages, on its own Node 24. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { runInForeground } from "./child.mjs";
import { nodeOptions, projectFolder, workbenchNode } from "./node24.mjs";
import { installPackages } from "./packages.mjs";

const signals = new URL("signals.mjs", import.meta.url).href;

function runNode(args) {
  const node = workbenchNode();
  if (node === undefined) {
    process.stderr.write(
      `There is no Node 24 for ${process.platform}-${process.arch} among the packages.\n  Run this with a Node 24 of your own.\n`,
    );
    return { code: 3, signal: null, interrupted: false };
  }
  return runInForeground(node, [...nodeOptions, "--import", signals, ...args], { cwd: projectFolder });
}

/** `rwb ARGS` in the foreground. */
export function runWorkbench(args) {
  return runNode([path.join(projectFolder, "src-main", "cli", "main.ts"), ...args]);
}

/** A program of an installed package, e.g. runPackage("eslint", "eslint", ["."]). */
export function runPackage(name, bin, args) {
  const folder = path.join(projectFolder, "node_modules", name);
  const { bin: bins } = JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8"));
  return runNode([path.join(folder, typeof bins === "string" ? bins : bins[bin]), ...args]);
}

/**
 * Packages and engine, each fetched only when it is missing (0.5 s when nothing is).
 *
 * @returns {Promise<{ code: number, stage: "packages" | "engine" | "done", interrupted: boolean }>}
 */
export async function setUp() {
  const packages = await installPackages();
  if (packages !== 0) return { code: packages, stage: "packages", interrupted: packages === 130 };
  const engine = await runWorkbench(["setup"]);
  if (engine.code !== 0)
    return { code: engine.interrupted ? 130 : engine.code, stage: "engine", interrupted: engine.interrupted };
  return { code: 0, stage: "done", interrupted: false };
}
