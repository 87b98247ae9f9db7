import { describeArchitecture, elementCount, networkTensors, parameterCount } from "../../src-shared/architecture.ts";
import type { RunConfig } from "../../src-shared/runConfig.ts";

/** What a run will need, said before it starts. */
export interface Estimate {
  readonly memoryBytes: number;
  /** Of each checkpoint's file. */
  readonly checkpointBytes: number;
  /** Rough, from the number of operations alone; measured speeds replace it once there are any. */
  readonly trainingMs: number;
}

/** Engine, Node and the session, before there is a network (docs/performance.md). */
const baseBytes = 480e6;
/** Tensors of a layer's output that live at once in training: see the measured table in docs/performance.md. */
const livingCopies = 2.6;
/** Of a run that probes: memory that its batches of 100 leave to the allocator, beside what training keeps (docs/performance.md). */
const probingCopies = 1.3;
/** Of the image pool while it is loaded: a file's bytes, decoded, joined and assigned. Small networks need no more. */
const loadingCopies = 3.5;
/** Graph, optimizer plan and scratch memory of one layer. */
const bytesPerLayer = 1.5e6;
/** Multiply-adds a second of one lane, as measured on a 2025 server core; half of that on an older one. */
const multiplyAddsPerSecond = { float32: 55e9, bfloat16: 85e9 } as const;
/** Forward, gradient by input and gradient by weights cost about the same. */
const passes = 3;

/** A checkpoint's names, shapes and texts. */
const checkpointHeaderBytes = 8_000;

/** @param images in the pool, training and test together */
export function estimateRun(config: RunConfig, options: { images: number; classes: number; lanes: number }): Estimate {
  const architecture = describeArchitecture(config.network, options.classes);
  const { batchSize, iterations } = config.training;
  let outputElements = 0;
  let multiplyAdds = 0;
  let side = architecture.imageSide;
  const layer = (channels: number, taps: number) => {
    outputElements += side * side * channels;
    multiplyAdds += side * side * channels * taps;
  };
  layer(architecture.width, 9 * architecture.imageChannels);
  for (const block of architecture.blocks) {
    side /= block.stride;
    layer(block.outputChannels, 9 * block.inputChannels);
    layer(block.outputChannels, 9 * block.outputChannels);
  }
  const elementBytes = config.precision === "bfloat16" ? 2 : 4;
  const tensors = networkTensors(architecture);
  const weightBytes = 4 * tensors.reduce((sum, { shape }) => sum + elementCount(shape), 0);
  const poolBytes = options.images * architecture.imageSide ** 2 * architecture.imageChannels;
  const copies = livingCopies + (config.probe.atIterations.length > 0 ? probingCopies : 0);
  const trainingBytes =
    2 * poolBytes +
    copies * elementBytes * outputElements * batchSize +
    bytesPerLayer * config.network.depth +
    // weights, momentum, gradient, and the copies of a checkpoint
    6 * weightBytes;
  const momentumBytes = 4 * parameterCount(architecture);
  return {
    checkpointBytes: weightBytes + momentumBytes + checkpointHeaderBytes,
    memoryBytes: baseBytes + Math.max(loadingCopies * poolBytes, trainingBytes),
    trainingMs:
      (1000 * passes * multiplyAdds * batchSize * iterations) /
      (multiplyAddsPerSecond[config.precision] * options.lanes),
  };
}

/** `last`, `previous` and `best`. */
const checkpointFiles = 3;
/** A progress line has numbers in full and comes at least once a second: 110 bytes an iteration where each takes 0.1 s. */
const logBytesPerIteration = 110;
/** Four series of float32, with what SQLite adds (48 MB for 40 runs of 64,000 iterations). */
const seriesBytesPerIteration = 19;
/** A byte an image in the history, and base64 in the log. */
const predictionBytes = 1 + 4 / 3;
const evaluationBytes = 400;

/** Bytes that a whole run leaves on the disk: checkpoints, log, and its part of the history. */
export function estimateDisk(
  { training, evaluation }: Pick<RunConfig, "training" | "evaluation">,
  { checkpointBytes, testImages }: { checkpointBytes: number; testImages: number },
): number {
  const { iterations } = training;
  const evaluations = Math.ceil(iterations / evaluation.everyIterations);
  return (
    checkpointFiles * checkpointBytes +
    iterations * (logBytesPerIteration + seriesBytesPerIteration) +
    evaluations * (evaluationBytes + predictionBytes * testImages)
  );
}
