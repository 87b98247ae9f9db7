import path from "node:path";
import { Command } from "commander";
import { callServices, type CommonOptions } from "../callServices.ts";
import { printJson, printLine } from "../output.ts";

export function importCommand(): Command {
  return new Command("import")
    .description("take a run out of an archive into this workbench, under a new id")
    .argument("<file>", "what rwb export --format archive has written")
    .addHelpText("after", "\nExamples:\n  rwb import residual-20.rwb.tar.gz")
    .action(async (file: string, options: CommonOptions) => {
      const run = await callServices(options, ({ archive }) => archive.import({ file: path.resolve(file) }));
      if (options.json) printJson(run);
      else printLine(`${run.id} is ${run.status}.`);
    });
}
