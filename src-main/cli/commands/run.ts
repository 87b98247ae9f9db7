import { Argument, Command, Option } from "commander";
import { forkSources } from "../../../src-shared/contract/choices.ts";
import type { Run, Services } from "../../../src-shared/contract/index.ts";
import { WorkbenchError } from "../../../src-shared/errors.ts";
import type { Lesion } from "../../../src-shared/lesion.ts";
import type { PersonAction } from "../../../src-shared/runState.ts";
import { callServices, type CommonOptions } from "../callServices.ts";
import { collect } from "../listArguments.ts";
import { printJson, printLine, say, startProgress, type Progress } from "../output.ts";

const oneRun = (): Argument => new Argument("<run>", "its id, or the beginning of it");

/** What a person can ask of a run, and what the help says of it. */
const actions: readonly (readonly [PersonAction, string, string])[] = [
  ["pause", "a checkpoint, then wait until it is resumed", "rwb run pause residual-56-s1"],
  ["resume", "back into the queue after a pause", "rwb run resume residual-56-s1"],
  ["stop", "a checkpoint, then end for good, with all that it has", "rwb run stop residual-56-s1"],
  ["cancel", "end at once, without a checkpoint", "rwb run cancel residual-56-s1"],
  ["retry", "into the queue again, from its newest checkpoint", "rwb run retry residual-56-s1"],
];

export function runCommand(): Command {
  const run = new Command("run")
    .description("one run: look at it, pause it, fork it, remove its blocks, delete it")
    .addCommand(showCommand());
  for (const [action, description, example] of actions) run.addCommand(actCommand(action, description, example));
  return run
    .addCommand(forkCommand())
    .addCommand(lesionCommand())
    .addCommand(deleteCommand())
    .addCommand(restoreCommand());
}

function showCommand(): Command {
  return new Command("show")
    .description("all that is known of a run")
    .addArgument(oneRun())
    .addHelpText(
      "after",
      "\nExamples:\n  rwb run show residual-56-s1\n  rwb run show residual-56-s1 --json | jq .config",
    )
    .action(async (run: string, options: CommonOptions) => {
      const detail = await callServices(options, ({ runs }) => runs.show({ run }));
      if (options.json) return printJson(detail);
      const { printRun } = await import("../runSheet.ts");
      printRun(detail);
    });
}

function actCommand(action: PersonAction, description: string, example: string): Command {
  return new Command(action)
    .description(description)
    .addArgument(oneRun())
    .addHelpText("after", `\nExamples:\n  ${example}`)
    .action(async (run: string, options: CommonOptions) => {
      report(await callServices(options, ({ runs }) => runs.act({ run, action })), options);
    });
}

function forkCommand(): Command {
  return new Command("fork")
    .description("a new run that goes on from a checkpoint of this one, with changed settings")
    .addArgument(oneRun())
    .addOption(new Option("--from <checkpoint>", "which checkpoint").choices(forkSources).default("last"))
    .option("--set <key=value>", "change one key; may be given several times", collect, [])
    .addHelpText(
      "after",
      `
Examples:
  rwb run fork plain-110-s1 --set training.learningRate.base=0.01
  rwb run fork residual-20-s1 --from best --set training.iterations=96000`,
    )
    .action(async (run: string, options: CommonOptions & { from: (typeof forkSources)[number]; set: string[] }) => {
      const { from, set } = options;
      const forked = await callServices(options, ({ runs }) => runs.fork({ run, from, set }));
      report(
        forked,
        options,
        `${forked.id} goes on from ${forked.forkedFrom?.run}, iteration ${forked.forkedFrom?.iteration}.`,
      );
      say("To train it: rwb queue run");
    });
}

function lesionCommand(): Command {
  return new Command("lesion")
    .description("remove one residual block after the other from a finished network: what each is worth at test time")
    .addArgument(oneRun())
    .addHelpText(
      "after",
      `
Of each block its shortcut alone is left, nothing is trained again, and the whole test set is shown to what remains: some
seconds a block, more for deep networks. With shortcut none the blocks that change the size cannot be removed. Kept with
the run, and drawn by rwb export --study S --figure block-removal.

Examples:
  rwb run lesion residual-20-s1
  rwb run lesion residual-20-s1 --json | jq '.blocks[] | select(.testError > 0.5)'`,
    )
    .action(async (run: string, options: CommonOptions) => {
      const lesion = await callServices(options, ({ lesions }) => measureWatched(lesions, run));
      if (options.json) return printJson(lesion);
      const { printLesion } = await import("../lesionTable.ts");
      printLesion(lesion);
    });
}

async function measureWatched(lesions: Services["lesions"], run: string): Promise<Lesion> {
  let progress: Progress | undefined;
  try {
    for await (const step of await lesions.measure({ run })) {
      if (step.type === "done") return step.lesion;
      progress ??= startProgress(`Removing blocks of ${step.title}`, step.total ?? 1, step.unit);
      progress.update(step.done);
    }
    throw new WorkbenchError("internal", "The work ended without a word.");
  } finally {
    progress?.stop();
  }
}

function deleteCommand(): Command {
  return new Command("delete")
    .description("put a run into the trash; rwb run restore has it back")
    .addArgument(oneRun())
    .option("--purge", "for good, with its log and its checkpoints")
    .addHelpText("after", "\nExamples:\n  rwb run delete plain-20-s3\n  rwb run delete plain-20-s3 --purge")
    .action(async (run: string, options: CommonOptions & { purge?: boolean }) => {
      if (!options.purge) {
        const trashed = await callServices(options, ({ runs }) => runs.trash({ run }));
        return report(trashed, options, `${trashed.id} is in the trash; rwb run restore ${trashed.id} has it back.`);
      }
      const { id } = await callServices(options, ({ runs }) => runs.purge({ run }));
      if (options.json) printJson({ id, purged: true });
      else printLine(`${id} is deleted.`);
    });
}

function restoreCommand(): Command {
  return new Command("restore")
    .description("take a run out of the trash")
    .addArgument(oneRun())
    .addHelpText("after", "\nExamples:\n  rwb run restore plain-20-s3")
    .action(async (run: string, options: CommonOptions) => {
      report(await callServices(options, ({ runs }) => runs.restore({ run })), options);
    });
}

function report(run: Run, { json }: CommonOptions, text = `${run.id} is ${run.status}.`): void {
  if (json) printJson(run);
  else printLine(text);
}
