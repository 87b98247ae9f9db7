import { Command } from "commander";
import { positiveInteger } from "../arguments.ts";
import { callServices, type CommonOptions } from "../callServices.ts";
import { gridFrom, gridInWords, withGridOptions, type GridOptions } from "../gridOptions.ts";
import { printLine, say } from "../output.ts";
import { counted } from "../plural.ts";
import { printRuns } from "../runTable.ts";
import { bytes } from "../units.ts";
import { queuePlanCommand } from "./queuePlan.ts";

export function queueCommand(): Command {
  return new Command("queue")
    .description("runs that wait for their turn: add them, work them, see when they are done")
    .addCommand(addCommand())
    .addCommand(listCommand())
    .addCommand(runCommand())
    .addCommand(pauseCommand())
    .addCommand(resumeCommand())
    .addCommand(moveCommand())
    .addCommand(queuePlanCommand());
}

function addCommand(): Command {
  return withGridOptions(new Command("add"))
    .description("queue the runs of a grid: families x depths x seeds of a recipe")
    .option("--study <name>", "the study that they belong to; it is made where there is none")
    .option("--threads <n>", "cores of each run (default: shared out when it starts)", positiveInteger)
    .addHelpText(
      "after",
      `
With --study, what another run has trained already is not trained again: that run belongs to the study too.

Examples:
  rwb queue add --recipe quick
  rwb queue add --recipe course --families plain,residual --depths 20,32,44,56 --seeds 1,2 --scale 1/32
  rwb queue add --study warmup --recipe paper --depths 110 --set training.learningRate.warmup.iterations=800`,
    )
    .action(async (options: CommonOptions & GridOptions & { study?: string; threads?: number }) => {
      const { recipe, study, threads } = options;
      if (recipe === undefined) throw await missingRecipe();
      const grid = gridFrom(recipe, options);
      await callServices(options, async ({ queue }) => {
        const preview = await queue.preview({ grid });
        say(`${counted(preview.runs.length, "run")} of ${gridInWords(grid)}`);
        for (const run of preview.runs.filter(({ fits }) => !fits)) {
          say(
            `WARNING: ${run.family}-${run.depth} needs about ${bytes(run.memoryBytes)} of memory; ${bytes(preview.availableBytes)} can be used. ` +
              "It is not started when its turn comes; a smaller training.batchSize needs less.",
          );
        }
        const { runs, linked } = await queue.add({ grid, study, threads });
        printRuns(runs, options);
        if (linked.length > 0) {
          say(`${counted(linked.length, "run")} of these trained or queued before; ${study} has them now.`);
        }
        if (runs.length > 0) say("To train them: rwb queue run. When they are done: rwb queue plan");
      });
    });
}

async function missingRecipe(): Promise<Error> {
  const { WorkbenchError } = await import("../../../src-shared/errors.ts");
  return new WorkbenchError("usage", "Say what to train: --recipe course, paper or quick.", {
    mend: "e.g. rwb queue add --recipe course --depths 20,32 --scale 1/32",
  });
}

function listCommand(): Command {
  return new Command("list")
    .description("what trains, what waits, in the order in which it starts, and what is paused")
    .addHelpText("after", "\nExamples:\n  rwb queue list\n  rwb queue list --json | jq -r .id")
    .action(async (options: CommonOptions) => {
      const { paused, runs } = await callServices(options, ({ queue }) => queue.list());
      printRuns(runs, options);
      if (paused) say("The queue is paused: nothing starts until rwb queue resume.");
      else if (runs.length === 0) say("The queue is empty: rwb queue add");
    });
}

function runCommand(): Command {
  return new Command("run")
    .description("train what waits, until the queue is empty")
    .addHelpText(
      "after",
      `
Runs that were interrupted go on from their newest checkpoint. Other commands work meanwhile: rwb queue list, rwb run pause ...
Ctrl-C lets the trainers write a checkpoint and end; a second one ends at once.

Exit code: 0 when every run finished, 1 when any failed or diverged.

Examples:
  rwb queue run
  rwb queue run --json | jq -r '[.id, .status, .testAccuracy] | @tsv'`,
    )
    .action(async (options: CommonOptions) => {
      const { workQueue } = await import("../workQueue.ts");
      process.exitCode = await workQueue(options);
    });
}

function pauseCommand(): Command {
  return new Command("pause")
    .description("start no more runs; those that train go on to their end")
    .addHelpText("after", "\nTo pause a run that trains: rwb run pause RUN\n\nExamples:\n  rwb queue pause")
    .action(async (options: CommonOptions) => {
      await callServices(options, ({ queue }) => queue.pause());
      printLineUnless(options, "The queue is paused: nothing starts until rwb queue resume.");
    });
}

function resumeCommand(): Command {
  return new Command("resume")
    .description("let runs start again")
    .addHelpText("after", "\nExamples:\n  rwb queue resume && rwb queue run")
    .action(async (options: CommonOptions) => {
      await callServices(options, ({ queue }) => queue.resume());
      printLineUnless(options, "Runs start again when their turn comes.");
    });
}

function moveCommand(): Command {
  return new Command("move")
    .description("put a waiting run at another place in the queue")
    .argument("<run>", "its id, or the beginning of it")
    .argument("<position>", "1: the next to start", positiveInteger)
    .addHelpText("after", "\nExamples:\n  rwb queue move residual-56-s1 1")
    .action(async (run: string, position: number, options: CommonOptions) => {
      printRuns(await callServices(options, ({ queue }) => queue.move({ run, position })), options);
    });
}

function printLineUnless({ json }: CommonOptions, text: string): void {
  if (json) say(text);
  else printLine(text);
}
