import { existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { exampleTag } from "../../src-shared/example.ts";
import { WorkbenchError } from "../../src-shared/errors.ts";
import type { History } from "../history/index.ts";
import { importRuns } from "./importArchive.ts";

/** A study that was trained beforehand, so that whoever starts with an empty history sees what one looks like. */
export interface Example {
  readonly study: string;
  /** Those that are still there, in the trash or not. */
  readonly runs: readonly string[];
}

const shipped = fileURLToPath(new URL("../../resources/example-study.tar.gz", import.meta.url));

/** The archive of the example study; undefined where none ships. RWB_EXAMPLE names another. */
export function exampleArchive(): string | undefined {
  const file = process.env["RWB_EXAMPLE"] ?? shipped;
  return existsSync(file) ? file : undefined;
}

/** The example study as it is in this history; undefined where it is not open. */
export function exampleOf(history: History): Example | undefined {
  const { example } = history.settings.get();
  if (example === null) return undefined;
  const runs = example.runs.filter((id) => history.runs.find(id)?.id === id);
  if (runs.length === 0 && !history.studies.find(example.study)) return undefined;
  return { study: example.study, runs };
}

/** Homes in which it is being opened: two clicks are one. */
const underWay = new Map<string, Promise<Example>>();

/**
 * Opens it, as any archive is imported; where it is open already, gives what is there.
 * @throws WorkbenchError `usage` where none ships; as `importRuns`
 */
export function openExample(history: History, home: string): Promise<Example> {
  let opening = underWay.get(home);
  if (!opening) {
    opening = openNow(history, home).finally(() => underWay.delete(home));
    underWay.set(home, opening);
  }
  return opening;
}

async function openNow(history: History, home: string): Promise<Example> {
  const open = exampleOf(history);
  if (open) return open;
  const file = exampleArchive();
  if (file === undefined) {
    throw new WorkbenchError("usage", "This copy of the workbench has no example study.", {
      mend: `It would be ${path.relative(process.cwd(), shipped)}: get the whole project, or name another (RWB_EXAMPLE).`,
    });
  }
  const { study, runs } = await importRuns(history, home, file, {
    tag: exampleTag,
    // Written down first: what a killed import leaves can be removed too.
    onTake: ({ study, runs }) => history.settings.update({ example: { study: study ?? "", runs: [...runs] } }),
  });
  return { study: study ?? "", runs };
}

/**
 * Removes it for good; it can be opened again.
 *
 * @param purge one run, with its folder
 * @returns what there was; undefined where it was not open
 */
export function removeExample(history: History, purge: (id: string) => void): Example | undefined {
  const open = exampleOf(history);
  if (!open) return undefined;
  for (const id of open.runs) purge(id);
  if (history.studies.find(open.study)) history.studies.remove(open.study);
  history.settings.update({ example: null });
  return open;
}
