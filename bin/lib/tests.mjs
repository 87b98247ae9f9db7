/** Runs the tests with vitest and counts them. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { runPackage } from "./workbench.mjs";

/**
 * Counts of vitest's JSON report. A test file that could not be loaded has no tests; it counts as one that failed.
 *
 * @returns {{ passed: number, failed: number, skipped: number }}
 */
export function countTests(report) {
  const unloaded = report.testResults.filter((file) => file.status === "failed" && file.assertionResults.length === 0);
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + unloaded.length,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

export function summaryLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}

/**
 * vitest's own output, then one line `N passed, N failed[, N skipped]` as the very last.
 *
 * @param {readonly string[]} args for vitest
 * @returns {Promise<number>} exit code: not 0 when a test failed, when vitest did, or when no test ran
 */
export async function runTests(args) {
  const folder = mkdtempSync(path.join(os.tmpdir(), "rwb-tests-"));
  const file = path.join(folder, "report.json");
  try {
    const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${file}`];
    const { code, interrupted } = await runPackage("vitest", "vitest", ["run", ...reporters, ...args]);
    let counts = { passed: 0, failed: 0, skipped: 0 };
    try {
      counts = countTests(JSON.parse(readFileSync(file, "utf8")));
    } catch {
      process.stdout.write("\nvitest left no report: no test is known to have passed.\n");
    }
    if (code !== 0 && counts.failed === 0 && counts.passed > 0) {
      process.stdout.write(`\nvitest ended with code ${code} though no test failed: see its errors above.\n`);
    }
    process.stdout.write(`\n${summaryLine(counts)}\n`);
    if (interrupted) return 130;
    return code !== 0 ? code : counts.failed > 0 || counts.passed === 0 ? 1 : 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
