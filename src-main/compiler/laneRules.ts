import type { OpAttributes, OpName, Shape } from "./ops.ts";

/** How an operation goes into lanes once an input has: see `Laned`. */
export type LaneRule =
  | "map" //     rows in, rows out
  | "linear" //  rows in, rows out; a sum of partials in, partials out
  | "sum" //     rows in, a partial sum over the batch out
  | "matmul"
  | "reduce"
  | "concatenate"
  | "batch-norm"
  | "batch-norm-gradient";

export const laneRules: { readonly [K in OpName]?: LaneRule } = {
  Identity: "linear",
  Cast: "linear",
  Reshape: "linear",
  Mul: "linear",
  Neg: "linear",
  Relu: "map",
  ReluGrad: "map",
  AddV2: "map",
  AddN: "map",
  Sub: "map",
  RealDiv: "map",
  Square: "map",
  ZerosLike: "map",
  Conv2D: "map",
  Conv2DBackpropInput: "map",
  Conv2DBackpropFilter: "sum",
  AvgPool: "map",
  AvgPoolGrad: "map",
  Pad: "map",
  Slice: "map",
  BroadcastTo: "map",
  GatherV2: "map",
  OneHot: "map",
  ImageProjectiveTransformV3: "map",
  MatMul: "matmul",
  BiasAdd: "map",
  BiasAddGrad: "sum",
  SparseSoftmaxCrossEntropyWithLogits: "map",
  SoftmaxCrossEntropyWithLogits: "map",
  Sum: "reduce",
  Mean: "reduce",
  ConcatV2: "concatenate",
  FusedBatchNormV3: "batch-norm",
  FusedBatchNormGradV3: "batch-norm-gradient",
};

/** The attributes of one lane's copy, where they name a size of the batch. */
export const inOneLane: { readonly [K in OpName]?: (attributes: OpAttributes[K], lanes: number) => OpAttributes[K] } = {
  Reshape: ({ shape }, lanes) => ({ shape: rowsOver(shape, lanes) }),
  BroadcastTo: ({ shape }, lanes) => ({ shape: rowsOver(shape, lanes) }),
  Slice: ({ begin, size }, lanes) => ({ begin, size: rowsOver(size, lanes) }),
  Conv2DBackpropInput: (attributes, lanes) => ({ ...attributes, inputShape: rowsOver(attributes.inputShape, lanes) }),
  AvgPoolGrad: (attributes, lanes) => ({ ...attributes, inputShape: rowsOver(attributes.inputShape, lanes) }),
};

export const rowsOver = ([rows, ...rest]: Shape, lanes: number): Shape => [rows / lanes, ...rest];
