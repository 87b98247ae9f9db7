import { describeArchitecture } from "../../src-shared/architecture.ts";
import type { NetworkConfig } from "../../src-shared/runConfig.ts";

/** Channels last, one image after the other. */
interface Images {
  readonly side: number;
  readonly channels: number;
  readonly values: Float64Array;
}

/**
 * The 6n+2 network as the paper writes it, in loops and in float64: an oracle that shares nothing with the compiler but the
 * names of the tensors. Of the block number `removed` only the shortcut is there.
 *
 * @param input normalised, [images, 32, 32, 3]
 * @returns logits [images, classes]
 */
export function plainForward(
  config: NetworkConfig,
  tensors: ReadonlyMap<string, Float32Array>,
  input: ArrayLike<number>,
  images: number,
  removed: number | undefined,
): Float64Array {
  const tensor = (name: string) => tensors.get(name)!;
  const classes = tensor("head.bias").length;
  const { blocks } = describeArchitecture(config, classes);

  const convolve = ({ side, channels, values }: Images, name: string, stride: number): Images => {
    const kernel = tensor(`${name}.kernel`);
    const outputs = tensor(`${name.replace(/conv(\d?)$/, "bn$1")}.gamma`).length;
    const size = Math.sqrt(kernel.length / (channels * outputs));
    const reach = (size - 1) / 2;
    const after = side / stride;
    const result = new Float64Array(images * after * after * outputs);
    for (let image = 0; image < images; image++)
      for (let row = 0; row < after; row++)
        for (let column = 0; column < after; column++)
          for (let output = 0; output < outputs; output++) {
            let sum = 0;
            for (let dy = 0; dy < size; dy++)
              for (let dx = 0; dx < size; dx++) {
                const [y, x] = [row * stride + dy - reach, column * stride + dx - reach];
                if (y < 0 || x < 0 || y >= side || x >= side) continue;
                for (let channel = 0; channel < channels; channel++)
                  sum +=
                    values[((image * side + y) * side + x) * channels + channel] *
                    kernel[((dy * size + dx) * channels + channel) * outputs + output];
              }
            result[((image * after + row) * after + column) * outputs + output] = sum;
          }
    return normalise({ side: after, channels: outputs, values: result }, name.replace(/conv(\d?)$/, "bn$1"));
  };

  const normalise = (x: Images, name: string): Images => {
    const [gamma, beta, mean, variance] = ["gamma", "beta", "mean", "variance"].map((part) =>
      tensor(`${name}.${part}`),
    );
    return mapped(x, (value, c) => (gamma[c] * (value - mean[c])) / Math.sqrt(variance[c] + 1e-5) + beta[c]);
  };

  const mapped = (x: Images, change: (value: number, channel: number) => number): Images => ({
    ...x,
    values: x.values.map((value, i) => change(value, i % x.channels)),
  });
  const relu = (x: Images): Images => mapped(x, (value) => Math.max(0, value));

  /** Every second pixel, and channels of zeros behind. */
  const zeroPadded = ({ side, channels, values }: Images, outputs: number): Images => {
    const after = side / 2;
    const result = new Float64Array(images * after * after * outputs);
    for (let image = 0; image < images; image++)
      for (let row = 0; row < after; row++)
        for (let column = 0; column < after; column++)
          for (let channel = 0; channel < channels; channel++)
            result[((image * after + row) * after + column) * outputs + channel] =
              values[((image * side + 2 * row) * side + 2 * column) * channels + channel];
    return { side: after, channels: outputs, values: result };
  };

  let x = relu(convolve({ side: 32, channels: 3, values: Float64Array.from(input) }, "stem.conv", 1));
  for (const [index, { name, stride, outputChannels, shortcut }] of blocks.entries()) {
    const residual =
      index === removed ? undefined : convolve(relu(convolve(x, `${name}.conv1`, stride)), `${name}.conv2`, 1);
    const skipped = {
      none: () => undefined,
      identity: () => x,
      "zero-pad": () => zeroPadded(x, outputChannels),
      projection: () => convolve(x, `${name}.shortcut.conv`, stride),
    }[shortcut]();
    if (!residual && !skipped) throw new Error(`nothing is left of ${name}`);
    const whole = (residual ?? skipped)!;
    x = relu(residual && skipped ? { ...whole, values: whole.values.map((v, i) => v + skipped.values[i]) } : whole);
  }

  const pixels = x.side * x.side;
  const [kernel, bias] = [tensor("head.kernel"), tensor("head.bias")];
  return Float64Array.from({ length: images * classes }, (_, i) => {
    const [image, label] = [Math.floor(i / classes), i % classes];
    let sum = bias[label];
    for (let pixel = 0; pixel < pixels; pixel++)
      for (let c = 0; c < x.channels; c++)
        sum += (x.values[(image * pixels + pixel) * x.channels + c] / pixels) * kernel[c * classes + label];
    return sum;
  });
}
