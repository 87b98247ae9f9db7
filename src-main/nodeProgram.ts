import { existsSync } from "node:fs";
import path from "node:path";
import programs from "../bin/lib/node-programs.json" with { type: "json" };
import { WorkbenchError } from "../src-shared/errors.ts";

const modules = path.resolve(import.meta.dirname, "..", "node_modules");

/**
 * The Node that trainers and other children run on: this process's own. Within Electron it is the platform package's,
 * since Electron's binary is no Node where its fuse `runAsNode` is off, as hardened builds have it.
 *
 * @throws WorkbenchError `modules-missing`
 */
export function nodeProgram(): string {
  if (process.versions.electron === undefined) return process.execPath;
  const platform = `${process.platform}-${process.arch}`;
  const below = (programs as Readonly<Record<string, string>>)[platform];
  const program = below && path.join(modules, ...below.split("/"));
  if (program && existsSync(program)) return program;
  throw new WorkbenchError("modules-missing", `There is no Node 24 for ${platform} in ${modules}.`, {
    mend: "npm ci",
  });
}
