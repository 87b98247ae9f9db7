/** `npm run faults`: sets up what is missing, then lets faults strike (test/faults/campaign.ts); ARGS after `--` are its. */
import path from "node:path";
import { endLike, runInForeground } from "./lib/child.mjs";
import { nodeOptions, projectFolder, workbenchNode } from "./lib/node24.mjs";
import { setUp } from "./lib/workbench.mjs";

const { code } = await setUp();
if (code !== 0) process.exitCode = code;
else {
  const campaign = path.join(projectFolder, "test", "faults", "campaign.ts");
  endLike(await runInForeground(workbenchNode(), [...nodeOptions, campaign, ...process.argv.slice(2)]));
}
