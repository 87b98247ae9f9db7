import type { NetworkConfig } from "./runConfig.ts";

/**
 * The 6n+2 networks of He et al. 2016, section 4.2, as data: a 3x3 stem, three stages of n blocks of two 3x3
 * convolutions at 32, 16 and 8 pixels with 1, 2 and 4 times `width` channels, global average pooling, a linear head.
 * Batch norm follows each convolution.
 */
export interface Block {
  /** "stage1.block1" ...; both count from 1. */
  readonly name: string;
  readonly inputChannels: number;
  readonly outputChannels: number;
  readonly stride: 1 | 2;
  readonly shortcut: "none" | "identity" | "zero-pad" | "projection";
}

/** Whether something is left where a block is removed: its shortcut. */
export const isRemovable = ({ shortcut }: Block): boolean => shortcut !== "none";

export interface Architecture {
  readonly imageSide: number;
  readonly imageChannels: number;
  readonly width: number;
  readonly blocks: readonly Block[];
  readonly featureChannels: number;
  readonly classes: number;
}

export type TensorRole = "kernel" | "gamma" | "beta" | "bias" | "mean" | "variance";

export interface TensorSpec {
  readonly name: string;
  /** Convolution kernels are HWIO, the head's is [in, classes]. */
  readonly shape: readonly number[];
  readonly role: TensorRole;
}

const stages = 3;

export function describeArchitecture(
  network: Pick<NetworkConfig, "family" | "depth" | "width" | "shortcut">,
  classes: number,
): Architecture {
  const blocksPerStage = (network.depth - 2) / 6;
  const blocks: Block[] = [];
  let inputChannels = network.width;
  for (let stage = 1; stage <= stages; stage++) {
    const outputChannels = network.width * 2 ** (stage - 1);
    for (let block = 1; block <= blocksPerStage; block++) {
      const resizes = stage > 1 && block === 1;
      blocks.push({
        name: `stage${stage}.block${block}`,
        inputChannels,
        outputChannels,
        stride: resizes ? 2 : 1,
        shortcut: network.family === "plain" ? "none" : resizes ? network.shortcut : "identity",
      });
      inputChannels = outputChannels;
    }
  }
  return {
    imageSide: 32,
    imageChannels: 3,
    width: network.width,
    blocks,
    featureChannels: inputChannels,
    classes,
  };
}

const kernel = (name: string, ...shape: number[]): TensorSpec => ({ name: `${name}.kernel`, shape, role: "kernel" });
const batchNorm = (name: string, channels: number): TensorSpec[] =>
  (["gamma", "beta", "mean", "variance"] as const).map((role) => ({
    name: `${name}.${role}`,
    shape: [channels],
    role,
  }));

/** Every tensor of the network, in the order of the forward pass. */
export function networkTensors(architecture: Architecture): TensorSpec[] {
  const { imageChannels, width, blocks, featureChannels, classes } = architecture;
  return [
    kernel("stem.conv", 3, 3, imageChannels, width),
    ...batchNorm("stem.bn", width),
    ...blocks.flatMap((block) => [
      kernel(`${block.name}.conv1`, 3, 3, block.inputChannels, block.outputChannels),
      ...batchNorm(`${block.name}.bn1`, block.outputChannels),
      kernel(`${block.name}.conv2`, 3, 3, block.outputChannels, block.outputChannels),
      ...batchNorm(`${block.name}.bn2`, block.outputChannels),
      ...(block.shortcut === "projection"
        ? [
            kernel(`${block.name}.shortcut.conv`, 1, 1, block.inputChannels, block.outputChannels),
            ...batchNorm(`${block.name}.shortcut.bn`, block.outputChannels),
          ]
        : []),
    ]),
    kernel("head", featureChannels, classes),
    { name: "head.bias", shape: [classes], role: "bias" },
  ];
}

/** Running averages are kept, not trained. */
export const isTrainable = (tensor: TensorSpec): boolean => tensor.role !== "mean" && tensor.role !== "variance";

export const elementCount = (shape: readonly number[]): number => shape.reduce((count, size) => count * size, 1);

/** Inputs that one output of a kernel sums: height x width x input channels; He normal's std is sqrt(2 / fan-in). */
export const fanIn = (tensor: TensorSpec): number => elementCount(tensor.shape.slice(0, -1));

export const parameterCount = (architecture: Architecture): number =>
  networkTensors(architecture)
    .filter(isTrainable)
    .reduce((count, tensor) => count + elementCount(tensor.shape), 0);
