import { Command, Option } from "commander";
import { studyTemplates, templateNames, type TemplateName } from "../../../src-shared/contract/studyTemplates.ts";
import { positiveInteger, scaleFraction } from "../arguments.ts";
import { callServices, type CommonOptions } from "../callServices.ts";
import { wholeNumbers } from "../listArguments.ts";
import { printJson, say } from "../output.ts";
import { counted } from "../plural.ts";
import { printRuns } from "../runTable.ts";
import { printFidelity, printStudies, printStudy, printVerdicts } from "../studyTable.ts";

export function studyCommand(): Command {
  return new Command("study")
    .description("grids of families x depths x seeds whose cells are runs")
    .addCommand(createCommand())
    .addCommand(listCommand())
    .addCommand(showCommand())
    .addCommand(extendCommand())
    .addCommand(queueMissingCommand())
    .addCommand(reportCommand());
}

interface CreateOptions extends CommonOptions {
  readonly template: TemplateName;
  readonly scale?: number;
  readonly seeds?: number[];
}

function createCommand(): Command {
  return new Command("create")
    .description("make a study from a template; its cells are queued by rwb study queue-missing")
    .argument("<study>", "its name")
    .addOption(
      new Option("--template <name>", "the grid to begin with").choices(templateNames).makeOptionMandatory(true),
    )
    .option("--scale <fraction>", "shorten the schedule, e.g. 1/32", scaleFraction)
    .option("--seeds <list>", "e.g. 1,2,3 (default: 1)", wholeNumbers)
    .addHelpText(
      "after",
      `
Templates:
${templateNames.map((name) => `  ${name.padEnd(18)} ${studyTemplates[name].title}`).join("\n")}

Examples:
  rwb study create report --template course --scale 1/32 --seeds 1,2,3
  rwb study queue-missing report && rwb queue run`,
    )
    .action(async (study: string, options: CreateOptions) => {
      const { template, scale, seeds = [1] } = options;
      const grid = { ...studyTemplates[template].grid, seeds, scale };
      printStudy(await callServices(options, ({ studies }) => studies.create({ study, grid, template })), options);
      say(`To queue its runs: rwb study queue-missing ${study}`);
    });
}

function listCommand(): Command {
  return new Command("list")
    .description("the studies of the workbench folder")
    .addHelpText("after", "\nExamples:\n  rwb study list")
    .action(async (options: CommonOptions) => {
      const studies = await callServices(options, (services) => services.studies.list());
      if (options.json) studies.forEach(printJson);
      else printStudies(studies);
      if (studies.length === 0) say("No studies yet: rwb study create NAME --template course");
    });
}

function showCommand(): Command {
  return new Command("show")
    .description(
      "a study's grid: what is done, running, queued, failed, missing; what it says of the claims; in what it deviates",
    )
    .argument("<study>")
    .addHelpText(
      "after",
      "\nExamples:\n  rwb study show report\n  rwb study show report --json | jq 'select(.state == \"missing\")'",
    )
    .action(async (study: string, options: CommonOptions) => {
      const { shown, verdicts, fidelity } = await callServices(options, async ({ studies }) => ({
        shown: await studies.show({ study }),
        verdicts: await studies.verdicts({ study }),
        fidelity: await studies.fidelity({ study }),
      }));
      printStudy(shown, options);
      if (options.json) return;
      printVerdicts(verdicts);
      printFidelity(shown.study.grid.recipe, fidelity);
    });
}

function extendCommand(): Command {
  return new Command("extend")
    .description("add depths or seeds to a study's grid")
    .argument("<study>")
    .option("--depths <list>", "e.g. 110", wholeNumbers)
    .option("--seeds <list>", "e.g. 2,3", wholeNumbers)
    .addHelpText("after", "\nExamples:\n  rwb study extend report --depths 110 --seeds 4,5")
    .action(async (study: string, options: CommonOptions & { depths?: number[]; seeds?: number[] }) => {
      const { depths, seeds } = options;
      printStudy(await callServices(options, ({ studies }) => studies.extend({ study, depths, seeds })), options);
      say(`To queue what is missing: rwb study queue-missing ${study}`);
    });
}

function queueMissingCommand(): Command {
  return new Command("queue-missing")
    .description("queue the cells of a study that have no run")
    .argument("<study>")
    .option("--threads <n>", "cores of each run (default: shared out when it starts)", positiveInteger)
    .addHelpText("after", "\nExamples:\n  rwb study queue-missing report && rwb queue run")
    .action(async (study: string, options: CommonOptions & { threads?: number }) => {
      const { threads } = options;
      const { runs } = await callServices(options, ({ studies }) => studies.queueMissing({ study, threads }));
      printRuns(runs, options);
      say(
        runs.length === 0 ? `No cell of ${study} is missing.` : `${counted(runs.length, "run")} queued: rwb queue run`,
      );
    });
}

function reportCommand(): Command {
  return new Command("report")
    .description("what ran, what failed and why, figures, verdicts, what to do next: a page of its own, and Markdown")
    .argument("<study>")
    .requiredOption("--out <dir>", "the folder that STUDY.html and STUDY.md are written into")
    .addHelpText(
      "after",
      `
The page needs nothing else: it can be sent, printed, or opened years later. The queue writes one by itself when it has become
empty, into reports/ of the workbench folder.

Examples:
  rwb study report depth --out reports`,
    )
    .action(async (study: string, options: CommonOptions & { out: string }) => {
      const { reportStudy } = await import("../reportStudy.ts");
      await reportStudy(study, options);
    });
}
