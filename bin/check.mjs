/** `npm run check`: format, lint, types, layers, tests; all of them, even after a failure. */
import { runTests } from "./lib/tests.mjs";
import { compileMessages } from "./lib/window.mjs";
import { runPackage, setUp } from "./lib/workbench.mjs";

const folders = ["src-shared", "src-main", "src-renderer"];

/** What is checked, and the package's program that does it. */
const checks = [
  { name: "format", package: "prettier", bin: "prettier", args: ["--check", "--log-level=warn", "."] },
  { name: "lint", package: "eslint", bin: "eslint", args: ["."] },
  { name: "types", package: "typescript", bin: "tsc", args: ["-p", "."] },
  { name: "types of the preload", package: "typescript", bin: "tsc", args: ["-p", "src-main/electron/preload"] },
  {
    name: "types of the window",
    package: "svelte-check",
    bin: "svelte-check",
    args: ["--tsconfig", "src-renderer/tsconfig.json"],
  },
  { name: "layers", package: "dependency-cruiser", bin: "depcruise", args: ["--output-type", "err", ...folders] },
];

const failed = [];
const setup = await setUp();
if (setup.stage === "packages" || setup.interrupted) {
  process.exitCode = setup.code;
} else {
  await compileMessages();
  for (const check of checks) {
    process.stdout.write(`\n== ${check.name} (${check.bin})\n`);
    const { code, interrupted } = await runPackage(check.package, check.bin, check.args);
    if (interrupted) process.exit(130);
    if (code !== 0) failed.push(check.name);
  }
  process.stdout.write("\n== tests (vitest)\n");
  const tests = await runTests([]);
  if (tests !== 0) failed.push("tests");
  if (failed.length > 0) process.stderr.write(`Not in order: ${failed.join(", ")}\n`);
  process.exitCode = failed.length > 0 ? 1 : 0;
}
