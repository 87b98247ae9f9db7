import type { Architecture } from "../../src-shared/architecture.ts";
import type { NetworkConfig, Precision, TrainingConfig } from "../../src-shared/runConfig.ts";
import type { FlatLayout } from "./flatLayout.ts";
import type { Value } from "./node.ts";
import type { ProgramGraph } from "./programGraph.ts";

/** What a training graph is made from. */
export interface ProgramOptions {
  readonly network: NetworkConfig;
  readonly classes: number;
  readonly precision: Precision;
  readonly training: Pick<
    TrainingConfig,
    "batchSize" | "momentum" | "nesterov" | "weightDecay" | "decays" | "labelSmoothing"
  >;
  /** Single-threaded parts of a batch; divides batchSize. */
  readonly lanes: number;
  readonly images: ImageSource;
  /** Whether layer responses and gradient norms are wanted. */
  readonly probe: boolean;
}

export type ImageSource =
  /** The pool of all images on the device, read from the prepared files: those of every path, one after the other. */
  | {
      readonly kind: "pool";
      readonly files: readonly { readonly images: string; readonly labels: string; readonly count: number }[];
    }
  /** One batch of normalised float images that is trained on again and again: the bare step, for benchmarks. */
  | { readonly kind: "fixed-batch" };

/** A named way into the graph: what is fed, what comes out. */
export interface Signature {
  readonly inputs: Readonly<Record<string, Value>>;
  readonly outputs: Readonly<Record<string, Value>>;
}

/** What every part of a program is made with; the parts add their nodes to one graph. */
export interface ProgramParts {
  readonly graph: ProgramGraph;
  readonly options: ProgramOptions;
  readonly architecture: Architecture;
  readonly layout: FlatLayout;
}

/** Images of an evaluation that a lane takes at a time. */
export const evaluationImagesPerLane = 100;
export const probeBatch = 100;

/** The largest divisor of `rows` that is at most `most`: lanes are of equal size. */
export function largestDivisor(rows: number, most: number): number {
  for (let lanes = Math.min(most, rows); lanes > 1; lanes--) if (rows % lanes === 0) return lanes;
  return 1;
}
