import type { Images } from "../../../src-shared/contract/index.ts";

/** One of the images as a canvas takes it; a grey one has its value in all three. */
export function rgbaOf({ pixels, side, channels }: Images, index: number): Uint8ClampedArray<ArrayBuffer> {
  const rgba = new Uint8ClampedArray(side * side * 4);
  const first = index * side * side * channels;
  for (let pixel = 0; pixel < side * side; pixel++) {
    for (let channel = 0; channel < 3; channel++) {
      rgba[4 * pixel + channel] = pixels[first + pixel * channels + Math.min(channel, channels - 1)];
    }
    rgba[4 * pixel + 3] = 255;
  }
  return rgba;
}
