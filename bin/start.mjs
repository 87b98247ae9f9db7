/** `npm start`: sets up what is missing, then trains the quick recipe; `npm start -- ARGS` passes ARGS to `rwb train`. */
import { endLike } from "./lib/child.mjs";
import { runWorkbench, setUp } from "./lib/workbench.mjs";

const args = process.argv.slice(2);

const { code } = await setUp();
if (code !== 0) {
  process.exitCode = code;
} else {
  const command = ["train", "--recipe", "quick", ...args];
  process.stderr.write(`rwb ${command.join(" ")}   (Ctrl-C stops it and keeps a checkpoint)\n`);
  endLike(await runWorkbench(command));
}
