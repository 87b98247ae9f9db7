import { Command, CommanderError, Option } from "commander";
import { WorkbenchError } from "../../src-shared/errors.ts";
import { benchCommand } from "./commands/bench.ts";
import { datasetCommand } from "./commands/dataset.ts";
import { doctorCommand } from "./commands/doctor.ts";
import { exportCommand } from "./commands/export.ts";
import { goldenCommand } from "./commands/golden.ts";
import { historyCommand } from "./commands/history.ts";
import { importCommand } from "./commands/import.ts";
import { queueCommand } from "./commands/queue.ts";
import { runCommand } from "./commands/run.ts";
import { runsCommand } from "./commands/runs.ts";
import { serveCommand } from "./commands/serve.ts";
import { setupCommand } from "./commands/setup.ts";
import { studyCommand } from "./commands/study.ts";
import { trainCommand } from "./commands/train.ts";
import { sayError } from "./output.ts";
import packageJson from "../../package.json" with { type: "json" };

/** Commands in the order in which a new user needs them. Each loads its services when it runs, not before. */
const commands = [
  setupCommand,
  doctorCommand,
  datasetCommand,
  trainCommand,
  queueCommand,
  serveCommand,
  runsCommand,
  runCommand,
  studyCommand,
  exportCommand,
  importCommand,
  historyCommand,
  goldenCommand,
  benchCommand,
];

function program(): Command {
  const rwb = new Command("rwb")
    .description(packageJson.description)
    .version(packageJson.version)
    .showSuggestionAfterError(true)
    .showHelpAfterError("(--help shows the options and examples)");
  for (const create of commands) {
    const command = create();
    for (const leaf of command.commands.length > 0 ? command.commands : [command]) {
      leaf.addOption(new Option("--home <dir>", "the workbench folder (default: RWB_HOME, or the platform's)"));
      leaf.addOption(new Option("--json", "one JSON object a line on standard output and nothing else there"));
    }
    rwb.addCommand(command);
  }
  for (const command of [rwb, ...rwb.commands, ...rwb.commands.flatMap((group) => group.commands)])
    command.exitOverride();
  return rwb;
}

/** Runs one command line; resolves to the process's exit code (0 done, 1 failed, 2 wrong usage, 3 nothing to run with). */
async function main(args: readonly string[]): Promise<number> {
  try {
    await program().parseAsync(args, { from: "user" });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    sayError(error);
    return error instanceof WorkbenchError ? error.exitCode : 1;
  }
}

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  // `rwb ... | head` closes the pipe: there is nobody left to tell.
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});
process.exitCode = await main(process.argv.slice(2));
