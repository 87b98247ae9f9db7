import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { dataFile, openDataset } from "../../src-main/dataset/index.ts";
import { openHistory, type History } from "../../src-main/history/index.ts";
import { recipeDeviations } from "../../src-main/runner/runFolders.ts";
import { RunFolder } from "../../src-main/trainer/runFolder.ts";
import { recipes, type RecipeName } from "../../src-shared/recipes.ts";
import type { Family, RunConfig } from "../../src-shared/runConfig.ts";
import { scaleRun } from "../../src-shared/schedule.ts";
import { trainingLog, type SimulatedData } from "./trainingLog.ts";

/** A run as it stands in a seeded history. */
export interface SeededRun {
  readonly id: string;
  readonly recipe: RecipeName;
  readonly family: Family;
  readonly depth: number;
  readonly seed: number;
  readonly scale?: number;
  readonly evaluations?: number;
  readonly status: "queued" | "paused" | "interrupted" | "finished" | "failed" | "diverged" | "cancelled";
  /** How far it got, from 0 to 1; all of it where it is finished. */
  readonly share?: number;
  readonly reason?: string;
  readonly tags?: readonly string[];
  readonly notes?: string;
  readonly pinned?: boolean;
  readonly study?: string;
}

/** The clock of what is seeded: an hour between one run's start and the next. */
const firstMs = Date.UTC(2026, 9, 1, 20);
const everyMs = 3_600_000;

export function configOf({ recipe, family, depth, seed, scale = 1, evaluations = 12 }: SeededRun): RunConfig {
  const config = scaleRun(recipes[recipe].config({ family, depth }), scale);
  const everyIterations = Math.max(1, Math.round(config.training.iterations / evaluations));
  return { ...config, dataset: "shapes", seed, evaluation: { everyIterations } };
}

/** The data set that seeded runs were trained on: the built-in one of `home`, which is drawn where it is not there. */
export async function simulatedData(home: string): Promise<SimulatedData> {
  const dataset = await openDataset(home, "shapes");
  const labels = new Uint8Array(readFileSync(dataFile(dataset, "testLabels")));
  const { name, title, checksum, trainImages, classes } = dataset;
  return { name, title, checksum, trainImages, labels, classes: classes.length };
}

/** Fills a new workbench folder with runs that were never trained. */
export async function seedHome(home: string, runs: readonly SeededRun[]): Promise<void> {
  const data = await simulatedData(home);
  let nowMs = firstMs;
  const history = openHistory({ home, now: () => nowMs });
  for (const run of runs) {
    nowMs += everyMs;
    addRun(history, home, run, data, nowMs, (ms) => (nowMs = ms));
  }
  history.close();
}

function addRun(
  history: History,
  home: string,
  run: SeededRun,
  data: SimulatedData,
  startedMs: number,
  setNow: (ms: number) => void,
): void {
  const config = configOf(run);
  const { id, recipe, scale, status, reason, tags, notes, pinned, study } = run;
  const { iterations } = config.training;
  const until = status === "finished" ? iterations : Math.floor((run.share ?? 0) * iterations);
  const deviations = recipeDeviations({ recipe, config, scale });
  history.runs.add({
    ...{ id, config, recipe, scale, deviations, threads: 2, lanes: 2, codeVersion: "0.1.0" },
    ...{ tags: [...(tags ?? [])], notes: notes ?? "", createdMs: startedMs },
  });
  if (study !== undefined) {
    const families = ["plain", "residual"] as const;
    if (!history.studies.find(study))
      history.studies.create({ name: study, grid: { recipe, families, depths: [run.depth], seeds: [run.seed] } });
    history.studies.addRun(study, id);
  }
  if (pinned) history.runs.update(id, { pinned });
  if (status === "queued") return;
  const folder = RunFolder.create(path.join(home, "runs", id), {
    ...{ version: 1, config, threads: 2, lanes: 2, recipe, queued: true, createdAt: new Date(startedMs).toISOString() },
    ...(scale !== undefined && { scale }),
  });
  const end = status === "finished" || status === "diverged" || status === "failed" ? status : undefined;
  history.runs.act(id, "start");
  history.runs.act(id, "started");
  const lines: string[] = [];
  for (const event of trainingLog(config, data, { until, end, startedMs, ...(reason && { message: reason }) })) {
    lines.push(JSON.stringify(event));
  }
  writeFileSync(folder.events, `${lines.join("\n")}\n`);
  while (history.ingest(id, folder.events).more);
  setNow(startedMs + 100 * until);
  switch (status) {
    case "finished":
    case "diverged":
    case "failed":
      history.runs.act(id, status, { reason });
      break;
    case "paused":
      history.runs.act(id, "pause");
      history.runs.act(id, "stopped");
      break;
    case "cancelled":
      history.runs.act(id, "cancel", { reason });
      break;
    case "interrupted":
      history.runs.act(id, "lost", { reason });
  }
}
