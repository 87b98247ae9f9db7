import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { reportSummarySchema, type ReportSummary } from "../../src-shared/contract/index.ts";
import { gridConfigs, type Grid } from "../../src-shared/grid.ts";
import type { RunConfig } from "../../src-shared/runConfig.ts";
import { reportsFolder } from "../../src-main/report/reportFolder.ts";
import { openWorkbench } from "../../src-main/workbench.ts";
import type { Lab } from "../faults/lab.ts";
import { killAll, type MainProcess } from "../faults/mainProcess.ts";
import { trainersOf } from "../faults/processes.ts";
import { checkpointsOf } from "../faults/runLog.ts";
import { until } from "../faults/waiting.ts";
import { untruths } from "./reportTruth.ts";

export interface NightOptions {
  readonly lab: Lab;
  /** Depths of the study: two runs each, a plain and a residual one. */
  readonly depths: readonly number[];
  /** Beside the study: one run that diverges, and as many that do not. */
  readonly alone: number;
  readonly kills: number;
  readonly iterations: number;
  readonly say?: (text: string) => void;
}

export interface NightResult {
  readonly runs: number;
  readonly kills: number;
  /** How often a run went on from a checkpoint. */
  readonly takenUp: number;
  readonly reports: readonly ReportSummary[];
  readonly violations: readonly string[];
  readonly seconds: number;
}

const study = "night";
const stuckAfterMs = 600_000;

const sizes = (iterations: number): string[] => [
  ...[`training.iterations=${iterations}`, "training.batchSize=16", "network.width=4"],
  ...["checkpoint.everyIterations=10", `evaluation.everyIterations=${Math.ceil(iterations / 3)}`],
  `probe.atIterations=[0,${Math.floor(iterations / 2)}]`,
];

/** Runs that belong to no study; the first diverges: its rate is a million. */
function loners({ alone, iterations }: NightOptions): RunConfig[] {
  const seeds = Array.from({ length: alone }, (_, index) => 100 + index);
  const set = [...sizes(iterations), "augmentation.padPixels=2"];
  return gridConfigs({ recipe: "quick", families: ["plain"], depths: [8], seeds, set }).map((config, index) =>
    index > 0 ? config : { ...config, training: { ...config.training, learningRate: { ...config.training.learningRate, base: 1000 } } },
  );
} // prettier-ignore

/**
 * A night in small: a study and some runs beside it are queued, one of which diverges; the main is killed while they train
 * and started again; when the queue is empty there must be a report on each, and what it says must be what the logs say.
 */
export async function night(options: NightOptions): Promise<NightResult> {
  const { lab, depths, kills, iterations, say = () => {} } = options;
  const startMs = performance.now();
  const grid: Grid = { recipe: "quick", families: ["plain", "residual"], depths, seeds: [1], set: sizes(iterations) };
  const home = await queued(lab, grid, loners(options));
  const runs = 2 * depths.length + options.alone;
  let main = lab.start(home);
  for (let kill = 1; kill <= kills; kill++) {
    const before = checkpointsOf(home);
    await until(`new checkpoints before kill ${kill}`, stuckAfterMs, () => {
      if (main.end()) throw new Error(`the main ended before kill ${kill}: ${main.notes.slice(-5).join(" | ")}`);
      return checkpointsOf(home) >= before + 3 && trainersOf(home).length > 0;
    });
    // The first time main alone dies and its trainers end by themselves; then everything at once.
    if (kill % 2 === 1) main.kill("SIGKILL");
    else killAll(main);
    await main.ended;
    say(`kill ${kill} after ${checkpointsOf(home)} checkpoints`);
    main = lab.start(home);
  }
  const ended = await endOf(main);
  const reports = summariesIn(home);
  const truth = untruths(home, { study, reports });
  return {
    ...{ runs, kills, reports, takenUp: truth.takenUp },
    violations: [...ended, ...expectedReports(reports, options), ...truth.violations],
    seconds: (performance.now() - startMs) / 1000,
  };
}

async function queued(lab: Lab, grid: Grid, alone: readonly RunConfig[]): Promise<string> {
  const home = await lab.queue(alone);
  const workbench = await openWorkbench({ home, cores: 2 });
  try {
    const requests = gridConfigs(grid).map((config) => ({ config, recipe: grid.recipe, threads: 1 }));
    await workbench.studies.addRuns(study, grid, requests);
  } finally {
    await workbench.close("the night is queued");
  }
  return home;
}

async function endOf(main: MainProcess): Promise<string[]> {
  let timer: NodeJS.Timeout | undefined;
  const stuck = new Promise<undefined>((resolve) => (timer = setTimeout(() => resolve(undefined), stuckAfterMs)));
  const end = await Promise.race([main.ended, stuck]).finally(() => clearTimeout(timer));
  const tail = main.notes.slice(-5).join(" | ");
  if (!end) return [`stuck: the queue was not empty after ${stuckAfterMs / 1000} s. Last notes: ${tail}`];
  const left = trainersOf(main.home).map(({ pid, run }) => `orphan: trainer ${pid} of ${run}`);
  return end.code === 0 ? left : [`the main ended with ${end.signal ?? end.code}: ${tail}`, ...left];
}

function summariesIn(home: string): ReportSummary[] {
  const folder = reportsFolder(home);
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => /^\d.*\.json$/.test(name));
  return names.map((name) => reportSummarySchema.parse(JSON.parse(readFileSync(path.join(folder, name), "utf8"))));
}

function expectedReports(reports: readonly ReportSummary[], { depths, alone }: NightOptions): string[] {
  const subjects = reports.map((report) => report.study ?? "runs").toSorted();
  const wanted = [...(alone > 0 ? ["runs"] : []), study].toSorted();
  const finished = (name: string | null) => reports.find((report) => report.study === name)?.runs;
  return [
    ...(String(subjects) === String(wanted) ? [] : [`reports on ${subjects.join(", ")} instead of ${wanted.join(", ")}`]),
    ...(finished(study)?.finished === 2 * depths.length ? [] : [`the study's report: ${JSON.stringify(finished(study))}`]),
    ...(alone === 0 || (finished(null)?.diverged === 1 && finished(null)?.finished === alone - 1)
      ? []
      : [`the other runs' report: ${JSON.stringify(finished(null))}`]),
  ];
} // prettier-ignore
