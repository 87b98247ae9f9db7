import type { TrainingConfig } from "../../src-shared/runConfig.ts";
import { learningRateAt } from "../../src-shared/schedule.ts";
import type { Planner } from "../dataset/index.ts";
import { argMax } from "./evaluation.ts";
import type { ProgressBatch } from "./progressBatch.ts";
import type { Session } from "./session.ts";
import type { TrainingData } from "./trainingData.ts";

export interface StepParts {
  readonly session: Session;
  readonly planner: Planner;
  readonly data: Pick<TrainingData, "training" | "labelOf">;
  readonly training: TrainingConfig;
  readonly classes: number;
  readonly progress: ProgressBatch;
}

/** Loss and accuracy (a fraction) of an iteration's batch, before its update. */
export interface StepResult {
  readonly loss: number;
  readonly accuracy: number;
}

/** One iteration of the training loop: the batch's plan, the update on the engine, its numbers into the log. */
export function trainStep(parts: StepParts, iteration: number): StepResult {
  const { session, planner, data, training, classes, progress } = parts;
  const startMs = performance.now();
  const { indices, transforms } = planner.plan(iteration);
  const pool = indices.map((index) => data.training[index]);
  const learningRate = learningRateAt(training.learningRate, iteration, training.iterations);
  const { loss, logits } = session.run("train", {
    indices: pool,
    transforms,
    learningRate: Float32Array.of(learningRate),
  });
  let correct = 0;
  for (let i = 0; i < pool.length; i++) {
    if (argMax(logits, i * classes, classes) === data.labelOf(pool[i])) correct++;
  }
  const accuracy = correct / pool.length;
  progress.add(iteration, { loss: loss[0], accuracy, learningRate, elapsedMs: performance.now() - startMs });
  return { loss: loss[0], accuracy };
}
