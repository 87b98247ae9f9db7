/** The project's npm packages: whether they are all there, and their installation with `npm ci`. */
import { existsSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { runInForeground } from "./child.mjs";
import { bundledNode, projectFolder } from "./node24.mjs";

const sizeOnDisk = "about 1 GB on disk, a minute or two";
const lookEveryMs = 1000;
const plainLineEveryMs = 10_000;

function readLock(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8")).packages ?? {};
  } catch {
    return undefined;
  }
}

/** Paths below the project of what the lock file says must be installed, e.g. `node_modules/zod`. */
function requiredPackages(project) {
  const lock = readLock(path.join(project, "package-lock.json")) ?? {};
  return Object.entries(lock)
    .filter(([where, entry]) => where !== "" && !entry.optional && !entry.peer)
    .map(([where, entry]) => ({ where, version: entry.version }));
}

/**
 * npm writes node_modules/.package-lock.json last, as the record of what it installed: an interrupted install has none.
 * That record is compared with the lock file, and each package's folder must be there (0.01 s).
 *
 * @returns {string | undefined} why `npm ci` is needed; undefined when everything is there
 */
export function packagesProblem(project = projectFolder) {
  if (!existsSync(path.join(project, "node_modules"))) return "there are none yet";
  const installed = readLock(path.join(project, "node_modules", ".package-lock.json"));
  if (installed === undefined) return "an earlier installation was not finished";
  for (const { where, version } of requiredPackages(project)) {
    if (installed[where]?.version !== version) return `${where} ${version} is not among them`;
    if (!existsSync(path.join(project, where, "package.json"))) return `${where} has gone`;
  }
  const platform = `${process.platform}-${process.arch}`;
  if (hasPlatformPackage(platform) && bundledNode(project) === undefined)
    return `Node 24 for ${platform} is not among them`;
  return undefined;
}

function hasPlatformPackage(platform) {
  return ["linux-x64", "linux-arm64", "darwin-arm64", "darwin-x64", "win32-x64"].includes(platform);
}

/** The npm that runs this script, or the one on PATH. */
function npmCommand() {
  const running = process.env.npm_execpath;
  if (running !== undefined && /npm-cli\.js$/.test(running)) return [process.execPath, running];
  return [process.platform === "win32" ? "npm.cmd" : "npm"];
}

/** Says now and then how many packages are there: a line that is rewritten on a terminal, otherwise one every 10 s. */
function watchPackages(project, required) {
  const startedMs = Date.now();
  let saidMs = startedMs;
  const timer = setInterval(() => {
    const count = required.filter(({ where }) => existsSync(path.join(project, where, "package.json"))).length;
    const text = `  ${count} of ${required.length} packages, ${Math.round((Date.now() - startedMs) / 1000)} s`;
    if (process.stderr.isTTY) process.stderr.write(`\r${text} `);
    else if (Date.now() - saidMs >= plainLineEveryMs) {
      saidMs = Date.now();
      process.stderr.write(`${text}\n`);
    }
  }, lookEveryMs);
  return () => {
    clearInterval(timer);
    if (process.stderr.isTTY) process.stderr.write("\r\x1b[K");
  };
}

/**
 * Installs what is missing; does nothing when everything is there. An interrupted installation is taken up again by the
 * next call (npm keeps what it fetched in its cache).
 *
 * @returns {Promise<number>} exit code: 0, or why not
 */
export async function installPackages(project = projectFolder) {
  const problem = packagesProblem(project);
  if (problem === undefined) return 0;
  const required = requiredPackages(project);
  const [npm, ...first] = npmCommand();
  process.stderr.write(`Installing ${required.length} packages (${sizeOnDisk}) with npm ci: ${problem}.\n`);
  // while npm removes the old packages, their record must not vouch for them
  rmSync(path.join(project, "node_modules", ".package-lock.json"), { force: true });
  const args = [
    "ci",
    "--include=dev",
    "--include=optional",
    "--no-audit",
    "--no-fund",
    "--no-progress",
    "--loglevel=error",
  ];
  const stopWatching = watchPackages(project, required);
  let result;
  try {
    // Killed outright: told to stop, npm first finishes what it is doing and then takes everything back (28 s).
    const options = { cwd: project, shell: npm === "npm.cmd", passAs: "SIGKILL" };
    result = await runInForeground(npm, [...first, ...args], options);
  } catch (error) {
    process.stderr.write(
      `npm cannot be started (${error.message}).\n  It comes with Node: install Node 24 with its npm.\n`,
    );
    return 3;
  } finally {
    stopWatching();
  }
  if (result.interrupted) {
    process.stderr.write("The installation was stopped; the same command goes on with it.\n");
    return 130;
  }
  if (result.code !== 0) {
    process.stderr.write(
      `npm ci failed (exit code ${result.code}); what it says stands above.\n` +
        "  When it is the network: npm config list shows the registry and the proxy in use. Then run the same command again.\n",
    );
    return result.code;
  }
  const left = packagesProblem(project);
  if (left === undefined) return 0;
  process.stderr.write(`npm ci has ended, but ${left}.\n  Run it by hand to see why: npm ci\n`);
  return 3;
}
