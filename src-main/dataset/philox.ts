/**
 * Philox4x32-10, a counter-based random number generator: four random words are a pure function of a counter and a key,
 * so any draw can be had without the ones before it. Salmon, Moraes, Dror and Shaw, "Parallel Random Numbers: As Easy
 * as 1, 2, 3", SC 2011; constants and known answers as in their Random123 library.
 */

const multiplier0 = 0xd2511f53;
const multiplier1 = 0xcd9e8d57;
const keyStep0 = 0x9e3779b9;
const keyStep1 = 0xbb67ae85;
const rounds = 10;

/** The upper 32 bits of a 32 x 32 bit product; `b` in halves, since a double holds 53 bits only. */
function upperProduct(a: number, bUpper: number, bLower: number): number {
  const aUpper = a >>> 16;
  const aLower = a & 0xffff;
  const lower = Math.imul(aLower, bLower);
  const crossA = Math.imul(aUpper, bLower);
  const crossB = Math.imul(aLower, bUpper);
  const carry = (lower >>> 16) + (crossA & 0xffff) + (crossB & 0xffff);
  return (Math.imul(aUpper, bUpper) + (crossA >>> 16) + (crossB >>> 16) + (carry >>> 16)) | 0;
}

/** Four words of 32 random bits (uint32) into `out[0..3]`, from a counter of four words and a key of two. */
export function philox4x32(
  out: Uint32Array,
  counter0: number,
  counter1: number,
  counter2: number,
  counter3: number,
  key0: number,
  key1: number,
): void {
  let x0 = counter0 | 0;
  let x1 = counter1 | 0;
  let x2 = counter2 | 0;
  let x3 = counter3 | 0;
  let k0 = key0 | 0;
  let k1 = key1 | 0;
  for (let round = 0; round < rounds; round++) {
    const upper0 = upperProduct(x0, multiplier0 >>> 16, multiplier0 & 0xffff);
    const upper1 = upperProduct(x2, multiplier1 >>> 16, multiplier1 & 0xffff);
    const lower0 = Math.imul(x0, multiplier0);
    const lower1 = Math.imul(x2, multiplier1);
    x0 = upper1 ^ x1 ^ k0;
    x1 = lower1;
    x2 = upper0 ^ x3 ^ k1;
    x3 = lower0;
    k0 = (k0 + keyStep0) | 0;
    k1 = (k1 + keyStep1) | 0;
  }
  out[0] = x0;
  out[1] = x1;
  out[2] = x2;
  out[3] = x3;
}

/** The second word of the key: what the numbers are for, so that no two uses ever share a draw. */
export const randomPurpose = { shuffle: 1, augmentation: 2, validationSplit: 3, shapes: 4, initialization: 5 } as const;

const twoTo32 = 2 ** 32;

/** A whole number in [0, count), uniform but for count / 2^32, from one random word; exact for count <= 2^21. */
export const scaleWord = (word: number, count: number): number => Math.floor((word * count) / twoTo32);

/**
 * A pseudo-random permutation of 0 ... count - 1 (Fisher-Yates), a pure function of its arguments. `draw` tells apart
 * the permutations of one key, e.g. epochs. Each swap takes 53 random bits, so the bias is below count / 2^53.
 */
export function permutation(count: number, key0: number, key1: number, draw: number): Int32Array {
  const order = Int32Array.from({ length: count }, (_, index) => index);
  const words = new Uint32Array(4);
  const drawLower = draw >>> 0;
  const drawUpper = Math.floor(draw / twoTo32);
  for (let last = count - 1; last > 0; last--) {
    // One block of the generator serves two swaps.
    const half = (count - 1 - last) & 1;
    if (half === 0) philox4x32(words, (count - 1 - last) >>> 1, drawLower, drawUpper, 0, key0, key1);
    const fraction = (words[2 * half] * 2 ** 21 + (words[2 * half + 1] >>> 11)) / 2 ** 53;
    const other = Math.floor(fraction * (last + 1));
    const kept = order[last];
    order[last] = order[other]!;
    order[other] = kept;
  }
  return order;
}
