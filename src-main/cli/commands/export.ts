import path from "node:path";
import { Command, Option } from "commander";
import { archiveFormats } from "../../../src-shared/contract/choices.ts";
import { callServices, type CommonOptions } from "../callServices.ts";
import { printJson, printLine } from "../output.ts";

interface ExportOptions extends CommonOptions {
  readonly run: string;
  readonly format: (typeof archiveFormats)[number];
  readonly out: string;
}

export function exportCommand(): Command {
  return new Command("export")
    .description("write a run as one file, to keep or to hand on, or its numbers as tables")
    .addOption(new Option("--run <run>", "its id, or the beginning of it").makeOptionMandatory(true))
    .addOption(
      new Option("--format <format>", "archive: the whole run; csv: its numbers")
        .choices(archiveFormats)
        .makeOptionMandatory(true),
    )
    .addOption(new Option("--out <path>", "the file to write").makeOptionMandatory(true))
    .addHelpText(
      "after",
      `
csv writes two files: one row an iteration into the one that is named, one row an evaluation into the one beside it.

Examples:
  rwb export --run residual-20-s1 --format archive --out residual-20.rwb.tar.gz
  rwb export --run residual-20-s1 --format csv --out residual-20.csv`,
    )
    .action(async (options: ExportOptions) => {
      const { run, format } = options;
      const out = path.resolve(options.out);
      const { id, files } = await callServices(options, ({ archive }) => archive.export({ run, format, out }));
      if (options.json) printJson({ id, format, files });
      else for (const file of files) printLine(`${id}: ${file}`);
    });
}
