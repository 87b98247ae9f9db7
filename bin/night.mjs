/** `npm run night`: sets up what is missing, then plays a night in small (test/night/main.ts). */
import path from "node:path";
import { endLike, runInForeground } from "./lib/child.mjs";
import { nodeOptions, projectFolder, workbenchNode } from "./lib/node24.mjs";
import { setUp } from "./lib/workbench.mjs";

const { code } = await setUp();
if (code !== 0) process.exitCode = code;
else {
  const night = path.join(projectFolder, "test", "night", "main.ts");
  endLike(await runInForeground(workbenchNode(), [...nodeOptions, night]));
}
