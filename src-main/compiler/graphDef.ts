import protos from "@tensorflow/tfjs-node-gpu/dist/proto/api_pb.js";
import { typeOf, type Graph, type Node, type NodeOf, type Value } from "./node.ts";
import type { DType, OpName, Shape } from "./ops.ts";
import type { Program, Signature } from "./program.ts";

/** TensorFlow's numbers for element types (types.proto). */
const dtypes: Readonly<Record<DType, number>> = {
  float32: 1,
  int32: 3,
  uint8: 4,
  string: 7,
  int64: 9,
  bool: 10,
  bfloat16: 14,
  resource: 20,
};

type Attributes = Readonly<Record<string, protos.AttrValue>>;

function attribute(set: (value: protos.AttrValue) => void): protos.AttrValue {
  const value = new protos.AttrValue();
  set(value);
  return value;
}

function shapeProto(shape: Shape): protos.TensorShape {
  const proto = new protos.TensorShape();
  for (const size of shape) {
    const dim = new protos.TensorShape.Dim();
    dim.setSize(size);
    proto.addDim(dim);
  }
  return proto;
}

const base64 = (text: string): string => Buffer.from(text).toString("base64");
const type = (dtype: DType) => attribute((a) => a.setType(dtypes[dtype]));
const string = (value: string) => attribute((a) => a.setS(base64(value)));
const integer = (value: number) => attribute((a) => a.setI(value));
const float = (value: number) => attribute((a) => a.setF(value));
const boolean = (value: boolean) => attribute((a) => a.setB(value));
const shapeOf = (shape: Shape) => attribute((a) => a.setShape(shapeProto(shape)));
const integers = (values: readonly number[]) =>
  attribute((a) => {
    const list = new protos.AttrValue.ListValue();
    for (const value of values) list.addI(value);
    a.setList(list);
  });

/** A constant; a single value fills the whole shape. */
function constant(dtype: DType, shape: Shape, values: readonly (number | string)[]): Attributes {
  const tensor = new protos.Tensor();
  tensor.setDtype(dtypes[dtype]);
  tensor.setTensorShape(shapeProto(shape));
  if (!shape.includes(0)) {
    for (const value of values) {
      if (typeof value === "string") tensor.addStringVal(base64(value));
      else if (dtype === "float32") tensor.addFloatVal(value);
      else tensor.addIntVal(value);
    }
  }
  return { dtype: type(dtype), value: attribute((a) => a.setTensor(tensor)) };
}

/** An operation as TensorFlow wants it: attributes, and constant inputs by position (shapes, axes). */
interface Lowered {
  readonly attributes: Attributes;
  readonly constants?: Readonly<Record<number, { values: readonly number[]; shape?: Shape; dtype?: DType }>>;
  /** Another operation of TensorFlow's than the IR's of the same name. */
  readonly op?: string;
}
type Lowering<K extends OpName> = (node: NodeOf<K>) => Lowered;

const T = (value: Value) => ({ T: type(typeOf(value).dtype) });
const unary: Lowering<OpName> = ({ inputs: [x] }) => ({ attributes: T(x) });
const nhwc = { data_format: string("NHWC") };
const window = (size: number) => integers([1, size, size, 1]);
const convolution = (stride: number, padding: string, x: Value): Attributes => ({
  ...T(x),
  ...nhwc,
  strides: window(stride),
  padding: string(padding),
});
const pooling = (size: number, stride: number, x: Value): Attributes => ({
  ...T(x),
  ...nhwc,
  ksize: window(size),
  strides: window(stride),
  padding: string("VALID"),
});
const reduction: Lowering<"Sum" | "Mean"> = ({ inputs: [x], attributes: { axes } }) => ({
  attributes: { ...T(x), Tidx: type("int32"), keep_dims: boolean(false) },
  constants: { 1: { values: axes } },
});
const crossEntropy: Lowering<OpName> = ({ inputs: [logits] }) => ({ attributes: T(logits) });

const lowerings: { readonly [K in OpName]: Lowering<K> } = {
  Placeholder: ({ attributes: { dtype, shape } }) => ({ attributes: { dtype: type(dtype), shape: shapeOf(shape) } }),
  Const: ({ attributes: { dtype, shape, value } }) => ({ attributes: constant(dtype, shape, [value]) }),
  VarHandleOp: ({ attributes: { variable, type: variableType } }) => ({
    attributes: {
      dtype: type(variableType.dtype),
      shape: shapeOf(variableType.shape),
      shared_name: string(variable),
      container: string(""),
    },
  }),
  ReadVariableOp: ({ attributes: { dtype } }) => ({ attributes: { dtype: type(dtype) } }),
  AssignVariableOp: ({ inputs: [, value] }) => ({ attributes: { dtype: type(typeOf(value).dtype) } }),
  ResourceApplyMomentum: ({ attributes: { nesterov } }) => ({
    attributes: { T: type("float32"), use_locking: boolean(false), use_nesterov: boolean(nesterov) },
  }),
  NoOp: () => ({ attributes: {} }),
  Identity: unary,
  ReadFile: () => ({ attributes: {} }),
  DecodeRaw: () => ({ attributes: { out_type: type("uint8"), little_endian: boolean(true) } }),

  Conv2D: ({ inputs: [x], attributes: { stride, padding } }) => ({ attributes: convolution(stride, padding, x) }),
  Conv2DBackpropInput: ({ inputs: [x], attributes: { inputShape, stride, padding } }) => ({
    attributes: convolution(stride, padding, x),
    constants: { 0: { values: inputShape } },
  }),
  Conv2DBackpropFilter: ({ inputs: [x], attributes: { filterShape, stride, padding } }) => ({
    attributes: convolution(stride, padding, x),
    constants: { 1: { values: filterShape } },
  }),
  AvgPool: ({ inputs: [x], attributes: { size, stride } }) => ({ attributes: pooling(size, stride, x) }),
  AvgPoolGrad: ({ inputs: [dy], attributes: { inputShape, size, stride } }) => ({
    attributes: pooling(size, stride, dy),
    constants: { 0: { values: inputShape } },
  }),
  Pad: ({ inputs: [x], attributes: { paddings } }) => ({
    attributes: { ...T(x), Tpaddings: type("int32") },
    constants: { 1: { values: paddings.flat(), shape: [paddings.length, 2] } },
  }),
  Slice: ({ inputs: [x], attributes: { begin, size } }) => ({
    attributes: { ...T(x), Index: type("int32") },
    constants: { 1: { values: begin }, 2: { values: size } },
  }),

  FusedBatchNormV3: ({ inputs: [x], attributes: { epsilon, averageFactor, training } }) => ({
    attributes: {
      ...T(x),
      ...nhwc,
      U: type("float32"),
      epsilon: float(epsilon),
      exponential_avg_factor: float(averageFactor),
      is_training: boolean(training),
    },
  }),
  FusedBatchNormGradV3: ({ inputs: [dy], attributes: { epsilon, training } }) => ({
    attributes: { ...T(dy), ...nhwc, U: type("float32"), epsilon: float(epsilon), is_training: boolean(training) },
  }),

  Relu: unary,
  ReluGrad: unary,
  AddV2: unary,
  AddN: ({ inputs }) => ({ attributes: { ...T(inputs[0]), N: integer(inputs.length) } }),
  Sub: unary,
  Mul: unary,
  RealDiv: unary,
  Rsqrt: unary,
  Square: unary,
  Neg: unary,
  ZerosLike: unary,
  Cast: ({ inputs: [x], attributes: { to } }) => ({
    attributes: { SrcT: type(typeOf(x).dtype), DstT: type(to), Truncate: boolean(false) },
  }),

  Reshape: ({ inputs: [x], attributes: { shape } }) => ({
    attributes: { ...T(x), Tshape: type("int32") },
    constants: { 1: { values: shape } },
  }),
  Diag: unary,
  BroadcastTo: ({ inputs: [x], attributes: { shape } }) => ({
    attributes: { ...T(x), Tidx: type("int32") },
    constants: { 1: { values: shape } },
  }),
  Sum: reduction,
  Mean: reduction,
  Split: ({ inputs: [x], attributes: { parts } }) => ({
    attributes: { ...T(x), num_split: integer(parts) },
    constants: { 0: { values: [0], shape: [] } },
  }),
  SplitV: ({ inputs: [x], attributes: { sizes } }) => ({
    attributes: { ...T(x), Tlen: type("int32"), num_split: integer(sizes.length) },
    constants: { 1: { values: sizes }, 2: { values: [0], shape: [] } },
  }),
  ConcatV2: ({ inputs }) =>
    inputs.length === 1
      ? { op: "Identity", attributes: T(inputs[0]) }
      : {
          attributes: { ...T(inputs[0]), N: integer(inputs.length), Tidx: type("int32") },
          constants: { [inputs.length]: { values: [0], shape: [] } },
        },
  GatherV2: ({ inputs: [x, indices] }) => ({
    attributes: {
      Tparams: type(typeOf(x).dtype),
      Tindices: type(typeOf(indices).dtype),
      Taxis: type("int32"),
      batch_dims: integer(0),
    },
    constants: { 2: { values: [0], shape: [] } },
  }),
  OneHot: ({ inputs: [labels], attributes: { classes, on, off } }) => ({
    attributes: { T: type("float32"), TI: type(typeOf(labels).dtype), axis: integer(-1) },
    constants: {
      1: { values: [classes], shape: [] },
      2: { values: [on], shape: [], dtype: "float32" },
      3: { values: [off], shape: [], dtype: "float32" },
    },
  }),

  MatMul: ({ inputs: [a], attributes: { transposeA, transposeB } }) => ({
    attributes: { ...T(a), transpose_a: boolean(transposeA), transpose_b: boolean(transposeB) },
  }),
  BiasAdd: ({ inputs: [x] }) => ({ attributes: { ...T(x), ...nhwc } }),
  BiasAddGrad: ({ inputs: [dy] }) => ({ attributes: { ...T(dy), ...nhwc } }),
  SparseSoftmaxCrossEntropyWithLogits: ({ inputs: [logits, labels] }) => ({
    attributes: { ...T(logits), Tlabels: type(typeOf(labels).dtype) },
  }),
  SoftmaxCrossEntropyWithLogits: crossEntropy,
  ImageProjectiveTransformV3: ({ inputs: [images] }) => ({
    attributes: { dtype: type(typeOf(images).dtype), interpolation: string("NEAREST"), fill_mode: string("CONSTANT") },
    constants: {
      2: { values: typeOf(images).shape.slice(1, 3) },
      3: { values: [0], shape: [], dtype: "float32" },
    },
  }),
};

function nodeDef(name: string, op: string, inputs: readonly string[], attributes: Attributes): protos.NodeDef {
  const def = new protos.NodeDef();
  def.setName(name);
  def.setOp(op);
  for (const input of inputs) def.addInput(input);
  for (const [key, value] of Object.entries(attributes)) def.getAttrMap().set(key, value);
  return def;
}

const tensorName = ({ node, output }: Value): string => (output === 0 ? node.name : `${node.name}:${output}`);

/** A node and the constants that TensorFlow wants before it. */
function* lowered(node: Node): Generator<protos.NodeDef> {
  const { attributes, constants = {}, op = node.op } = (lowerings[node.op] as Lowering<OpName>)(node);
  const inputs = node.inputs.map(tensorName);
  for (const [position, { values, shape = [values.length], dtype = "int32" }] of Object.entries(constants)) {
    const name = `${node.name}/constant${position}`;
    yield nodeDef(name, "Const", [], constant(dtype, shape, values));
    inputs.splice(Number(position), 0, name);
  }
  const control = node.control.map(({ name }) => `^${name}`);
  if (node.op !== "DecodeRaw") {
    yield nodeDef(node.name, op, [...inputs, ...control], attributes);
    return;
  }
  // DecodeRaw gives a flat tensor; the IR's has the shape that it stands for.
  const flat = `${node.name}/bytes`;
  const shape = `${node.name}/shape`;
  yield nodeDef(flat, op, [...inputs, ...control], attributes);
  yield nodeDef(shape, "Const", [], constant("int32", [node.attributes.shape.length], node.attributes.shape));
  yield nodeDef(node.name, "Reshape", [flat, shape], { T: type("uint8"), Tshape: type("int32") });
}

function graphDef(graph: Graph): protos.GraphDef {
  const def = new protos.GraphDef();
  const versions = new protos.VersionDef();
  versions.setProducer(1087);
  versions.setMinConsumer(12);
  def.setVersions(versions);
  def.setNodeList(graph.nodes.flatMap((node) => [...lowered(node)]));
  return def;
}

function tensorInfo(value: Value): protos.TensorInfo {
  const { dtype, shape } = typeOf(value);
  const info = new protos.TensorInfo();
  info.setName(`${value.node.name}:${value.output}`);
  info.setDtype(dtypes[dtype]);
  info.setTensorShape(shapeProto(shape));
  return info;
}

function signatureDef(name: string, { inputs, outputs }: Signature): protos.SignatureDef {
  const def = new protos.SignatureDef();
  def.setMethodName(name);
  for (const [key, value] of Object.entries(inputs)) def.getInputsMap().set(key, tensorInfo(value));
  for (const [key, value] of Object.entries(outputs)) def.getOutputsMap().set(key, tensorInfo(value));
  return def;
}

export const savedModelTag = "serve";

/** The program as the bytes of a `saved_model.pb`: one meta graph whose signatures share a session and its variables. */
export function serializeSavedModel({ graph, signatures }: Pick<Program, "graph" | "signatures">): Uint8Array {
  const meta = new protos.MetaGraphDef();
  const info = new protos.MetaGraphDef.MetaInfoDef();
  info.addTags(savedModelTag);
  meta.setMetaInfoDef(info);
  meta.setGraphDef(graphDef(graph));
  for (const [name, signature] of Object.entries(signatures)) {
    meta.getSignatureDefMap().set(name, signatureDef(name, signature));
  }
  const model = new protos.SavedModel();
  model.setSavedModelSchemaVersion(1);
  model.addMetaGraphs(meta);
  return model.serializeBinary();
}
