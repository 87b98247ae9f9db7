import { Command } from "commander";
import { WorkbenchError } from "../../../src-shared/errors.ts";
import { workbenchHome } from "../../home.ts";
import type { CommonOptions } from "../callServices.ts";
import { printJson, printLine, say } from "../output.ts";

export function historyCommand(): Command {
  return new Command("history").description("the history of all runs").addCommand(restoreCommand());
}

function restoreCommand(): Command {
  return new Command("restore")
    .description("put the newest good backup in place of a damaged history, which is kept aside")
    .option("--force", "also where no damage is found")
    .addHelpText(
      "after",
      `
What the runs' own logs know is read anew; without a backup the history is made from the run folders alone.

Examples:
  rwb history restore`,
    )
    .action(async (options: CommonOptions & { force?: boolean }) => {
      const { restoreHistory } = await import("../../history/index.ts");
      const { lockHome } = await import("../../workbench.ts");
      const home = workbenchHome(options.home);
      const release = lockHome(home);
      try {
        if (!options.force && !(await isDamaged(home))) {
          say("The history is sound: nothing was restored.");
          return;
        }
        const { from, setAside } = restoreHistory(home);
        if (options.json) return printJson({ from: from ?? null, setAside });
        for (const file of setAside) printLine(`Put aside: ${file}`);
        printLine(
          from === undefined
            ? "There is no good backup: the next command begins with an empty history and takes the run folders into it."
            : `Restored from ${from}. The next command reads what the runs' logs have had since.`,
        );
      } finally {
        release();
      }
    });
}

async function isDamaged(home: string): Promise<boolean> {
  const { openHistory } = await import("../../history/index.ts");
  try {
    const history = openHistory({ home });
    try {
      return (await history.checkIntegrity()) !== undefined;
    } finally {
      history.close();
    }
  } catch (error) {
    if (error instanceof WorkbenchError && error.code === "history-damaged") return true;
    throw error;
  }
}
