import path from "node:path";
import { Command } from "commander";
import { callServices, type CommonOptions } from "../callServices.ts";
import { printJson, printLine } from "../output.ts";

export function importCommand(): Command {
  return new Command("import")
    .description("take a run, or several, out of an archive into this workbench, under new ids")
    .argument("<file>", "what rwb export --format archive has written")
    .addHelpText("after", "\nExamples:\n  rwb import residual-20.rwb.tar.gz")
    .action(async (file: string, options: CommonOptions) => {
      const { study, runs } = await callServices(options, ({ archive }) =>
        archive.import({ file: path.resolve(file) }),
      );
      for (const run of runs) {
        if (options.json) printJson(run);
        else printLine(`${run.id} is ${run.status}.`);
      }
      if (study !== null && !options.json) printLine(`They are the runs of the study '${study}'.`);
    });
}
