import { CommanderError } from "commander";
import { WorkbenchError } from "../../src-shared/errors.ts";
import { sayError } from "./output.ts";
import { program } from "./program.ts";

/** Runs one command line; resolves to the process's exit code (0 done, 1 failed, 2 wrong usage, 3 nothing to run with). */
async function main(args: readonly string[]): Promise<number> {
  try {
    await program().parseAsync(args, { from: "user" });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    sayError(error);
    return error instanceof WorkbenchError ? error.exitCode : 1;
  }
}

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  // `rwb ... | head` closes the pipe: there is nobody left to tell.
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});
process.exitCode = await main(process.argv.slice(2));
