import type { Readable } from "node:stream";
import type { History } from "../history/index.ts";
import { ArchivedRun } from "./archivedRun.ts";
import { packStream } from "./packStream.ts";
import { writeWholeFile } from "./wholeFile.ts";

/**
 * Writes a run as one file: its configuration, its log (series, evaluations, probes), what the workbench's ledger says of
 * it, and its last and best checkpoint. A run may train meanwhile: the archive is then of the moment.
 *
 * @throws WorkbenchError `run-unknown`; `run-state` where the run has not begun; `run-folder-missing`; `disk-full`,
 *   `permission`
 */
export async function exportArchive(history: History, home: string, runId: string, outFile: string): Promise<void> {
  const archive = await openArchive(history, home, runId);
  try {
    await writeWholeFile(outFile, archive);
  } finally {
    archive.destroy();
  }
}

/**
 * The same as a stream, which holds the run's files open until it has ended or is destroyed.
 *
 * @throws WorkbenchError `run-unknown`, `run-state`, `run-folder-missing`
 */
export async function openArchive(history: History, home: string, runId: string): Promise<Readable> {
  const run = await ArchivedRun.open(history, home, runId, { checkpoints: true });
  return packStream(
    (pack) => run.putInto(pack, ""),
    () => run.close(),
  );
}
