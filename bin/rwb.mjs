#!/usr/bin/env node
/** The command `rwb`: finds Node 24 and runs src-main/cli/main.ts on it, in this process's place where that can be. */
import { existsSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { endLike, runInForeground } from "./lib/child.mjs";
import { nodeOptions, projectFolder, runsTheSources, workbenchNode } from "./lib/node24.mjs";

const main = path.join(projectFolder, "src-main", "cli", "main.ts");
const signals = new URL("lib/signals.mjs", import.meta.url).href;
const args = process.argv.slice(2);

const node = workbenchNode();
if (node === undefined || !existsSync(path.join(projectFolder, "node_modules", "commander"))) {
  process.stderr.write(
    "rwb: The project's packages are not installed. [modules-missing]\n" +
      "     In the project's folder: npm ci && npx --no-install rwb setup   (or: npm start)\n",
  );
  process.exitCode = 3;
} else if (runsTheSources(process.versions.node)) {
  await import(signals);
  await import(pathToFileURL(main).href);
} else {
  const nodeArgs = [...nodeOptions, "--import", signals, main, ...args];
  const env = { ...process.env };
  delete env.RWB_PARENT_PID;
  if (process.execve !== undefined && process.platform !== "win32") process.execve(node, [node, ...nodeArgs], env);
  endLike(await runInForeground(node, nodeArgs));
}
