import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { dataFileBytes, dataFiles, type DatasetDescription } from "../../src-main/dataset/preparedDataset.ts";
import type { History } from "../../src-main/history/index.ts";
import { deviationsInWords } from "../../src-shared/deviations.ts";
import { gridConfigs, type Grid } from "../../src-shared/grid.ts";
import type { RunConfig } from "../../src-shared/runConfig.ts";
import { toWireNumber, type RunEvent } from "../../src-shared/runEvent.ts";
import { toLines, writeLog } from "./historyFixtures.ts";
import { classes, labelsOf, madeCell, madeLosses, type MadeRun } from "./studyFixture.ts";

export const testImages = 500;

/** The course report's grid at 1/320 of its schedule. */
export const madeGrid: Grid = {
  recipe: "course",
  families: ["plain", "residual"],
  depths: [20, 32],
  seeds: [1, 2],
  scale: 1 / 320,
  set: ["probe.atIterations=[0,200]"],
};

/** What the runs' logs call the checksum of their data set. */
const trainedOn = "0".repeat(64);

/** A data set that has little but its labels. @param digit of its checksum: with another than "0" it is other data */
export function writeLabels(home: string, names: readonly string[] = classes, digit = "0"): void {
  const description: DatasetDescription = {
    ...{
      version: 1,
      name: "cifar10",
      title: "CIFAR-10 (not the original archive)",
      source: "cifar10",
      original: false,
    },
    ...{ classes: [...names], trainImages: 1280, testImages },
    ...{ perChannelMean: [0, 0, 0], perChannelStd: [1, 1, 1], checksum: digit.repeat(64) },
  };
  const folder = path.join(home, "datasets", "cifar10");
  mkdirSync(folder, { recursive: true });
  const bytes = dataFileBytes(description);
  for (const part of Object.keys(dataFiles) as (keyof typeof dataFiles)[]) {
    writeFileSync(
      path.join(folder, dataFiles[part]),
      part === "testLabels" ? labelsOf(testImages) : new Uint8Array(bytes[part]),
    );
  }
  writeFileSync(path.join(folder, "dataset.json"), JSON.stringify(description));
}

/** What each run of the study predicted at its evaluations, by the run's id and the iteration. */
export type Predictions = Map<string, Map<number, Uint8Array>>;

/**
 * Puts a study with made-up runs into a history, through their logs as a trainer writes them.
 * @param change what differs of single cells: a state, iterations done
 */
export function fillHistory(
  history: History,
  home: string,
  options: { grid?: Grid; change?: (made: MadeRun) => Partial<MadeRun> } = {},
): Predictions {
  const { grid = madeGrid, change = () => ({}) } = options;
  const all: Predictions = new Map();
  history.studies.create({ name: "report", template: "course", grid });
  for (const config of gridConfigs(grid)) {
    const { family, depth, shortcut } = config.network;
    const made: MadeRun = {
      family,
      depth,
      shortcut,
      seed: config.seed,
      iterations: config.training.iterations,
      testImages,
    };
    const run = { ...made, ...change(made) };
    if (run.state === "missing") continue;
    const id = `${family}-${depth}-s${config.seed}-${"0".repeat(6)}`;
    history.runs.add({
      ...{
        id,
        config,
        recipe: grid.recipe,
        scale: grid.scale,
        codeVersion: "0.1.0",
        createdMs: 0,
        threads: 1,
        lanes: 1,
      },
      deviations: deviationsInWords(grid.recipe, config, grid.scale),
      status:
        run.state === "diverged" || run.state === "failed"
          ? run.state
          : run.state === "waiting"
            ? "queued"
            : "finished",
    });
    history.studies.addRun("report", id);
    if (run.state === "waiting") continue;
    const log = path.join(home, "runs", id, "events.ndjson");
    const predictions = new Map<number, Uint8Array>();
    writeLog(log, toLines(eventsOf(run, config, predictions)));
    for (let more = true; more;) more = history.ingest(id, log).more;
    all.set(id, predictions);
  }
  return all;
}

function eventsOf(made: MadeRun, config: RunConfig, predictions: Map<number, Uint8Array>): RunEvent[] {
  const { iterations } = config.training;
  const cell = madeCell(made);
  const done = made.done ?? iterations;
  const losses = madeLosses(made).slice(0, done);
  const labels = labelsOf(testImages);
  const evaluations = cell.run!.evaluations.map(({ iteration, testAccuracy }): RunEvent => {
    const right = Math.round(testAccuracy * testImages);
    const predicted = labels.map((label, image) => (image < right ? label : (label + 1 + (image % 3)) % 10));
    predictions.set(iteration, predicted);
    return {
      ...{ type: "evaluated", timeMs: iteration, iteration, testLoss: 1, elapsedMs: 5 },
      testAccuracy: right / testImages,
      predictions: Buffer.from(predicted).toString("base64"),
    };
  });
  const last = evaluations.at(-1);
  return [
    {
      ...{ type: "started", version: 1, timeMs: 0, generation: "first", iterations, batchSize: 128, trainImages: 1280 },
      ...{ testImages, validationImages: 0, threads: 1, lanes: 1, trainableParameters: 1 },
      dataset: { name: "cifar10", title: "CIFAR-10 (not the original archive)", original: false, checksum: trainedOn },
      engine: { device: "cpu", processor: "a made-up processor" },
    },
    {
      ...{ type: "progress", timeMs: done, fromIteration: 0, elapsedMs: 100 * done, imagesPerSecond: 1280 },
      loss: Array.from(losses, toWireNumber),
      accuracy: Array.from(losses, (loss) => Math.max(0, 1 - loss / 2.4)),
      learningRate: Array.from(losses, () => 0.1),
    },
    ...evaluations,
    ...cell
      .run!.probes.filter(({ iteration }) => iteration <= done)
      .map(({ responses, gradientNorms }, index): RunEvent => ({
        ...{
          type: "probed",
          timeMs: 0,
          iteration: index * iterations,
          responses: [...responses],
          gradientNorms: [...gradientNorms],
        },
      }))
      .slice(0, 2),
    ...(last?.type === "evaluated" && done === iterations
      ? [
          {
            ...{
              type: "finished" as const,
              timeMs: done,
              iteration: done,
              testLoss: 1,
              testAccuracy: last.testAccuracy,
            },
            bestTestAccuracy: Math.max(...evaluations.map((one) => (one.type === "evaluated" ? one.testAccuracy : 0))),
            elapsedMs: 100 * done,
          },
        ]
      : []),
  ];
}
