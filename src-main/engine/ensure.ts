import { WorkbenchError } from "../../src-shared/errors.ts";
import { linkEngine } from "./link.ts";
import { type LocateOptions, locateEngines } from "./locate.ts";
import type { EngineInfo } from "./manifest.ts";
import { requirePlatform, tfjsFolder } from "./platform.ts";

/**
 * Finds the engine and links it to where tfjs-node looks for it: to be awaited before tfjs-node is imported. Takes
 * milliseconds, and repairs a link that `npm ci`, or another version of the engine, has left behind.
 *
 * @throws platform-unsupported, modules-missing, engine-missing, engine-broken
 */
export async function ensureEngine(options: LocateOptions = {}): Promise<EngineInfo> {
  requirePlatform();
  const { engine, broken } = locateEngines(options);
  if (engine !== undefined) {
    linkEngine(tfjsFolder, engine);
    return engine;
  }
  const mend = `npx --no-install rwb setup${options.device ? ` --device ${options.device}` : ""}`;
  const [damaged] = broken;
  if (damaged !== undefined) {
    throw new WorkbenchError("engine-broken", `The engine in ${damaged.folder} is damaged: ${damaged.problem}.`, {
      mend,
    });
  }
  throw new WorkbenchError("engine-missing", "The engine (TensorFlow and its addon) is not installed.", { mend });
}
