import type { StudyRecord, History, RunRecord } from "../history/index.ts";
import { isExample } from "../../src-shared/example.ts";
import { gridConfigs, trainingKey, type Grid } from "../../src-shared/grid.ts";
import type { RunConfig } from "../../src-shared/runConfig.ts";
import type { RunService } from "./runService.ts";

/** A cell of a study's grid: a configuration, and the run that trains it, where there is one. */
export interface StudyCell {
  readonly config: RunConfig;
  readonly run: RunRecord | undefined;
}

/** Studies: grids whose cells are runs. A run of the same training is shared between studies, never trained twice. */
export class StudyService {
  readonly #history: History;
  readonly #runs: RunService;

  constructor(parts: { history: History; runs: RunService }) {
    this.#history = parts.history;
    this.#runs = parts.runs;
  }

  /** Its grid, cell by cell, with what became of each. @throws WorkbenchError `study-unknown` */
  cells(name: string): StudyCell[] {
    return studyCells(this.#history, name);
  }

  /**
   * Queues the cells that have no run, and links those that another study or queue has trained.
   * @returns the new runs
   */
  async queueMissing(name: string, options: { threads?: number | undefined } = {}): Promise<RunRecord[]> {
    const { grid } = this.#history.studies.get(name);
    const cells = this.cells(name);
    const missing = cells.filter(({ run }) => run === undefined).map(({ config }) => config);
    const added = await this.#runs.add(
      missing.map((config) => ({ config, recipe: grid.recipe, scale: grid.scale, threads: options.threads })),
    );
    const linked = cells.flatMap(({ run }) => (run ? [run] : []));
    for (const { id } of [...linked, ...added]) this.#history.studies.addRun(name, id);
    return added;
  }

  /** Queues runs into a study that is made where there is none; what has been trained already is linked, not repeated. */
  async addRuns(name: string, grid: Grid, requests: Parameters<RunService["add"]>[0]): Promise<RunRecord[]> {
    const study: StudyRecord = this.#history.studies.find(name) ?? this.#history.studies.create({ name, grid });
    const known = byTraining(
      this.#history,
      name,
      requests.map(({ config }) => config),
    );
    const isKnown = ({ config }: { config: RunConfig }) => known.get(trainingKey(config));
    const added = await this.#runs.add(requests.filter((request) => !isKnown(request)));
    const linked = requests.flatMap((request) => isKnown(request) ?? []);
    for (const { id } of [...linked, ...added]) this.#history.studies.addRun(study.name, id);
    return added;
  }
}

/** A study's grid, cell by cell, from a history that may be open for reading alone. @throws WorkbenchError `study-unknown` */
export function studyCells(history: History, name: string): StudyCell[] {
  const configs = gridConfigs(history.studies.get(name).grid);
  const known = byTraining(history, name, configs);
  return configs.map((config) => ({ config, run: known.get(trainingKey(config)) }));
}

/**
 * The run of each of these trainings, and of some others; of several the one that is furthest. Runs in the trash do not
 * count, and those of the example study in no other: they would leave it with the example.
 */
function byTraining(history: History, study: string, configs: readonly RunConfig[]): ReadonlyMap<string, RunRecord> {
  const byKey = new Map<string, RunRecord>();
  const within = {
    families: unique(configs.map(({ network }) => network.family)),
    depths: unique(configs.map(({ network }) => network.depth)),
    seeds: unique(configs.map(({ seed }) => seed)),
  };
  for (const run of history.runs.list({ within })) {
    // A fork began elsewhere: not the training that its configuration describes.
    if (run.forkedFrom || (isExample(run) && !run.studies.includes(study))) continue;
    const key = trainingKey(run.config);
    const other = byKey.get(key);
    if (!other || rank(run) > rank(other)) byKey.set(key, run);
  }
  return byKey;
}

const rank = (run: RunRecord): number => (run.status === "finished" ? Infinity : run.iteration);

const unique = <T>(list: readonly T[]): T[] => [...new Set(list)];
