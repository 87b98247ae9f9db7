import { lstatSync, mkdirSync, readlinkSync, renameSync, rmSync, symlinkSync } from "node:fs";
import path from "node:path";
import { fileError } from "../../src-shared/errors.ts";
import type { EngineInfo } from "./manifest.ts";

/**
 * tfjs-node looks for its addon in its own package only, and `npm ci` wipes that: so the engine's `napi` folder is
 * linked there. The new link is made beside the old one and renamed over it; a process that is loading sees either.
 *
 * A real folder in its place (from tfjs-node's own installer, say) is moved aside, not deleted.
 *
 * @param packageFolder an installed @tensorflow/tfjs-node-gpu
 * @returns whether anything had to be changed
 */
export function linkEngine(packageFolder: string, engine: EngineInfo): boolean {
  const link = path.join(packageFolder, "lib", "napi-v8");
  const target = path.join(engine.folder, "napi");
  const there = lstatSync(link, { throwIfNoEntry: false });
  if (there?.isSymbolicLink() && path.resolve(path.dirname(link), readlinkSync(link)) === target) return false;
  const unique = `${process.pid}-${Date.now()}`;
  const temporary = `${link}.${unique}.new`;
  try {
    mkdirSync(path.dirname(link), { recursive: true });
    // "junction": Windows lets everyone make those, and they rename like folders
    symlinkSync(target, temporary, "junction");
    if (there && (!there.isSymbolicLink() || process.platform === "win32"))
      renameSync(link, `${link}.${unique}.replaced`);
    renameSync(temporary, link);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw fileError(error, "linking the engine into node_modules");
  }
  return true;
}
