import { deviationsFrom } from "../../src-shared/deviations.ts";
import { counted } from "../../src-shared/figures/lists.ts";
import type { BucketMeans, CellData, ReferenceName, RunData } from "../../src-shared/figures/studyData.ts";
import type { RunStatus } from "../../src-shared/runState.ts";
import { decimate, type Series } from "../../src-shared/series.ts";
import { finalLoss, finalTrainingError, wholeEpoch } from "../../src-shared/study/finalValues.ts";
import type { History, RunRecord } from "../history/index.ts";

/** Points of a curve: more than a figure has room for, and few enough for a file that is read by people. */
const buckets = 500;

/**
 * All that figures need of a run.
 * @param trainImages of its data set, before the validation part is taken away
 */
export function readRun(history: History, run: RunRecord, trainImages: number): RunData {
  const { id, config } = run;
  const { batchSize, iterations, learningRate } = config.training;
  const epoch = wholeEpoch(config, trainImages);
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
    lesion: history.lesions.of(id),
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

/** What figures call its status. */
export function cellStateOf(status: RunStatus): CellData["state"] {
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
