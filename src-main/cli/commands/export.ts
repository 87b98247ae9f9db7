import path from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import { archiveFormats } from "../../../src-shared/contract/choices.ts";
import { WorkbenchError } from "../../../src-shared/errors.ts";
import {
  figureFormats,
  figureNames,
  figureStyleNames,
  leastDpi,
  mostDpi,
  type FigureFormat,
} from "../../../src-shared/figures/figureChoices.ts";
import { callServices, type CommonOptions } from "../callServices.ts";
import type { SavedFigureExport, StudyFigureExport } from "../exportFigures.ts";
import { printJson, printLine } from "../output.ts";

type ArchiveFormat = (typeof archiveFormats)[number];

interface ExportOptions extends CommonOptions, Partial<Omit<StudyFigureExport & SavedFigureExport, "format">> {
  readonly run?: string;
  readonly all?: true;
  readonly format?: string;
  readonly out: string;
}

export function exportCommand(): Command {
  return new Command("export")
    .description("write a run or a study as one file, a run as tables, the figures of a study, or a saved figure")
    .addOption(new Option("--run <run>", "its id, or the beginning of it"))
    .addOption(new Option("--study <study>", "whose figures").conflicts("run"))
    .addOption(new Option("--saved <name>", "a figure that was saved in the window").conflicts(["run", "study"]))
    .addOption(
      new Option("--figure <name>", "one of its figures").choices(figureNames).conflicts(["run", "saved", "all"]),
    )
    .addOption(new Option("--all", "all of its figures").conflicts(["run", "saved"]))
    .addOption(
      new Option("--style <style>", "of figures: for the screen, a column of a paper, a slide (default: screen)")
        .choices(figureStyleNames)
        .conflicts("run"),
    )
    .addOption(
      new Option("--dpi <n>", "of PNG: dots an inch, 36 to 1200 (default: 300)").argParser(dotsAnInch).conflicts("run"),
    )
    .addOption(
      new Option(
        "--format <format>",
        "of a run: archive, csv, tensorboard; of a study: archive; of figures: all that each has, unless one is named",
      ).choices([...new Set([...archiveFormats, ...figureFormats])]),
    )
    .addOption(
      new Option("--out <path>", "the file to write; of figures and tensorboard, the folder").makeOptionMandatory(true),
    )
    .addHelpText(
      "after",
      `
csv of a run writes two files: one row an iteration into the one that is named, one row an evaluation into the one beside it.
tensorboard writes an event file with every raw value into the folder, which is one run to TensorBoard (docs/interchange.md).
An archive of a study holds it and its runs, without checkpoints; rwb import takes it in.
Figures: ${figureNames.join(", ")}.
Each has svg, pdf, png and csv; tables have tex and md besides, curves pgfplots.

Examples:
  rwb export --run residual-20-s1 --format archive --out residual-20.rwb.tar.gz
  rwb export --run residual-20-s1 --format csv --out residual-20.csv
  rwb export --run residual-20-s1 --format tensorboard --out logs/residual-20
  rwb export --study report --format archive --out report.rwb.tar.gz
  rwb export --study report --all --style paper --out figures
  rwb export --study report --figure error --format png --dpi 600 --out .
  rwb export --study report --figure accuracy-table --format tex --out .
  rwb export --saved "Fig. 2" --style slide --out figures`,
    )
    .action(async (options: ExportOptions) => {
      const { run, study, saved } = options;
      if (run !== undefined) return exportRun({ ...options, run });
      if (study !== undefined) return exportStudy({ ...options, study });
      if (saved !== undefined) return exportSaved({ ...options, saved });
      throw wrong("What? None of --run, --study and --saved is given.", "rwb export --help");
    });
}

const wrong = (message: string, mend: string) => new WorkbenchError("usage", message, { mend });

async function exportRun({ run, format, ...options }: ExportOptions & { readonly run: string }): Promise<void> {
  const known = archiveFormats.find((name) => name === format);
  if (known === undefined) throw wrong("A run is written as archive, csv or tensorboard.", "--format archive");
  const out = path.resolve(options.out);
  const { id, files } = await callServices(options, ({ archive }) =>
    archive.export({ run, format: known satisfies ArchiveFormat, out }),
  );
  if (options.json) printJson({ id, format, files });
  else for (const file of files) printLine(`${id}: ${file}`);
}

async function exportStudy(options: ExportOptions & { readonly study: string }): Promise<void> {
  if (options.format === "archive") return exportStudyArchive(options);
  const { figure, all, style = "screen", format } = options;
  if (figure === undefined && !all) throw wrong("Which figures of the study?", `--all, or --figure ${figureNames[0]}`);
  const { exportStudyFigures } = await import("../exportFigures.ts");
  await exportStudyFigures({ ...options, style, format: figureFormat(format), out: path.resolve(options.out) });
}

async function exportSaved(options: ExportOptions & { readonly saved: string }): Promise<void> {
  const { style = "screen", format } = options;
  const { exportSavedFigure } = await import("../exportFigures.ts");
  await exportSavedFigure({ ...options, style, format: figureFormat(format), out: path.resolve(options.out) });
}

function figureFormat(format: string | undefined): FigureFormat | undefined {
  const known = figureFormats.find((name) => name === format);
  if (format === undefined || known !== undefined) return known;
  throw wrong(`Figures have no format ${format}.`, `They have ${figureFormats.join(", ")}.`);
}

function dotsAnInch(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= leastDpi && value <= mostDpi) return value;
  throw new InvalidArgumentError(`Expected a whole number from ${leastDpi} to ${mostDpi}.`);
}

async function exportStudyArchive(options: ExportOptions & { readonly study: string }): Promise<void> {
  const { figure, all, style, study } = options;
  if (figure ?? all ?? style) throw wrong("An archive of a study has no figures.", "--all without --format archive");
  const out = path.resolve(options.out);
  const { ids, files } = await callServices(options, ({ archive }) => archive.exportRuns({ study, out }));
  if (options.json) printJson({ study, runs: ids, files });
  else printLine(`${study}, ${ids.length} ${ids.length === 1 ? "run" : "runs"}: ${out}`);
}
