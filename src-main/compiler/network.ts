import type { Architecture, Block } from "../../src-shared/architecture.ts";
import type { Precision } from "../../src-shared/runConfig.ts";
import { outputOf, typeOf, type Graph, type Value } from "./node.ts";

/** PyTorch's batch norm: eps 1e-5; running averages move by a tenth towards the batch's mean and unbiased variance. */
const epsilon = 1e-5;
export const averageFactor = 0.1;

/** The network's tensors as values, by the project's names: "stage1.block1.conv1.kernel" ... float32 all of them. */
export type Tensors = (name: string) => Value;

/** A forward pass that has been added to a graph. */
export interface Forward {
  /** float32 [batch, classes] */
  readonly logits: Value;
  /** Each 3x3 layer's response: after batch norm, before ReLU and addition (He et al. 2016, Fig. 7). */
  readonly responses: readonly { readonly layer: string; readonly value: Value }[];
  /** New running averages by tensor name; in training mode only. */
  readonly averages: ReadonlyMap<string, Value>;
}

export interface NetworkOptions {
  readonly training: boolean;
  readonly precision: Precision;
  /** Of the nodes' names. */
  readonly prefix: string;
  /**
   * float32 [blocks], in the order of the forward pass: each block's residual is multiplied by its number before the
   * addition. 1 leaves the block as it is, to the bit; 0 leaves its shortcut alone. A block without one has no number to
   * heed: nothing would be left of it.
   */
  readonly gates?: Value | undefined;
}

/**
 * Adds the network to `graph`: `images` float32 [batch, 32, 32, 3], already normalised, to logits. Convolutions and
 * activations are of `precision`; batch norm's parameters and statistics and the head are float32.
 */
export function addNetwork(
  graph: Graph,
  architecture: Architecture,
  images: Value,
  tensors: Tensors,
  options: NetworkOptions,
): Forward {
  const { training, precision } = options;
  const named = (name: string) => ({ name: `${options.prefix}/${name}` });
  const averages = new Map<string, Value>();
  const responses: { layer: string; value: Value }[] = [];

  const cast = (x: Value, to: Precision) => (typeOf(x).dtype === to ? x : graph.add("Cast", [x], { to }));

  /** SAME at stride 1; at stride 2 one pixel on every side, then VALID: SAME would pad bottom and right only. */
  const convolve = (x: Value, name: string, stride: number): Value => {
    const kernel = cast(tensors(`${name}.kernel`), precision);
    const { shape } = typeOf(kernel);
    if (stride === 1 || shape[0] === 1) {
      const padding = stride === 1 ? "SAME" : "VALID";
      return graph.add("Conv2D", [x, kernel], { stride, padding }, named(name));
    }
    const paddings = [[0, 0], [1, 1], [1, 1], [0, 0]] as const; // prettier-ignore
    const padded = graph.add("Pad", [x], { paddings }, named(`${name}/pad`));
    return graph.add("Conv2D", [padded, kernel], { stride, padding: "VALID" }, named(name));
  };

  const batchNorm = (x: Value, name: string): Value => {
    // In training mode the batch's own statistics count; the trainer moves the running averages (program.ts).
    const nothing = () => graph.add("Const", [], { dtype: "float32", shape: [0], value: 0 });
    const [mean, variance] = ["mean", "variance"].map((part) => (training ? nothing() : tensors(`${name}.${part}`)));
    const inputs = [x, tensors(`${name}.gamma`), tensors(`${name}.beta`), mean, variance];
    const y = graph.add("FusedBatchNormV3", inputs, { epsilon, averageFactor: 1, training }, named(name));
    if (training) {
      averages.set(`${name}.mean`, outputOf(y, 1));
      averages.set(`${name}.variance`, outputOf(y, 2));
    }
    return y;
  };

  const layer = (x: Value, prefix: string, index: "" | "1" | "2", stride: number): Value => {
    const response = batchNorm(convolve(x, `${prefix}.conv${index}`, stride), `${prefix}.bn${index}`);
    responses.push({ layer: `${prefix}.conv${index}`, value: response });
    return response;
  };

  const relu = (x: Value, name: string) => graph.add("Relu", [x], {}, named(`${name}.relu`));

  const shortcut = (x: Value, block: Block): Value | undefined => {
    switch (block.shortcut) {
      case "none":
        return undefined;
      case "identity":
        return x;
      case "zero-pad": {
        // Option A: every second pixel, then zero channels behind. A pooling window of one pixel is the fastest way to skip.
        const subsampled = graph.add(
          "AvgPool",
          [x],
          { size: 1, stride: block.stride },
          named(`${block.name}.shortcut`),
        );
        const paddings = [[0, 0], [0, 0], [0, 0], [0, block.outputChannels - block.inputChannels]] as const; // prettier-ignore
        return graph.add("Pad", [subsampled], { paddings }, named(`${block.name}.shortcut.pad`));
      }
      case "projection":
        return batchNorm(convolve(x, `${block.name}.shortcut.conv`, block.stride), `${block.name}.shortcut.bn`);
    }
  };

  const gates = options.gates && gatesOf(graph, architecture, options.gates);
  const gated = (residual: Value, { name }: Block): Value => {
    const gate = gates?.get(name);
    return gate ? graph.add("Mul", [residual, cast(gate, precision)], {}, named(`${name}.gate`)) : residual;
  };

  let x = relu(layer(cast(images, precision), "stem", "", 1), "stem");
  for (const block of architecture.blocks) {
    const hidden = relu(layer(x, block.name, "1", block.stride), `${block.name}.1`);
    const residual = layer(hidden, block.name, "2", 1);
    const skipped = shortcut(x, block);
    const add = named(`${block.name}.add`);
    const sum = skipped ? graph.add("AddV2", [gated(residual, block), skipped], {}, add) : residual;
    x = relu(sum, `${block.name}.2`);
  }

  const features = graph.add("Mean", [cast(x, "float32")], { axes: [1, 2] }, named("pool"));
  const product = graph.add("MatMul", [features, tensors("head.kernel")], { transposeA: false, transposeB: false });
  const logits = graph.add("BiasAdd", [product, tensors("head.bias")], {}, named("head"));
  return { logits, responses, averages };
}

/** One value a block, of shape [1], by the block's name. */
function gatesOf(graph: Graph, { blocks }: Architecture, gates: Value): ReadonlyMap<string, Value> {
  const split = graph.add("SplitV", [gates], { sizes: blocks.map(() => 1) });
  return new Map(blocks.map(({ name }, block) => [name, outputOf(split, block)]));
}
