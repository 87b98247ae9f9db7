import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { WorkbenchError } from "../../src-shared/errors.ts";
import { tfjsFolder } from "./platform.ts";

/** Raised when the same sources are to be compiled in another way, so that older engines are built anew. */
const recipeVersion = 1;

/**
 * Twelve hexadecimal digits that stand for the addon's C++ sources (0.1 MB, read in about a millisecond). An engine
 * belongs to them: after an update of the package, the older engine is another one.
 *
 * @throws modules-missing
 */
export function addonSourceHash(packageFolder = tfjsFolder): string {
  const folder = path.join(packageFolder, "binding");
  const hash = createHash("sha256").update(`recipe ${recipeVersion}\n`);
  try {
    for (const name of readdirSync(folder).sort())
      hash.update(`${name}\0`).update(readFileSync(path.join(folder, name)));
  } catch (cause) {
    throw new WorkbenchError("modules-missing", "The package @tensorflow/tfjs-node-gpu is not installed.", {
      mend: "npm ci && npx --no-install rwb setup",
      cause,
    });
  }
  return hash.digest("hex").slice(0, 12);
}
