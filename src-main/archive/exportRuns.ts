import type { Readable } from "node:stream";
import { WorkbenchError } from "../../src-shared/errors.ts";
import type { History } from "../history/index.ts";
import { studyCells } from "../runner/studyService.ts";
import { ArchivedRun } from "./archivedRun.ts";
import { collectionFormat, collectionName, collectionVersion, memberBelow, type Collection } from "./collection.ts";
import { packStream } from "./packStream.ts";
import { writeWholeFile } from "./wholeFile.ts";

/** Which runs go into one file: those of a study, with its grid, or any. */
export type RunsToExport = { readonly study: string } | { readonly runs: readonly string[] };

/**
 * Writes several runs as one file, without checkpoints: what is needed to look at them, compare them and draw their
 * figures, in a few megabytes.
 *
 * @returns ids of the runs in it; those of a study that have not begun are left out
 * @throws WorkbenchError `study-unknown`, `run-unknown`, `run-state`, `run-folder-missing`, `disk-full`, `permission`
 */
export async function exportRuns(
  history: History,
  home: string,
  which: RunsToExport,
  outFile: string,
): Promise<string[]> {
  const { ids, archive } = openRuns(history, home, which);
  try {
    await writeWholeFile(outFile, archive);
  } finally {
    archive.destroy();
  }
  return ids;
}

/** The same as a stream. @throws WorkbenchError as above, as far as it can be told before any file is read */
export function openRuns(history: History, home: string, which: RunsToExport): { ids: string[]; archive: Readable } {
  const ids = "study" in which ? begunRunsOf(history, which.study) : which.runs.map((run) => history.runs.get(run).id);
  const collection: Collection = {
    ...{ format: collectionFormat, version: collectionVersion, exportedAt: new Date().toISOString() },
    ...{ study: "study" in which ? studyOf(history, which.study) : null, runs: ids.length },
  };
  const archive = packStream(
    async (pack) => {
      pack.entry({ name: collectionName, mtime: new Date(collection.exportedAt) }, `${JSON.stringify(collection)}\n`);
      // One after the other: a thousand runs would be three thousand open files.
      for (const [at, id] of ids.entries()) {
        const run = await ArchivedRun.open(history, home, id, { checkpoints: false });
        try {
          await run.putInto(pack, memberBelow(at));
        } finally {
          await run.close();
        }
      }
    },
    () => Promise.resolve(),
  );
  return { ids, archive };
}

function begunRunsOf(history: History, study: string): string[] {
  const begun = studyCells(history, study).flatMap(({ run }) => (run?.startedMs === undefined ? [] : [run.id]));
  if (begun.length > 0) return begun;
  throw new WorkbenchError(
    "run-state",
    `No run of the study '${study}' has begun: there is nothing to put into a file.`,
    {
      mend: `rwb study queue-missing ${study}, then rwb queue run`,
    },
  );
}

function studyOf(history: History, name: string): NonNullable<Collection["study"]> {
  const { template = null, grid } = history.studies.get(name);
  return { name, template, grid };
}
