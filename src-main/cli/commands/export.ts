import path from "node:path";
import { Command, Option } from "commander";
import { archiveFormats } from "../../../src-shared/contract/choices.ts";
import { WorkbenchError } from "../../../src-shared/errors.ts";
import { figureFormats, figureNames, figureStyleNames } from "../../../src-shared/figures/figureChoices.ts";
import { callServices, type CommonOptions } from "../callServices.ts";
import type { FigureExport } from "../exportFigures.ts";
import { printJson, printLine } from "../output.ts";

type ArchiveFormat = (typeof archiveFormats)[number];

interface ExportOptions extends CommonOptions, Partial<Omit<FigureExport, "format">> {
  readonly run?: string;
  readonly all?: true;
  readonly format?: string;
  readonly out: string;
}

export function exportCommand(): Command {
  return new Command("export")
    .description("write a run as one file or as tables, or the figures of a study")
    .addOption(new Option("--run <run>", "its id, or the beginning of it"))
    .addOption(new Option("--study <study>", "whose figures").conflicts("run"))
    .addOption(new Option("--figure <name>", "one of its figures").choices(figureNames).conflicts(["run", "all"]))
    .addOption(new Option("--all", "all of its figures").conflicts("run"))
    .addOption(
      new Option("--style <style>", "of figures: for the screen, a column of a paper, a slide (default: screen)")
        .choices(figureStyleNames)
        .conflicts("run"),
    )
    .addOption(
      new Option(
        "--format <format>",
        "of a run: archive, csv; of figures: all that each has, unless one is named",
      ).choices([...new Set([...archiveFormats, ...figureFormats])]),
    )
    .addOption(new Option("--out <path>", "the file to write; of figures, the folder").makeOptionMandatory(true))
    .addHelpText(
      "after",
      `
csv of a run writes two files: one row an iteration into the one that is named, one row an evaluation into the one beside it.
Figures: ${figureNames.join(", ")}.
Each has svg, pdf, png and csv; tables have tex and md besides, curves pgfplots.

Examples:
  rwb export --run residual-20-s1 --format archive --out residual-20.rwb.tar.gz
  rwb export --run residual-20-s1 --format csv --out residual-20.csv
  rwb export --study report --all --style paper --out figures
  rwb export --study report --figure accuracy-table --format tex --out .`,
    )
    .action(async (options: ExportOptions) => {
      const { run, study } = options;
      if (run !== undefined) return exportRun({ ...options, run });
      if (study !== undefined) return exportStudy({ ...options, study });
      throw wrong("Whose? Neither --run nor --study is given.", "rwb export --help");
    });
}

const wrong = (message: string, mend: string) => new WorkbenchError("usage", message, { mend });

async function exportRun({ run, format, ...options }: ExportOptions & { readonly run: string }): Promise<void> {
  const known = archiveFormats.find((name) => name === format);
  if (known === undefined) throw wrong("A run is written as archive or csv.", "--format archive");
  const out = path.resolve(options.out);
  const { id, files } = await callServices(options, ({ archive }) =>
    archive.export({ run, format: known satisfies ArchiveFormat, out }),
  );
  if (options.json) printJson({ id, format, files });
  else for (const file of files) printLine(`${id}: ${file}`);
}

async function exportStudy(options: ExportOptions & { readonly study: string }): Promise<void> {
  const { figure, all, style = "screen", format } = options;
  if (figure === undefined && !all) throw wrong("Which figures of the study?", `--all, or --figure ${figureNames[0]}`);
  const known = figureFormats.find((name) => name === format);
  if (format !== undefined && known === undefined) {
    throw wrong(`Figures have no format ${format}.`, `They have ${figureFormats.join(", ")}.`);
  }
  const { exportFigures } = await import("../exportFigures.ts");
  await exportFigures({ ...options, style, format: known, out: path.resolve(options.out) });
}
