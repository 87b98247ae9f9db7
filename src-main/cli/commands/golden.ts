import { Command } from "commander";
import { toWireNumber } from "../../../src-shared/runEvent.ts";
import { positiveInteger } from "../arguments.ts";
import { printJson, printLine } from "../output.ts";

const shownWithoutJson = 12;

export function goldenCommand(): Command {
  return new Command("golden")
    .description("replay a golden trajectory and compare it, tensor by tensor, with what PyTorch computed")
    .argument("<file>", "a trajectory that torch_resnet.py golden has written (.safetensors)")
    .option("--threads <n>", "cores to use: N lanes of one thread", positiveInteger, 1)
    .addHelpText(
      "after",
      `
Exits 1 where a difference exceeds what the file allows, or where the file is damaged.

Examples:
  rwb golden test/golden/residual-8-zero-pad.safetensors
  rwb golden trajectory.safetensors --threads 2 --json`,
    )
    .action(async (file: string, options: { threads: number; json?: boolean }) => {
      const { isWithinAllowance, replayGolden } = await import("../../trainer/golden.ts");
      const comparisons = await replayGolden(file, options.threads);
      const ok = comparisons.every(isWithinAllowance);
      if (options.json) {
        for (const { tensor, difference, allowed, ratio } of comparisons) {
          printJson({ tensor, difference: toWireNumber(difference), allowed, ratio: toWireNumber(ratio) });
        }
        printJson({ ok });
      } else {
        printLine("difference / allowed   tensor");
        for (const { tensor, ratio, difference, allowed } of comparisons.slice(0, shownWithoutJson)) {
          const numbers = `${difference.toExponential(2)} / ${allowed.toExponential(2)}`;
          printLine(`${ratio.toFixed(3).padStart(20)}   ${tensor}   (${numbers})`);
        }
        printLine(ok ? "ok: every tensor within its allowance" : "FAILED: see the first lines");
      }
      if (!ok) process.exitCode = 1;
    });
}
