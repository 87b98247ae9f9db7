import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { WorkbenchError } from "../../src-shared/errors.ts";
import { deviationsInWords } from "../../src-shared/deviations.ts";
import { recipeNames, type RecipeName } from "../../src-shared/recipes.ts";
import { codeVersion } from "../codeVersion.ts";
import { largestDivisor } from "../compiler/program.ts";
import { runsFolder } from "../home.ts";
import type { History, RunRecord } from "../history/index.ts";
import { RunFolder, type RunFile } from "../trainer/runFolder.ts";
import { ingestAll } from "./activeRun.ts";

const folderOf = (home: string, id: string): string => path.join(runsFolder(home), id);

/** The run's folder, where there is one. */
export function existingRunFolder(home: string, id: string): RunFolder | undefined {
  const folder = folderOf(home, id);
  return existsSync(path.join(folder, "config.json")) ? RunFolder.open(folder) : undefined;
}

/** The run's folder, made at its first start: from then on its threads and lanes are what they are. */
export function runFolderFor(
  home: string,
  run: Pick<RunRecord, "id" | "config" | "recipe" | "scale" | "lanes" | "forkedFrom" | "createdMs">,
  threads: number,
): RunFolder {
  return (
    existingRunFolder(home, run.id) ??
    RunFolder.create(folderOf(home, run.id), {
      version: 1,
      config: run.config,
      threads,
      lanes: run.lanes ?? largestDivisor(run.config.training.batchSize, threads),
      ...(run.recipe !== undefined && { recipe: run.recipe }),
      ...(run.scale !== undefined && { scale: run.scale }),
      queued: true,
      ...(run.forkedFrom && { forkedFrom: run.forkedFrom }),
      createdAt: new Date(run.createdMs).toISOString(),
    })
  );
}

const isRecipe = (name: string | undefined): name is RecipeName =>
  (recipeNames as readonly (string | undefined)[]).includes(name);

export const recipeDeviations = ({ recipe, config, scale }: Pick<RunFile, "recipe" | "config" | "scale">): string[] =>
  isRecipe(recipe) ? deviationsInWords(recipe, config, scale) : [];

/**
 * Takes runs into the history that are in `runs/` and not in it: of `rwb train`, and, where the history was lost, of the
 * queue. A folder in which a trainer works at this moment is left for later.
 *
 * @returns ids of what was taken over
 */
export async function adoptRunFolders(
  history: History,
  home: string,
  onNote: (text: string) => void,
): Promise<string[]> {
  if (!existsSync(runsFolder(home))) return [];
  const adopted: string[] = [];
  for (const id of readdirSync(runsFolder(home))) {
    if (id.startsWith(".") || history.runs.find(id)?.id === id) continue;
    try {
      const folder = existingRunFolder(home, id);
      if (!folder || folder.isLocked()) continue;
      const file = folder.read();
      history.runs.add({
        id,
        ...file,
        deviations: recipeDeviations(file),
        codeVersion: codeVersion(),
        status: "interrupted",
        createdMs: Date.parse(file.createdAt),
      });
      await ingestAll(history, id, folder.events);
      const end = history.endInLog(id);
      if (end) history.runs.act(id, end);
      // What was trained outside the queue does not go on by itself.
      else if (!file.queued) history.runs.act(id, "stop", { reason: "trained outside the queue, not to its end" });
      adopted.push(id);
    } catch (error) {
      if (!(error instanceof WorkbenchError)) throw error;
      onNote(`The folder ${folderOf(home, id)} was left alone: ${error.message}`);
    }
  }
  return adopted;
}
