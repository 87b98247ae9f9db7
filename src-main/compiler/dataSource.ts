import type { Value } from "./node.ts";
import type { ImageSource, ProgramParts, Signature } from "./programParts.ts";

interface Batch {
  /** float32 [batch, 32, 32, 3], normalised */
  readonly images: Value;
  /** int32 [batch] */
  readonly labels: Value;
}
export type MakeBatch = (indices: Value, transforms?: Value) => Batch;

/** Where batches come from. */
export interface DataSource {
  readonly load: Signature;
  readonly training: Batch & { readonly inputs: Readonly<Record<string, Value>> };
  readonly batch?: MakeBatch;
}

/** Every image on the device as uint8; a batch is gathered, normalised, then cropped and flipped in one operation. */
export function imagePool(parts: ProgramParts, { files }: Extract<ImageSource, { kind: "pool" }>): DataSource {
  const { graph, options, architecture } = parts;
  const { imageSide, imageChannels } = architecture;
  const image = [imageSide, imageSide, imageChannels];
  const count = files.reduce((sum, file) => sum + file.count, 0);
  const variables = {
    images: graph.variable("images", { dtype: "uint8", shape: [count, ...image] }),
    labels: graph.variable("labels", { dtype: "uint8", shape: [count] }),
    mean: graph.variable("mean", { dtype: "float32", shape: image }),
    // A whole image of divisors: dividing by one a channel takes three times as long.
    divisor: graph.variable("divisor", { dtype: "float32", shape: image }),
  };
  const bytes = (file: string, name: string, ...shape: number[]) => {
    const path = graph.add("Const", [], { dtype: "string", shape: [], value: file }, { name: `loadData/${name}/path` });
    return graph.add("DecodeRaw", [graph.add("ReadFile", [path], {})], { shape }, { name: `loadData/${name}` });
  };
  const joined = (parts: Value[]) => (parts.length === 1 ? parts[0] : graph.add("ConcatV2", parts, {}));
  const mean = graph.placeholder("loadData/mean", "float32", ...image);
  const divisor = graph.placeholder("loadData/divisor", "float32", imageChannels);
  const loaded = [
    graph.assign(variables.images, joined(files.map((file) => bytes(file.images, "images", file.count, ...image)))),
    graph.assign(variables.labels, joined(files.map((file) => bytes(file.labels, "labels", file.count)))),
    graph.assign(variables.mean, mean),
    graph.assign(variables.divisor, graph.add("BroadcastTo", [divisor], { shape: image })),
  ];
  const values = {
    images: graph.read(variables.images, "uint8", "read/images"),
    labels: graph.read(variables.labels, "uint8", "read/labels"),
    mean: graph.read(variables.mean, "float32", "read/mean"),
    divisor: graph.read(variables.divisor, "float32", "read/divisor"),
  };
  const { batchSize } = options.training;
  const batch = (indices: Value, transforms?: Value): Batch => {
    const raw = graph.add("Cast", [graph.add("GatherV2", [values.images, indices], {})], { to: "float32" });
    const centred = graph.add("RealDiv", [graph.add("Sub", [raw, values.mean], {}), values.divisor], {});
    return {
      images: transforms ? graph.add("ImageProjectiveTransformV3", [centred, transforms], {}) : centred,
      labels: graph.add("Cast", [graph.add("GatherV2", [values.labels, indices], {})], { to: "int32" }),
    };
  };
  const trainInputs = {
    indices: graph.batchPlaceholder("train/indices", options.lanes, "int32", batchSize),
    transforms: graph.batchPlaceholder("train/transforms", options.lanes, "float32", batchSize, 8),
  };
  return {
    load: { inputs: { mean, divisor }, outputs: { done: graph.done(loaded, "loadData/done") } },
    training: { inputs: trainInputs, ...batch(trainInputs.indices, trainInputs.transforms) },
    batch,
  };
}

export function fixedBatch(parts: ProgramParts): DataSource {
  const { graph, options, architecture } = parts;
  const { batchSize } = options.training;
  const { imageSide, imageChannels } = architecture;
  const shape = [batchSize, imageSide, imageSide, imageChannels];
  const variables = {
    images: graph.variable("batch/images", { dtype: "float32", shape }),
    labels: graph.variable("batch/labels", { dtype: "int32", shape: [batchSize] }),
  };
  const inputs = {
    images: graph.placeholder("loadData/images", "float32", ...shape),
    labels: graph.placeholder("loadData/labels", "int32", batchSize),
  };
  const loaded = [graph.assign(variables.images, inputs.images), graph.assign(variables.labels, inputs.labels)];
  const images = graph.read(variables.images, "float32", "read/images");
  const labels = graph.read(variables.labels, "int32", "read/labels");
  for (const { node } of [images, labels]) graph.splitRows(node, options.lanes);
  return {
    load: { inputs, outputs: { done: graph.done(loaded, "loadData/done") } },
    training: { inputs: {}, images, labels },
  };
}
