import { Command } from "commander";
import type { Check } from "../../engine/checks.ts";
import { workbenchHome } from "../../home.ts";
import { printJson, printLine } from "../output.ts";

const examples = `
Examples:
  rwb doctor                      what works, and the command that mends the rest
  rwb doctor --json               one object a line: {"check","status":"ok"|"warning"|"missing","detail","mend"?}

Exit code: 0 when a network can be trained, 3 when something that this needs is missing.`;

function printCheck({ check, status, detail, mend }: Check): void {
  printLine(`${status.padEnd(8)} ${check.padEnd(10)} ${detail}`);
  if (mend !== undefined) printLine(`${" ".repeat(20)}-> ${mend}`);
}

async function run(options: { home?: string; json?: boolean }): Promise<void> {
  const { checkWorkbench } = await import("../../doctor.ts");
  const checks = await checkWorkbench(workbenchHome(options.home));
  for (const check of checks) {
    if (options.json) printJson(check);
    else printCheck(check);
  }
  if (checks.some(({ status }) => status === "missing")) process.exitCode = 3;
}

/** `rwb doctor`: engine, devices, precision, data sets and storage. */
export function doctorCommand(): Command {
  return new Command("doctor")
    .description("engine, devices, precision support, data sets, storage: what works, what mends the rest")
    .addHelpText("after", examples)
    .action(run);
}
