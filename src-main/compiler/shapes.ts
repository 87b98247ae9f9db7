import { elementCount } from "../../src-shared/architecture.ts";
import type { OpAttributes, OpName, Padding, Shape, TensorType } from "./ops.ts";

/** Says what does not fit; never returns. */
type Refuse = (problem: string) => never;
type Rule<K extends OpName> = (
  inputs: readonly TensorType[],
  attributes: OpAttributes[K],
  refuse: Refuse,
) => TensorType[];

const nothing: TensorType[] = [];
const equalShapes = (a: Shape, b: Shape): boolean => a.length === b.length && a.every((size, i) => size === b[i]);

function windowed(side: number, size: number, stride: number, padding: Padding): number {
  return padding === "SAME" ? Math.ceil(side / stride) : Math.floor((side - size) / stride) + 1;
}

function rank(type: TensorType, expected: number, what: string, refuse: Refuse): void {
  if (type.shape.length !== expected) refuse(`${what} needs ${expected} dimensions, has ${type.shape.length}`);
}

function convolved(image: Shape, kernel: Shape, stride: number, padding: Padding, refuse: Refuse): Shape {
  const [batch, height, width, channels] = image;
  const [kernelHeight, kernelWidth, inputs, outputs] = kernel;
  if (channels !== inputs) refuse(`the image has ${channels} channels, the kernel takes ${inputs}`);
  return [
    batch,
    windowed(height, kernelHeight, stride, padding),
    windowed(width, kernelWidth, stride, padding),
    outputs,
  ];
}

const same: Rule<OpName> = ([x]) => [x];

/** NumPy's rule, as TensorFlow's element-wise operations have it. */
const broadcast: Rule<OpName> = ([a, b], _, refuse) => {
  if (a.dtype !== b.dtype) refuse("element types differ");
  const length = Math.max(a.shape.length, b.shape.length);
  const pad = (shape: Shape): Shape => [...Array<number>(length - shape.length).fill(1), ...shape];
  const [left, right] = [pad(a.shape), pad(b.shape)];
  const shape = left.map((size, i) => {
    if (size !== right[i] && size !== 1 && right[i] !== 1) refuse(`sizes ${size} and ${right[i]} do not broadcast`);
    return size === 1 ? right[i] : size;
  });
  return [{ dtype: a.dtype, shape }];
};

const allEqual: Rule<OpName> = (inputs, _, refuse) => {
  const [first, ...rest] = inputs;
  if (rest.some((type) => type.dtype !== first.dtype || !equalShapes(type.shape, first.shape))) refuse("types differ");
  return [first];
};

const reduced: Rule<"Sum" | "Mean"> = ([x], { axes }) => [
  { dtype: x.dtype, shape: x.shape.filter((_, axis) => !axes.includes(axis)) },
];

const crossEntropy: Rule<OpName> = ([logits, labels], _, refuse) => {
  rank(logits, 2, "logits", refuse);
  if (labels.shape[0] !== logits.shape[0]) refuse("logits and labels differ in their batch");
  return [{ dtype: logits.dtype, shape: [logits.shape[0]] }, logits];
};

const rules: { readonly [K in OpName]: Rule<K> } = {
  Placeholder: (_, { dtype, shape }) => [{ dtype, shape }],
  Const: (_, { dtype, shape }) => [{ dtype, shape }],
  VarHandleOp: (_, { type }) => [{ dtype: "resource", shape: type.shape }],
  ReadVariableOp: ([handle], { dtype }) => [{ dtype, shape: handle.shape }],
  AssignVariableOp: ([variable, value], _, refuse) => {
    if (!equalShapes(variable.shape, value.shape)) refuse("the value has not the variable's shape");
    return nothing;
  },
  ResourceApplyMomentum: () => nothing,
  NoOp: () => nothing,
  Identity: same,
  ReadFile: () => [{ dtype: "string", shape: [] }],
  DecodeRaw: (_, { shape }) => [{ dtype: "uint8", shape }],

  Conv2D: ([image, kernel], { stride, padding }, refuse) => {
    rank(image, 4, "the image", refuse);
    rank(kernel, 4, "the kernel", refuse);
    if (image.dtype !== kernel.dtype) refuse("element types differ");
    return [{ dtype: image.dtype, shape: convolved(image.shape, kernel.shape, stride, padding, refuse) }];
  },
  Conv2DBackpropInput: ([kernel, gradient], { inputShape, stride, padding }, refuse) => {
    if (!equalShapes(convolved(inputShape, kernel.shape, stride, padding, refuse), gradient.shape)) {
      refuse("the gradient has not the shape of the convolution's output");
    }
    return [{ dtype: gradient.dtype, shape: inputShape }];
  },
  Conv2DBackpropFilter: ([image, gradient], { filterShape, stride, padding }, refuse) => {
    if (!equalShapes(convolved(image.shape, filterShape, stride, padding, refuse), gradient.shape)) {
      refuse("the gradient has not the shape of the convolution's output");
    }
    return [{ dtype: gradient.dtype, shape: filterShape }];
  },
  AvgPool: ([x], { size, stride }, refuse) => {
    rank(x, 4, "the image", refuse);
    const [batch, height, width, channels] = x.shape;
    const side = (pixels: number) => windowed(pixels, size, stride, "VALID");
    return [{ dtype: x.dtype, shape: [batch, side(height), side(width), channels] }];
  },
  AvgPoolGrad: ([gradient], { inputShape, size, stride }, refuse) => {
    const [batch, height, width, channels] = inputShape;
    const side = (pixels: number) => windowed(pixels, size, stride, "VALID");
    if (!equalShapes(gradient.shape, [batch, side(height), side(width), channels])) {
      refuse("the gradient has not the shape of the pooling's output");
    }
    return [{ dtype: gradient.dtype, shape: inputShape }];
  },
  Pad: ([x], { paddings }, refuse) => {
    rank(x, paddings.length, "the tensor", refuse);
    return [{ dtype: x.dtype, shape: x.shape.map((size, axis) => size + paddings[axis][0] + paddings[axis][1]) }];
  },
  Slice: ([x], { begin, size }, refuse) => {
    if (x.shape.some((whole, axis) => begin[axis] + size[axis] > whole)) refuse("the slice leaves the tensor");
    return [{ dtype: x.dtype, shape: size }];
  },

  FusedBatchNormV3: ([x, scale, offset], _, refuse) => {
    rank(x, 4, "the image", refuse);
    const channels: TensorType = { dtype: "float32", shape: [x.shape[3]] };
    if (!equalShapes(scale.shape, channels.shape) || !equalShapes(offset.shape, channels.shape)) {
      refuse("scale and offset have not the image's channels");
    }
    return [x, channels, channels, channels, channels, { dtype: "float32", shape: [0] }];
  },
  FusedBatchNormGradV3: ([dy, x, scale], _, refuse) => {
    if (!equalShapes(dy.shape, x.shape)) refuse("image and gradient differ");
    return [x, scale, scale, { dtype: "float32", shape: [0] }, { dtype: "float32", shape: [0] }];
  },

  Relu: same,
  ReluGrad: allEqual,
  AddV2: broadcast,
  AddN: allEqual,
  Sub: broadcast,
  Mul: broadcast,
  RealDiv: broadcast,
  Rsqrt: same,
  Square: same,
  Neg: same,
  ZerosLike: same,
  Cast: ([x], { to }) => [{ dtype: to, shape: x.shape }],

  Reshape: ([x], { shape }, refuse) => {
    if (elementCount(x.shape) !== elementCount(shape)) refuse(`has not the elements of [${shape.join(", ")}]`);
    return [{ dtype: x.dtype, shape }];
  },
  Diag: ([x], _, refuse) => {
    rank(x, 1, "the diagonal", refuse);
    return [{ dtype: x.dtype, shape: [x.shape[0], x.shape[0]] }];
  },
  BroadcastTo: ([x], { shape }, refuse) => {
    const first = shape.length - x.shape.length;
    if (first < 0 || x.shape.some((size, axis) => size !== 1 && size !== shape[first + axis])) {
      refuse(`does not broadcast to [${shape.join(", ")}]`);
    }
    return [{ dtype: x.dtype, shape }];
  },
  Sum: reduced,
  Mean: reduced,
  Split: ([x], { parts }, refuse) => {
    const [first, ...rest] = x.shape;
    if (first % parts !== 0) refuse(`${first} rows do not split into ${parts} equal parts`);
    return Array<TensorType>(parts).fill({ dtype: x.dtype, shape: [first / parts, ...rest] });
  },
  SplitV: ([x], { sizes }, refuse) => {
    if (x.shape[0] !== sizes.reduce((sum, size) => sum + size, 0)) refuse("the sizes do not add up");
    return sizes.map((size) => ({ dtype: x.dtype, shape: [size, ...x.shape.slice(1)] }));
  },
  ConcatV2: (inputs, _, refuse) => {
    const [first] = inputs;
    if (inputs.some((x) => x.dtype !== first.dtype || !equalShapes(x.shape.slice(1), first.shape.slice(1)))) {
      refuse("types differ");
    }
    return [{ dtype: first.dtype, shape: [inputs.reduce((sum, x) => sum + x.shape[0], 0), ...first.shape.slice(1)] }];
  },
  GatherV2: ([x, indices]) => [{ dtype: x.dtype, shape: [...indices.shape, ...x.shape.slice(1)] }],
  OneHot: ([labels], { classes }) => [{ dtype: "float32", shape: [...labels.shape, classes] }],

  MatMul: ([a, b], { transposeA, transposeB }, refuse) => {
    const [rows, inner] = transposeA ? [a.shape[1], a.shape[0]] : a.shape;
    const [otherInner, columns] = transposeB ? [b.shape[1], b.shape[0]] : b.shape;
    if (inner !== otherInner) refuse(`inner sizes ${inner} and ${otherInner} differ`);
    return [{ dtype: a.dtype, shape: [rows, columns] }];
  },
  BiasAdd: ([x, bias], _, refuse) => {
    if (!equalShapes(bias.shape, x.shape.slice(-1))) refuse("one bias a channel");
    return [x];
  },
  BiasAddGrad: ([gradient]) => [{ dtype: gradient.dtype, shape: gradient.shape.slice(-1) }],
  SparseSoftmaxCrossEntropyWithLogits: crossEntropy,
  SoftmaxCrossEntropyWithLogits: (inputs, attributes, refuse) => {
    const [logits, targets] = inputs;
    if (!equalShapes(logits.shape, targets.shape)) refuse("the targets have not the shape of the logits");
    return crossEntropy(inputs, attributes, refuse);
  },
  ImageProjectiveTransformV3: ([images, transforms], _, refuse) => {
    if (!equalShapes(transforms.shape, [images.shape[0], 8])) refuse("one transform of 8 numbers an image");
    return [images];
  },
};

/** The types of an operation's outputs; `refuse` is called with what does not fit. */
export function inferTypes<K extends OpName>(
  op: K,
  inputs: readonly TensorType[],
  attributes: OpAttributes[K],
  refuse: Refuse,
): TensorType[] {
  return (rules[op] as Rule<K>)(inputs, attributes, refuse);
}
