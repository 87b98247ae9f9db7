import { randomUUID } from "node:crypto";
import { cpus } from "node:os";
import { WorkbenchError } from "../../src-shared/errors.ts";
import type { RunConfig } from "../../src-shared/runConfig.ts";
import { runEventVersion, toWireNumber, type RunEvent } from "../../src-shared/runEvent.ts";
import { buildProgram, type Program } from "../compiler/program.ts";
import { createPlanner, openDataset, type PreparedDataset } from "../dataset/index.ts";
import type { Outcome, TrainerStage } from "../runner/protocol.ts";
import { CheckpointFolder } from "./checkpoint.ts";
import type { CheckpointProgress } from "./checkpointFile.ts";
import { evaluate, nextTurn } from "./evaluation.ts";
import { EventLog, readEvents, type LineListener } from "./eventLog.ts";
import { initialState } from "./initialize.ts";
import { probe, probeImages } from "./probe.ts";
import { ProgressBatch } from "./progressBatch.ts";
import type { RunFile, RunFolder } from "./runFolder.ts";
import { openSession, type Session } from "./session.ts";
import { trainStep, type StepParts } from "./step.ts";
import { isFiniteState, type TrainingState } from "./state.ts";
import { openTrainingData, type TrainingData } from "./trainingData.ts";

export interface TrainOptions {
  /** The workbench folder, where data sets are. */
  readonly home: string;
  readonly onLine: LineListener;
  /** Hears of what is going on before the first event, and of waiting. */
  readonly onNote: (text: string) => void;
  /** After each iteration: a live view's numbers; must be quick. */
  readonly onIteration?: (iteration: number, loss: number, accuracy: number) => void;
  /** Between any two blocking calls: the trainer lives, and what it is at. */
  readonly onAlive?: (stage: TrainerStage) => void;
  /** Asked once an iteration; a reason ends the run gracefully, with a checkpoint. */
  readonly stopReason: () => string | undefined;
}

/**
 * Trains the run in `folder` from where it stands to its end: from the newest whole checkpoint, or from iteration 0.
 * A run that was killed and taken up again ends with the same bits as one that was not.
 * @throws WorkbenchError for everything foreseen; the run can be taken up again afterwards
 */
export async function train(folder: RunFolder, options: TrainOptions): Promise<Outcome> {
  const release = await folder.lock(() =>
    options.onNote("Another trainer works in this folder; waiting for it to end."),
  );
  try {
    const run = folder.read();
    const events = readEvents(folder.events);
    const end = endOf(events);
    if (end) return end;
    const dataset = await openDataset(options.home, run.config.dataset);
    const trainer = await Trainer.open(folder, run, dataset, events, options);
    try {
      return await trainer.train();
    } finally {
      trainer.close();
    }
  } finally {
    release();
  }
}

/** How the log says that the run ended; what was resumed after its end has not ended. */
function endOf(events: readonly RunEvent[]): Outcome | undefined {
  const last = events.findLast(({ type }) => type === "finished" || type === "diverged" || type === "resumed");
  if (last?.type === "finished") return { kind: "finished", testAccuracy: last.testAccuracy, alreadyDone: true };
  if (last?.type === "diverged") {
    throw new WorkbenchError(
      "diverged",
      `The run diverged at iteration ${last.iteration}; the same bits would again.`,
      {
        mend: "Begin a new run with a lower rate or a warm-up, e.g. --set training.learningRate.base=0.01",
      },
    );
  }
  return undefined;
}

class Trainer {
  readonly #config: RunConfig;
  readonly #options: TrainOptions;
  readonly #data: TrainingData;
  readonly #program: Program;
  readonly #session: Session;
  readonly #step: StepParts;
  readonly #log: EventLog;
  readonly #checkpoints: CheckpointFolder;
  readonly #progress: ProgressBatch;
  #best: CheckpointProgress["best"];
  #bestTestAccuracy: number | undefined;
  #lastTest: { loss: number; accuracy: number } | undefined;
  #lastGood: number | undefined;
  #elapsedBeforeMs = 0;
  #resumedAtMs = performance.now();
  #iteration = 0;
  /** The network before its first update, until it is probed. */
  #untrained: TrainingState | undefined;
  /** Taken after `iteration` updates; counts once the next loss is finite. */
  #pending: { state: TrainingState; progress: CheckpointProgress; best: boolean } | undefined;

  private constructor(parts: {
    config: RunConfig;
    options: TrainOptions;
    data: TrainingData;
    program: Program;
    session: Session;
    log: EventLog;
    checkpoints: CheckpointFolder;
  }) {
    this.#config = parts.config;
    this.#options = parts.options;
    this.#data = parts.data;
    this.#program = parts.program;
    this.#session = parts.session;
    this.#log = parts.log;
    this.#checkpoints = parts.checkpoints;
    this.#progress = new ProgressBatch(parts.config.training.batchSize, (event) => this.#log.append(event));
    this.#step = {
      session: parts.session,
      planner: createPlanner({
        seed: parts.config.seed,
        trainImages: parts.data.training.length,
        batchSize: parts.config.training.batchSize,
        ...parts.config.augmentation,
      }),
      data: parts.data,
      training: parts.config.training,
      classes: parts.program.architecture.classes,
      progress: this.#progress,
    };
  }

  static async open(
    folder: RunFolder,
    run: RunFile,
    dataset: PreparedDataset,
    events: readonly RunEvent[],
    options: TrainOptions,
  ): Promise<Trainer> {
    const { config, lanes } = run;
    const data = await openTrainingData(dataset, config);
    const program = buildProgram({
      network: config.network,
      classes: dataset.classes.length,
      precision: config.precision,
      training: config.training,
      lanes,
      images: data.source,
      probe: config.probe.atIterations.length > 0,
    });
    const checkpoints = new CheckpointFolder(folder.checkpoints, {
      config,
      datasetChecksum: dataset.checksum,
      layout: program.layout,
    });
    const session = await openSession(program, { lanes, precision: config.precision });
    session.run("loadData", { mean: data.mean, divisor: data.divisor });
    const log = new EventLog(folder.events, options.onLine);
    const trainer = new Trainer({ config, options, data, program, session, log, checkpoints });
    trainer.#begin(run, dataset, events);
    return trainer;
  }

  /** Puts the network where it stood and says so in the log. */
  #begin(run: RunFile, dataset: PreparedDataset, events: readonly RunEvent[]): void {
    const damaged: string[] = [];
    const checkpoint = this.#checkpoints.newest((_, problem) => damaged.push(problem));
    if (run.forkedFrom && !checkpoint) {
      throw new WorkbenchError(
        "checkpoint-invalid",
        `The checkpoint of ${run.forkedFrom.run} that this run forks from is gone.`,
        {
          mend: "Fork that run again.",
        },
      );
    }
    const state = checkpoint?.state ?? initialState(this.#program.layout, this.#config.seed);
    this.#session.run("restore", { ...state });
    if (!checkpoint && this.#config.probe.atIterations.includes(0)) this.#untrained = state;
    if (checkpoint) {
      const { iteration, best, bestTestAccuracy, elapsedMs } = checkpoint.progress;
      this.#iteration = iteration;
      this.#lastGood = iteration;
      this.#best = best;
      this.#bestTestAccuracy = bestTestAccuracy;
      this.#elapsedBeforeMs = elapsedMs;
    }
    const evaluated = events.findLast((event) => event.type === "evaluated");
    if (evaluated?.iteration === this.#iteration) {
      this.#lastTest = { loss: Number(evaluated.testLoss), accuracy: evaluated.testAccuracy };
    }
    if (events.length === 0) {
      this.#log.append({
        type: "started",
        version: runEventVersion,
        timeMs: Date.now(),
        generation: randomUUID(),
        iterations: this.#config.training.iterations,
        batchSize: this.#config.training.batchSize,
        trainImages: this.#data.training.length,
        testImages: this.#data.test.length,
        validationImages: this.#data.validation.length,
        threads: run.threads,
        lanes: run.lanes,
        trainableParameters: this.#program.trainableParameters,
        dataset: { name: dataset.name, title: dataset.title, original: dataset.original, checksum: dataset.checksum },
        engine: {
          tensorflow: this.#session.engine.manifest.tensorflow,
          device: this.#session.engine.manifest.device,
          node: process.versions.node,
          platform: `${process.platform}-${process.arch}`,
          processor: cpus()[0]?.model.trim() ?? "unknown",
        },
      });
    }
    if (events.length > 0 || checkpoint) {
      this.#log.append({
        type: "resumed",
        timeMs: Date.now(),
        fromIteration: this.#iteration,
        ...(checkpoint && { checkpoint: CheckpointFolder.eventName(checkpoint.name) }),
      });
    }
    for (const message of damaged) this.#note("warning", `A checkpoint is damaged and was passed over. ${message}`);
    this.#resumedAtMs = performance.now();
  }

  async train(): Promise<Outcome> {
    const { iterations } = this.#config.training;
    while (this.#iteration < iterations) {
      const reason = this.#options.stopReason();
      if (reason) return this.#stop(reason);
      if (this.#iteration > 0 && this.#config.probe.atIterations.includes(this.#iteration)) await this.#probe();
      const { loss, accuracy } = trainStep(this.#step, this.#iteration);
      this.#options.onIteration?.(this.#iteration, loss, accuracy);
      this.#options.onAlive?.("training");
      if (this.#untrained) await this.#probeUntrained(this.#untrained);
      if (!Number.isFinite(loss)) return this.#diverge(loss);
      this.#commitPending();
      this.#iteration++;
      this.#lastTest = undefined;
      await this.#afterIteration();
      await nextTurn();
    }
    if (this.#config.probe.atIterations.includes(iterations)) await this.#probe();
    // A run that was killed between its last checkpoint and its last line may lack the evaluation.
    if (!this.#lastTest) await this.#evaluate();
    return this.#finish(this.#lastTest!);
  }

  async #afterIteration(): Promise<void> {
    const { training, evaluation, checkpoint } = this.#config;
    const last = this.#iteration === training.iterations;
    const evaluates = last || this.#iteration % evaluation.everyIterations === 0;
    const isBest = evaluates && (await this.#evaluate());
    if (last || this.#iteration % checkpoint.everyIterations === 0 || isBest) {
      this.#pending = { state: this.#snapshot(), progress: this.#checkpointProgress(), best: isBest };
    }
  }

  /** Evaluates and logs; true where it is the best so far. */
  async #evaluate(): Promise<boolean> {
    this.#progress.flush();
    const { evaluationBatch, architecture } = this.#program;
    const startMs = performance.now();
    const run = (indices: Int32Array) =>
      evaluate(this.#session, evaluationBatch, indices, this.#data.labelOf, architecture.classes, () =>
        this.#options.onAlive?.("evaluating"),
      );
    const test = await run(this.#data.test);
    const validation = this.#data.validation.length > 0 ? await run(this.#data.validation) : undefined;
    this.#log.append({
      type: "evaluated",
      timeMs: Date.now(),
      iteration: this.#iteration,
      testLoss: toWireNumber(test.loss),
      testAccuracy: test.accuracy,
      predictions: Buffer.from(test.predictions).toString("base64"),
      ...(validation && {
        validationLoss: toWireNumber(validation.loss),
        validationAccuracy: validation.accuracy,
      }),
      elapsedMs: performance.now() - startMs,
    });
    this.#lastTest = { loss: test.loss, accuracy: test.accuracy };
    this.#bestTestAccuracy = Math.max(this.#bestTestAccuracy ?? 0, test.accuracy);
    const { accuracy } = validation ?? test;
    const isBest = this.#best === undefined || accuracy > this.#best.accuracy;
    if (isBest) this.#best = { accuracy, iteration: this.#iteration };
    return isBest;
  }

  /**
   * The probe of iteration 0 comes after the first step, on the weights before it: of 56 layers it takes as long as the
   * whole start, and whoever starts a run waits for its first loss. What the step has made is put back, to the bit.
   */
  async #probeUntrained(untrained: TrainingState): Promise<void> {
    this.#untrained = undefined;
    const trained = this.#snapshot();
    this.#session.run("restore", { ...untrained });
    await this.#probe();
    this.#session.run("restore", { ...trained });
  }

  async #probe(): Promise<void> {
    this.#progress.flush();
    const { responses, gradientNorms } = await probe(
      this.#session,
      this.#program,
      this.#data.training.slice(0, probeImages),
      () => this.#options.onAlive?.("probing"),
    );
    this.#log.append({
      type: "probed",
      timeMs: Date.now(),
      iteration: this.#iteration,
      responses: responses.map(({ layer, std }) => ({ layer, std: toWireNumber(std) })),
      gradientNorms: gradientNorms.map(({ tensor, norm }) => ({ tensor, norm: toWireNumber(norm) })),
    });
  }

  #snapshot(): TrainingState {
    const { weights, momentum, averages } = this.#session.run("snapshot", {});
    return { weights, momentum, averages };
  }

  #checkpointProgress(): CheckpointProgress {
    return {
      iteration: this.#iteration,
      ...(this.#best && { best: this.#best }),
      ...(this.#bestTestAccuracy !== undefined && { bestTestAccuracy: this.#bestTestAccuracy }),
      elapsedMs: this.#elapsedMs(),
    };
  }

  #elapsedMs(): number {
    return this.#elapsedBeforeMs + performance.now() - this.#resumedAtMs;
  }

  /** The events up to a checkpoint are on the disk before it is: a checkpoint never knows more than the log. */
  #commitPending(): void {
    if (!this.#pending) return;
    const { state, progress, best } = this.#pending;
    this.#pending = undefined;
    this.#progress.flush();
    // Batch norm keeps the loss finite for some iterations after a tensor no longer is.
    if (!isFiniteState(state)) {
      const at = progress.iteration;
      return this.#note("warning", `No checkpoint at iteration ${at}: the network has values that are not finite.`);
    }
    this.#log.sync();
    this.#checkpoints.save({ state, progress }, { best });
    this.#lastGood = progress.iteration;
    this.#log.append({
      type: "checkpointed",
      timeMs: Date.now(),
      iteration: progress.iteration,
      file: CheckpointFolder.eventName("last"),
      best,
    });
  }

  #stop(reason: string): Outcome {
    this.#progress.flush();
    if (this.#lastGood !== this.#iteration) {
      // What is pending after a checkpoint's iteration is this very state.
      this.#pending ??= { state: this.#snapshot(), progress: this.#checkpointProgress(), best: false };
      this.#commitPending();
    }
    this.#note("info", `Stopped after iteration ${this.#iteration}: ${reason}.`);
    this.#log.sync();
    return { kind: "stopped", iteration: this.#iteration };
  }

  #diverge(loss: number): Outcome {
    this.#progress.flush();
    this.#log.append({
      type: "diverged",
      timeMs: Date.now(),
      iteration: this.#iteration,
      loss: toWireNumber(loss),
      ...(this.#lastGood !== undefined && {
        lastGoodCheckpoint: { iteration: this.#lastGood, file: CheckpointFolder.eventName("last") },
      }),
    });
    this.#log.sync();
    return { kind: "diverged", iteration: this.#iteration };
  }

  #finish({ loss, accuracy }: { loss: number; accuracy: number }): Outcome {
    if (this.#pending && !isFiniteState(this.#pending.state)) {
      this.#pending = undefined;
      return this.#diverge(NaN);
    }
    this.#commitPending();
    this.#log.append({
      type: "finished",
      timeMs: Date.now(),
      iteration: this.#iteration,
      testLoss: toWireNumber(loss),
      testAccuracy: accuracy,
      bestTestAccuracy: this.#bestTestAccuracy ?? accuracy,
      elapsedMs: this.#elapsedMs(),
    });
    this.#log.sync();
    return { kind: "finished", testAccuracy: accuracy, alreadyDone: false };
  }

  #note(level: "info" | "warning", message: string): void {
    this.#log.append({ type: "log", timeMs: Date.now(), level, message });
  }

  close(): void {
    this.#log.close();
    this.#session.close();
  }
}
