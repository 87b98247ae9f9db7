/** Element types as TensorFlow names them. */
export type DType = "float32" | "bfloat16" | "int32" | "int64" | "uint8" | "bool" | "string" | "resource";

/** A resource's shape is that of the variable behind it. */
export interface TensorType {
  readonly dtype: DType;
  readonly shape: Shape;
}

export type Padding = "SAME" | "VALID";
export type Shape = readonly number[];

/**
 * The IR's operations and their attributes. They are TensorFlow's, NHWC, with one difference: what TensorFlow takes as
 * a constant tensor of shape or axes is an attribute here, so that passes can change it; graphDef.ts makes the constants.
 */
export interface OpAttributes {
  // sources and state
  Placeholder: TensorType;
  Const: TensorType & { readonly value: number | string };
  VarHandleOp: { readonly variable: string; readonly type: TensorType };
  ReadVariableOp: { readonly dtype: DType };
  AssignVariableOp: Record<never, never>;
  ResourceApplyMomentum: { readonly nesterov: boolean };
  NoOp: Record<never, never>;
  Identity: Record<never, never>;
  ReadFile: Record<never, never>;
  /** A file's bytes as uint8 of `shape`. */
  DecodeRaw: { readonly shape: Shape };

  // convolution and pooling
  Conv2D: { readonly stride: number; readonly padding: Padding };
  Conv2DBackpropInput: { readonly inputShape: Shape; readonly stride: number; readonly padding: Padding };
  Conv2DBackpropFilter: { readonly filterShape: Shape; readonly stride: number; readonly padding: Padding };
  AvgPool: { readonly size: number; readonly stride: number };
  AvgPoolGrad: { readonly inputShape: Shape; readonly size: number; readonly stride: number };
  /** [before, after] for each dimension. */
  Pad: { readonly paddings: readonly (readonly [number, number])[] };
  Slice: { readonly begin: Shape; readonly size: Shape };

  // batch norm: x, scale, offset, mean, variance -> y, batchMean, batchVariance, reserve 1, 2, 3
  FusedBatchNormV3: { readonly epsilon: number; readonly averageFactor: number; readonly training: boolean };
  // dy, x, scale, reserve 1, 2, 3 -> dx, dscale, doffset, -, -
  FusedBatchNormGradV3: { readonly epsilon: number; readonly training: boolean };

  // element by element
  Relu: Record<never, never>;
  ReluGrad: Record<never, never>;
  AddV2: Record<never, never>;
  AddN: Record<never, never>;
  Sub: Record<never, never>;
  Mul: Record<never, never>;
  RealDiv: Record<never, never>;
  Rsqrt: Record<never, never>;
  Square: Record<never, never>;
  Neg: Record<never, never>;
  ZerosLike: Record<never, never>;
  Cast: { readonly to: DType };

  // shapes and reductions
  Reshape: { readonly shape: Shape };
  /** [n] -> [n, n] with it as diagonal. */
  Diag: Record<never, never>;
  BroadcastTo: { readonly shape: Shape };
  Sum: { readonly axes: readonly number[] };
  Mean: { readonly axes: readonly number[] };
  Split: { readonly parts: number };
  SplitV: { readonly sizes: readonly number[] };
  ConcatV2: Record<never, never>;
  GatherV2: Record<never, never>;
  OneHot: { readonly classes: number; readonly on: number; readonly off: number };

  // head and loss
  MatMul: { readonly transposeA: boolean; readonly transposeB: boolean };
  BiasAdd: Record<never, never>;
  BiasAddGrad: Record<never, never>;
  /** logits, labels (int32) -> loss [batch], dloss/dlogits [batch, classes] */
  SparseSoftmaxCrossEntropyWithLogits: Record<never, never>;
  /** logits, target distribution -> loss [batch], dloss/dlogits [batch, classes] */
  SoftmaxCrossEntropyWithLogits: Record<never, never>;

  /** images, transforms [batch, 8] -> images moved, nearest neighbour, 0 outside. */
  ImageProjectiveTransformV3: Record<never, never>;
}

export type OpName = keyof OpAttributes;
