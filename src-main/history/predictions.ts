/**
 * Predicted classes in as few bits each as the highest of them needs: 5,000 bytes for 10,000 images of 10 classes, 8,750 of
 * 100.
 */
export interface PackedPredictions {
  readonly images: number;
  /** Of each image, 1 to 8; the first image's are the lowest of the first byte. */
  readonly bits: number;
  readonly bytes: Uint8Array;
}

/** @param predictions one class an image */
export function packPredictions(predictions: Uint8Array): PackedPredictions {
  const images = predictions.length;
  const highest = predictions.reduce((most, prediction) => Math.max(most, prediction), 1);
  const bits = 32 - Math.clz32(highest);
  const bytes = new Uint8Array(Math.ceil((images * bits) / 8));
  for (let i = 0; i < images; i++) {
    const [byte, shift] = [(i * bits) >> 3, (i * bits) & 7];
    bytes[byte] |= predictions[i] << shift;
    if (shift + bits > 8) bytes[byte + 1] |= predictions[i] >> (8 - shift);
  }
  return { images, bits, bytes };
}

/** @returns one class an image */
export function unpackPredictions({ images, bits, bytes }: PackedPredictions): Uint8Array {
  const mask = (1 << bits) - 1;
  return Uint8Array.from({ length: images }, (_, i) => {
    const [byte, shift] = [(i * bits) >> 3, (i * bits) & 7];
    return ((bytes[byte] | ((bytes[byte + 1] ?? 0) << 8)) >> shift) & mask;
  });
}
