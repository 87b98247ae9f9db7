import type { Figure } from "../../src-shared/figures/figure.ts";
import type { BucketMeans, CellData, ReferenceName, RunData, StudyData } from "../../src-shared/figures/studyData.ts";
import { deviationsFrom, scaleInWords } from "../../src-shared/deviations.ts";
import { counted } from "../../src-shared/figures/lists.ts";
import type { Grid } from "../../src-shared/grid.ts";
import type { RunStatus } from "../../src-shared/runState.ts";
import { decimate, type Series } from "../../src-shared/series.ts";
import { dataLabel } from "../../src-shared/study/dataCopy.ts";
import type { FidelityLine } from "../../src-shared/study/fidelity.ts";
import { fidelityInWords, fidelityLabels } from "../../src-shared/study/fidelityInWords.ts";
import { finalLoss, finalTrainingError, wholeEpoch } from "../../src-shared/study/finalValues.ts";
import type { RunConfig } from "../../src-shared/runConfig.ts";
import type { History, RunRecord } from "../history/index.ts";

/** A cell of a study's grid, as the study service has it. */
export interface FigureCell {
  readonly config: RunConfig;
  readonly run: RunRecord | undefined;
}

/** What the figures of a study are read from. */
export interface StudySource {
  readonly history: History;
  readonly study: string;
  readonly grid: Grid;
  readonly cells: readonly FigureCell[];
  /** Images of the training part before the validation part is taken away, by data set; an epoch is made of them. */
  readonly trainImages: (dataset: string) => number;
  readonly truth: StudyData["truth"];
  readonly fidelity: readonly FidelityLine[];
}

/** Points of a curve: more than a figure has room for, and few enough for a file that is read by people. */
const buckets = 500;

/** Reads all that a study's figures need, run by run; others get their turn between two runs. */
export async function readStudyData(source: StudySource, ownTurn: () => Promise<void>): Promise<StudyData> {
  const cells: CellData[] = [];
  for (const cell of source.cells) {
    await ownTurn();
    const { network, seed } = cell.config;
    const { family, depth, shortcut } = network;
    cells.push({
      ...{ family, depth, shortcut, seed, state: cell.run ? stateOf(cell.run.status) : "missing" },
      run: cell.run && cell.run.iteration > 0 ? readRun(source, cell.run) : undefined,
    });
  }
  return { study: source.study, labels: labelsOf(source), cells, truth: source.truth };
}

function stateOf(status: RunStatus): CellData["state"] {
  switch (status) {
    case "finished":
      return "done";
    case "diverged":
      return "diverged";
    case "failed":
    case "cancelled":
      return "failed";
    case "queued":
    case "interrupted":
    case "paused":
      return "waiting";
    case "starting":
    case "running":
    case "pausing":
    case "stopping":
      return "running";
  }
}

function readRun({ history, trainImages }: StudySource, run: RunRecord): RunData {
  const { id, config } = run;
  const { batchSize, iterations, learningRate } = config.training;
  const epoch = wholeEpoch(config, trainImages(config.dataset));
  const [loss, accuracy, stepMs] = (["loss", "accuracy", "stepMs"] as const).map((name) =>
    history.series.read(id, name),
  );
  const isDone = run.status === "finished";
  const evaluations = history.evaluations.of(id).map(({ iteration, testAccuracy }) => ({ iteration, testAccuracy }));
  const last = evaluations.at(-1);
  const trainingMs = stepMs.values.reduce((sum, ms) => (Number.isFinite(ms) ? sum + ms : sum), 0);
  return {
    ...{ id, iterations, done: run.iteration, schedule: learningRate },
    loss: bucketMeans(loss, iterations),
    accuracy: bucketMeans(accuracy, iterations),
    evaluations,
    probes: history.probes.of(id),
    finalLoss: isDone ? finalLoss(loss.values, epoch) : undefined,
    finalTrainingError: isDone ? finalTrainingError(accuracy.values, epoch) : undefined,
    testAccuracy: isDone ? last?.testAccuracy : undefined,
    bestTestAccuracy: isDone && last ? Math.max(...evaluations.map(({ testAccuracy }) => testAccuracy)) : undefined,
    predictions: isDone && last ? history.evaluations.predictions(id, last.iteration) : undefined,
    trainingMs,
    imagesPerSecond: trainingMs > 0 ? (1000 * stepMs.values.length * batchSize) / trainingMs : 0,
    machine: machineOf(run),
    comparable: comparableWith(run),
    lesions: [],
  };
}

/** The series in means on the grid of the whole run: NaN where there is nothing (yet). */
function bucketMeans(series: Series, iterations: number): BucketMeans {
  const size = Math.min(buckets, iterations);
  const edge = (index: number) => Math.floor((index * iterations) / size);
  const known = decimate(series, size, { from: 0, to: iterations });
  const nothing = () => new Float32Array(size).fill(NaN);
  const means = {
    starts: Int32Array.from({ length: size }, (_, index) => edge(index)),
    counts: Int32Array.from({ length: size }, (_, index) => edge(index + 1) - edge(index)),
    ...{ mean: nothing(), minimum: nothing(), maximum: nothing() },
  };
  let index = 0;
  known.starts.forEach((start, from) => {
    while (edge(index + 1) <= start) index++;
    means.mean[index] = known.mean[from];
    means.minimum[index] = known.minimum[from];
    means.maximum[index] = known.maximum[from];
  });
  return means;
}

function machineOf({ engine, threads, lanes }: RunRecord): string {
  const device = engine?.processor ?? engine?.device ?? "unknown device";
  return threads === undefined
    ? device
    : `${device}, ${counted(threads, "thread")}${lanes === undefined || lanes === threads ? "" : ` in ${counted(lanes, "lane")}`} a run`;
}

/** Trained as the reference has it, on the original data; the precision changes no published number. */
function comparableWith({ config, dataset }: RunRecord): Record<ReferenceName, boolean> {
  const isAs = (reference: ReferenceName): boolean =>
    dataset?.original === true &&
    config.dataset === "cifar10" &&
    deviationsFrom(reference, config).every(
      ({ key }) => key === "precision" || (key === "network.shortcut" && config.network.family === "plain"),
    );
  return { course: isAs("course"), paper: isAs("paper") };
}

/** "1/32 of the schedule", "CIFAR-10 (JPEG copy)", "bfloat16", "momentum 0.8", "one seed" */
function labelsOf({ grid, cells, fidelity }: StudySource): string[] {
  const runs = cells.flatMap(({ run }) => (run ? [run] : []));
  const titles = [...new Set(runs.flatMap(({ dataset }) => (dataset ? dataLabel(dataset) : [])))];
  const precisions = [...new Set(cells.map(({ config }) => config.precision))];
  const scale = grid.scale ?? 1;
  return [
    ...scheduleLabel(scale, fidelity),
    ...(titles.length > 0 ? titles : [...new Set(cells.map(({ config }) => config.dataset))]),
    precisions.join(" and "),
    ...fidelityLabels(fidelity),
    grid.seeds.length === 1 ? "one seed" : counted(grid.seeds.length, "seed"),
  ];
}

/** Nothing where the length was set by itself: then that is said. */
function scheduleLabel(scale: number, fidelity: readonly FidelityLine[]): string[] {
  if (scale !== 1) return [`${scaleInWords(scale)} of the schedule`];
  return fidelity.some(({ topic }) => topic === "training.iterations") ? [] : ["whole schedule"];
}

/** What every file carries about itself, whatever its format. */
export interface FigureMetadata {
  readonly title: string;
  readonly study: string;
  readonly caption: string;
  readonly runs: readonly string[];
  readonly deviations: readonly string[];
  readonly program: string;
}

export function metadataOf(
  figure: Figure,
  { study, grid, cells, fidelity }: StudySource,
  codeVersion: string,
): FigureMetadata {
  const runs = cells.flatMap(({ run }) => (run ? [run] : []));
  return {
    ...{ title: figure.title, study, caption: figure.caption.join(" ") },
    runs: runs.map(({ id }) => id),
    deviations: fidelity.flatMap((line) => (line.kind === "deviation" ? [fidelityInWords(grid.recipe, line)] : [])),
    program: `ResNet Workbench ${codeVersion}`,
  };
}

/** The same as lines of a comment. */
export const metadataLines = ({ study, runs, deviations, program }: FigureMetadata): string[] => [
  `Study: ${study}`,
  `Runs: ${runs.join(", ") || "none"}`,
  `Deviations from the recipe: ${deviations.join("; ") || "none"}`,
  `Program: ${program}`,
];
