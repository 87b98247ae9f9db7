import { availableParallelism } from "node:os";
import { Command } from "commander";
import { WorkbenchError } from "../../../src-shared/errors.ts";
import type { RunOptions } from "../runOptions.ts";
import { positiveInteger, scaleFraction } from "../arguments.ts";
import { say } from "../output.ts";

interface TrainCommandOptions {
  readonly recipe?: string;
  readonly scale?: number;
  readonly set: string[];
  readonly threads?: number;
  readonly out?: string;
  readonly resume?: string;
  readonly json?: boolean;
  readonly home?: string;
}

const collect = (value: string, previous: string[]): string[] => [...previous, value];

export function trainCommand(): Command {
  return new Command("train")
    .description("train one network, from a recipe or a configuration, or go on with a run")
    .argument("[config]", "a configuration file (JSON); over the recipe, where both are given")
    .option("--recipe <name>", "course | paper | quick")
    .option("--scale <fraction>", "shorten the schedule, e.g. 1/32", scaleFraction)
    .option("--set <key=value>", "change one key; may be given several times", collect, [])
    .option(
      "--threads <n>",
      "cores to use (default: all); a run keeps the number that it started with",
      positiveInteger,
    )
    .option("--out <dir>", "the new run's folder (default: a new one in the workbench folder)")
    .option("--resume <dir>", "go on with the run in this folder from its newest checkpoint")
    .addHelpText(
      "after",
      `
Ctrl-C writes a checkpoint and ends; --resume goes on from there, to the same bits.

Examples:
  rwb train --recipe quick
  rwb train --recipe course --scale 1/32 --set network.depth=56 --out runs/residual-56
  rwb train --recipe paper --set training.learningRate.dropAtIterations=[1000,1500] --json
  rwb train --resume runs/residual-56`,
    )
    .action(async (file: string | undefined, options: TrainCommandOptions) => {
      const { trainInTerminal } = await import("../trainInTerminal.ts");
      const outcome = await trainInTerminal({
        ...options,
        make: () => newRun(file, options),
      });
      if (outcome.kind === "diverged") process.exitCode = 1;
    });
}

/** The folder of a new run, or of the one to go on with. */
async function newRun(file: string | undefined, options: TrainCommandOptions) {
  const { RunFolder } = await import("../../trainer/runFolder.ts");
  if (options.resume !== undefined) {
    const made = file ?? options.recipe ?? options.scale ?? options.set[0] ?? options.out;
    if (made !== undefined) {
      throw new WorkbenchError("usage", "--resume takes the run's own configuration: leave out the rest.");
    }
    if (options.threads !== undefined)
      say("rwb: a run keeps the number of threads that it started with; --threads is not used.");
    return RunFolder.open(options.resume);
  }
  const { runConfigFrom } = await import("../runOptions.ts");
  const { newRunFolder } = await import("../newRun.ts");
  const { recipe, scale, set, home, out } = options;
  const asked: RunOptions = {
    set,
    ...(file !== undefined && { file }),
    ...(recipe !== undefined && { recipe }),
    ...(scale !== undefined && { scale }),
  };
  const threads = options.threads ?? availableParallelism();
  return newRunFolder(runConfigFrom(asked), {
    threads,
    ...(recipe && { recipe }),
    ...(scale && { scale }),
    ...(home && { home }),
    ...(out && { out }),
  });
}
