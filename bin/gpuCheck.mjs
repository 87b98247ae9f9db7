/** `npm run gpu-check`: installs what is missing, then checks the GPU (test/gpu/check.ts); ARGS after `--` are its. */
import path from "node:path";
import { endLike, runInForeground } from "./lib/child.mjs";
import { nodeOptions, projectFolder, workbenchNode } from "./lib/node24.mjs";
import { installPackages } from "./lib/packages.mjs";

// Not the engine: to set it up is the check's own first step.
const code = await installPackages();
if (code !== 0) process.exitCode = code;
else {
  const check = path.join(projectFolder, "test", "gpu", "check.ts");
  endLike(await runInForeground(workbenchNode(), [...nodeOptions, check, ...process.argv.slice(2)]));
}
