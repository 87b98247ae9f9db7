import { open } from "node:fs/promises";
import { imageBytes, imageChannels } from "./preparedDataset.ts";

/** Over a set of training images, in units of 0..255. */
export interface ImageStatistics {
  /** float32 [32, 32, 3]. */
  readonly perPixelMean: Float32Array;
  readonly perChannelMean: readonly [number, number, number];
  /** The population's: divided by the number of pixels. */
  readonly perChannelStd: readonly [number, number, number];
}

const chunkImages = 512;

/**
 * Statistics of a file of images, uint8 [images, 32, 32, 3], read in chunks; of all of them, or of those at `indices`
 * (positions in the file, each at most once). Sums are whole numbers below 2^53, hence exact whatever the order.
 *
 * @throws Error where the file ends early or `indices` is empty
 */
export async function imageStatistics(
  file: string,
  images: number,
  indices?: ArrayLike<number>,
): Promise<ImageStatistics> {
  const wanted = indices === undefined ? undefined : mask(images, indices);
  const count = indices?.length ?? images;
  if (count === 0) throw new Error("statistics of no images");
  const sums = new Float64Array(imageBytes);
  const squares = new Float64Array(imageChannels);
  const chunk = Buffer.alloc(chunkImages * imageBytes);
  const handle = await open(file, "r");
  try {
    for (let first = 0; first < images; first += chunkImages) {
      const here = Math.min(chunkImages, images - first);
      const { bytesRead } = await handle.read(chunk, 0, here * imageBytes, first * imageBytes);
      if (bytesRead !== here * imageBytes) throw new Error(`${file} ends early`);
      for (let image = 0; image < here; image++) {
        if (wanted === undefined || wanted[first + image] === 1) addImage(chunk, image * imageBytes, sums, squares);
      }
    }
  } finally {
    await handle.close();
  }
  return finish(count, sums, squares);
}

function mask(images: number, indices: ArrayLike<number>): Uint8Array {
  const wanted = new Uint8Array(images);
  for (let i = 0; i < indices.length; i++) wanted[indices[i]] = 1;
  return wanted;
}

function addImage(bytes: Uint8Array, offset: number, sums: Float64Array, squares: Float64Array): void {
  let red = 0;
  let green = 0;
  let blue = 0;
  for (let i = 0; i < imageBytes; i += imageChannels) {
    const r = bytes[offset + i];
    const g = bytes[offset + i + 1];
    const b = bytes[offset + i + 2];
    sums[i] += r;
    sums[i + 1] += g;
    sums[i + 2] += b;
    red += r * r;
    green += g * g;
    blue += b * b;
  }
  squares[0] += red;
  squares[1] += green;
  squares[2] += blue;
}

function finish(count: number, sums: Float64Array, squares: Float64Array): ImageStatistics {
  const pixels = (count * imageBytes) / imageChannels;
  const channel = (c: number): { mean: number; std: number } => {
    let sum = 0;
    for (let i = c; i < imageBytes; i += imageChannels) sum += sums[i];
    // n S2 - S^2 exceeds 2^53 for CIFAR-10; as a difference of doubles it would lose what matters.
    const spread = BigInt(pixels) * BigInt(squares[c]) - BigInt(sum) ** 2n;
    return { mean: sum / pixels, std: Math.sqrt(Number(spread)) / pixels };
  };
  const [red, green, blue] = [channel(0), channel(1), channel(2)];
  return {
    perPixelMean: Float32Array.from(sums, (sum) => sum / count),
    perChannelMean: [red.mean, green.mean, blue.mean],
    perChannelStd: [red.std, green.std, blue.std],
  };
}
