import { Command, Option } from "commander";
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

const examples = `
Examples:
  rwb train --recipe quick                          a first run: a minute, no data set needed
  rwb queue add --recipe course --families plain,residual --depths 20,32,44,56 --scale 1/32
  rwb queue plan --until 07:00
  rwb queue run                                     the same again takes up what was interrupted
  rwb export --study report --all --style paper --out figures

RWB_HOME names the workbench folder, RWB_ENGINE the engine's cache folder.

Exit code: 0 done, 1 failed, 2 wrong usage, 3 nothing to run with (the message names the command that mends it).`;

/** The command `rwb`, with all its commands. */
export function program(): Command {
  const rwb = new Command("rwb")
    .description(packageJson.description)
    .version(packageJson.version)
    .showSuggestionAfterError(true)
    .showHelpAfterError("(--help shows the options and examples)")
    .addHelpText("after", examples);
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
