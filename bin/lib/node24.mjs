/**
 * Finds the Node that runs the workbench. A machine's own Node may be 20, where better-sqlite3 crashes and TypeScript
 * does not run; the project brings a Node 24 as an npm package of the platform. It is looked for in node_modules
 * itself: npm 10 may leave node_modules/.bin/node out, and PATH may name anything.
 */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

export const projectFolder = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..", "..");

/** Where each platform's package (optionalDependencies of package.json) holds its Node, below node_modules. */
const nodeOf = JSON.parse(readFileSync(new URL("node-programs.json", import.meta.url), "utf8"));

/** Node 24.0 to 24.2 print a warning whenever they strip types. */
export const nodeOptions = ["--disable-warning=ExperimentalWarning"];

/**
 * @param {string} version as process.versions.node
 * @returns {boolean} whether that Node runs the sources as they are, without a warning
 */
export function runsTheSources(version) {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major === 24 && minor >= 3;
}

/** @returns {string | undefined} path of the platform package's Node 24; undefined before `npm ci` or on other platforms */
export function bundledNode(project = projectFolder, platform = `${process.platform}-${process.arch}`) {
  const below = nodeOf[platform];
  if (below === undefined) return undefined;
  const file = path.join(project, "node_modules", ...below.split("/"));
  return existsSync(file) ? file : undefined;
}

/** @returns {string | undefined} the Node to run the workbench with: the bundled one, or this one where it will do */
export function workbenchNode(project = projectFolder) {
  const bundled = bundledNode(project);
  if (bundled !== undefined) return bundled;
  return Number(process.versions.node.split(".")[0]) >= 24 ? process.execPath : undefined;
}
