import { WorkbenchError } from "../../src-shared/errors.ts";
import { openWorkbench } from "../../src-main/workbench.ts";

/**
 * A main as `rwb queue run` is one, without the terminal: `workbenchMain.ts HOME` works the queue until it is empty. It
 * ends as if told to when its standard input does, so that none outlives the harness. Notes go to standard error; an
 * error that was foreseen goes to standard output as a line of JSON, with exit code 1.
 */
const [home] = process.argv.slice(2);
const told = new AbortController();
process.on("SIGTERM", () => told.abort());
process.stdin.on("end", () => told.abort()).resume();

try {
  const onNote = (text: string) => process.stderr.write(`${text}\n`);
  const workbench = await openWorkbench({ home, cores: 2, onNote });
  onNote("The workbench is open.");
  workbench.reports.watch();
  workbench.queue.work();
  await workbench.queue.untilEmpty(told.signal);
  if (!told.signal.aborted) await workbench.reports.settled(told.signal);
  await workbench.close(told.signal.aborted ? "told to end" : "the queue is empty");
} catch (error) {
  if (!(error instanceof WorkbenchError)) throw error;
  const { code, message, mend } = error;
  process.stdout.write(`${JSON.stringify({ code, message, mend })}\n`);
  process.exitCode = 1;
}
process.stdin.destroy();
