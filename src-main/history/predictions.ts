/** Predicted classes, packed as small as their number allows: 5,000 bytes for 10,000 images of up to 16 classes. */
export interface PackedPredictions {
  readonly images: number;
  readonly bits: 4 | 8;
  readonly bytes: Uint8Array;
}

const nibbleClasses = 16;

/** @param predictions one class an image */
export function packPredictions(predictions: Uint8Array): PackedPredictions {
  const images = predictions.length;
  if (predictions.some((prediction) => prediction >= nibbleClasses)) return { images, bits: 8, bytes: predictions };
  const bytes = new Uint8Array(Math.ceil(images / 2));
  // The even image is in the low half.
  for (let i = 0; i < images; i++) bytes[i >> 1] |= predictions[i] << (4 * (i & 1));
  return { images, bits: 4, bytes };
}

/** @returns one class an image */
export function unpackPredictions({ images, bits, bytes }: PackedPredictions): Uint8Array {
  if (bits === 8) return Uint8Array.from(bytes);
  return Uint8Array.from({ length: images }, (_, i) => (bytes[i >> 1] >> (4 * (i & 1))) & 0xf);
}
