/**
 * `npm start`: sets up what is missing, builds the window where its sources have changed, and opens it: on Electron, or,
 * where that cannot be, in the browser. `npm start -- ARGS` passes ARGS on (`rwb serve --help` shows them).
 */
import { endLike } from "./lib/child.mjs";
import { runDesktop } from "./lib/desktop.mjs";
import { buildWindow } from "./lib/window.mjs";
import { runWorkbench, setUp } from "./lib/workbench.mjs";

const args = process.argv.slice(2);

async function start() {
  const setup = await setUp();
  if (setup.stage === "packages" || setup.interrupted) return setup;
  // Without an engine runs can be looked at all the same, and the window says what mends it.
  const built = await buildWindow();
  if (built.code !== 0) return built;
  const desktop = await runDesktop(args);
  if (desktop.why === undefined) return desktop;
  process.stderr.write(`The workbench opens in the browser: ${desktop.why}.\n`);
  return runWorkbench(["serve", ...args]);
}

endLike(await start());
