import { availableParallelism } from "node:os";
import { Command, Option } from "commander";
import {
  families,
  precisions,
  shortcuts,
  type Family,
  type Precision,
  type Shortcut,
} from "../../../src-shared/runConfig.ts";
import type { MeasuredStep } from "../../runner/measureStep.ts";
import { positiveInteger } from "../arguments.ts";
import { printJson, printLine, say } from "../output.ts";

interface BenchCommandOptions {
  readonly family: Family;
  readonly depth: number;
  readonly shortcut: Shortcut;
  readonly precision: Precision;
  readonly batch: number;
  readonly steps: number;
  readonly threads?: number;
  readonly json?: boolean;
}

interface Measured extends MeasuredStep {
  readonly threads: number;
}

export function benchCommand(): Command {
  return new Command("bench")
    .description("images a second of the training step, and of a run's whole loop, on made-up images")
    .addOption(new Option("--family <family>").choices(families).default("residual"))
    .option("--depth <n>", "6n + 2", positiveInteger, 20)
    .addOption(new Option("--shortcut <shortcut>").choices(shortcuts).default("none"))
    .addOption(new Option("--precision <precision>").choices(precisions).default("float32"))
    .option("--batch <n>", "images a step", positiveInteger, 128)
    .option("--steps <n>", "steps to time", positiveInteger, 20)
    .option("--threads <n>", "cores to use (default: the better of one and all)", positiveInteger)
    .addHelpText(
      "after",
      `
Compare ratios, measured one after the other on a quiet machine: clocks and neighbours move every speed.

Examples:
  rwb bench --depth 56 --precision bfloat16
  rwb bench --threads 1 --steps 40 --json`,
    )
    .action(async (options: BenchCommandOptions) => {
      const counts = options.threads ? [options.threads] : [...new Set([1, availableParallelism()])];
      const { ensureEngine } = await import("../../engine/index.ts");
      await ensureEngine();
      const { recipes } = await import("../../../src-shared/recipes.ts");
      const { parseRunConfig } = await import("../../../src-shared/configSettings.ts");
      const { largestDivisor } = await import("../../compiler/program.ts");
      const { measureStep } = await import("../../runner/measureStep.ts");
      const course = recipes.course.config();
      const { network, training, augmentation, precision } = parseRunConfig({
        ...course,
        network: { ...course.network, family: options.family, depth: options.depth, shortcut: options.shortcut },
        training: { ...course.training, batchSize: options.batch },
        precision: options.precision,
      });
      const results: Measured[] = [];
      for (const threads of counts) {
        const lanes = largestDivisor(options.batch, threads);
        const result = await measureStep({
          network,
          training,
          augmentation,
          precision,
          lanes,
          steps: options.steps,
        });
        results.push({ ...result, threads });
        say(
          `${options.family}-${options.depth} ${precision} batch ${options.batch}, ${threads} ${threads === 1 ? "thread" : "threads"}: ` +
            `${result.imagesPerSecond.toFixed(1)} images/s bare, ${result.wholeRunImagesPerSecond.toFixed(1)} whole loop`,
        );
      }
      const best = results.reduce((a, b) => (b.imagesPerSecond > a.imagesPerSecond ? b : a));
      const { imagesPerSecond, wholeRunImagesPerSecond, threads, peakMemoryBytes } = best;
      if (options.json) printJson({ imagesPerSecond, wholeRunImagesPerSecond, threads, peakMemoryBytes });
      else
        printLine(
          `${imagesPerSecond.toFixed(1)} images/s (whole loop ${wholeRunImagesPerSecond.toFixed(1)}), ${threads} threads`,
        );
    });
}
