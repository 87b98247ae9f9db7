/** `npm test`: sets up what is missing, then runs the tests; `npm test -- ARGS` passes ARGS to vitest. */
import { runTests } from "./lib/tests.mjs";
import { setUp } from "./lib/workbench.mjs";

const { code, stage, interrupted } = await setUp();
if (stage === "packages" || interrupted) {
  process.exitCode = code;
} else {
  if (code !== 0) process.stderr.write("The engine could not be set up: the tests that need it are going to fail.\n");
  process.exitCode = (await runTests(process.argv.slice(2))) || code;
}
