/**
 * A window is cut off for a minute while runs change and a trainer trains: afterwards it knows every event once.
 *
 *     node_modules/node-*\/bin/node test/bench/cut-off.ts [--seconds 60] [--how reset]
 *
 * A real `rwb serve`, the window's client on a WebSocket, a TCP proxy in between: `reset` cuts connections off and takes
 * none, `silent` lets nothing through and says nothing. What the client knows in the end is counted against the history
 * and the run's log. The last line is JSON; exit code 1 where anything is lost or told twice.
 */
import { parseArgs } from "node:util";
import { cutOff } from "./cutOff.ts";
import { cuts, type Cut } from "./tcpProxy.ts";

const { values } = parseArgs({
  options: { seconds: { type: "string", default: "60" }, how: { type: "string", default: "reset" } },
});
const how = cuts.find((cut) => cut === values.how) as Cut;
const report = await cutOff(Number(values.seconds), how);
const { violations, changedRuns, ledgerEntries, iterations, caughtUpMs } = report;
console.log(`Cut off for ${values.seconds} s (${how}).`);
console.log(
  `Meanwhile ${changedRuns} runs changed, ${ledgerEntries} times in all, and ${iterations} iterations were done.`,
);
console.log(`All of it known ${(caughtUpMs / 1000).toFixed(1)} s after the connection was mended.`);
for (const violation of violations) console.log(`NOT SO: ${violation}`);
console.log(JSON.stringify({ ok: violations.length === 0, how, ...report }));
process.exitCode = violations.length === 0 ? 0 : 1;
