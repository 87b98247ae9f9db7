import { describe, expect, test } from "vitest";
import { createPlanner, type PlannerOptions } from "../../src-main/dataset/batchPlan.ts";
import { permutation, philox4x32, randomPurpose } from "../../src-main/dataset/philox.ts";
import { splitValidation } from "../../src-main/dataset/validationSplit.ts";

const side = 32;

/** Philox4x32-10 written from the paper with BigInt: slow, and without a trick to get wrong. */
function plainPhilox(counter: readonly number[], key: readonly number[]): number[] {
  const word = 0xffffffffn;
  let [x0, x1, x2, x3] = counter.map((value) => BigInt(value)) as [bigint, bigint, bigint, bigint];
  let [k0, k1] = key.map((value) => BigInt(value)) as [bigint, bigint];
  for (let round = 0; round < 10; round++) {
    const product0 = 0xd2511f53n * x0;
    const product1 = 0xcd9e8d57n * x2;
    [x0, x1, x2, x3] = [(product1 >> 32n) ^ x1 ^ k0, product1 & word, (product0 >> 32n) ^ x3 ^ k1, product0 & word];
    k0 = (k0 + 0x9e3779b9n) & word;
    k1 = (k1 + 0xbb67ae85n) & word;
  }
  return [x0, x1, x2, x3].map(Number);
}

/** A random crop as one writes it without thinking of affine maps: pad, cut out, mirror. [32, 32] of one channel. */
function cropAndFlip(image: ArrayLike<number>, dy: number, dx: number, flip: boolean, pad: number): number[] {
  const padded = Array.from({ length: side + 2 * pad }, () => new Array<number>(side + 2 * pad).fill(0));
  for (let y = 0; y < side; y++) for (let x = 0; x < side; x++) padded[y + pad][x + pad] = image[y * side + x]!;
  const rows = padded.slice(dy + pad, dy + pad + side).map((row) => row.slice(dx + pad, dx + pad + side));
  return (flip ? rows.map((row) => row.reverse()) : rows).flat();
}

/** ImageProjectiveTransformV3's definition: nearest, fill 0. */
function applyRow(image: ArrayLike<number>, row: ArrayLike<number>): number[] {
  const out: number[] = [];
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const k = row[6] * x + row[7] * y + 1;
      const inX = (row[0] * x + row[1] * y + row[2]) / k;
      const inY = (row[3] * x + row[4] * y + row[5]) / k;
      out.push(inX < 0 || inX >= side || inY < 0 || inY >= side ? 0 : image[inY * side + inX]);
    }
  }
  return out;
}

/** The shuffle of an epoch, from the definition: Fisher-Yates from the end, two draws of 53 bits a block. */
function plainOrder(count: number, seed: number, epoch: number): number[] {
  const order = [...Array(count).keys()];
  for (let swap = 0; swap < count - 1; swap++) {
    const words = plainPhilox([Math.floor(swap / 2), epoch, 0, 0], [seed, 1]).slice(2 * (swap % 2));
    const bits = (BigInt(words[0]) << 21n) | (BigInt(words[1]) >> 11n);
    const last = count - 1 - swap;
    const other = Math.floor((Number(bits) / 2 ** 53) * (last + 1));
    [order[last], order[other]] = [order[other], order[last]];
  }
  return order;
}

const sample: PlannerOptions = { seed: 7, trainImages: 1000, batchSize: 128, padPixels: 4, flipProbability: 0.5 };

describe("philox4x32", () => {
  const zeros = [0, 0, 0, 0];
  test.each([
    // Random123's kat_vectors
    { counter: zeros, key: [0, 0], words: [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8] },
    {
      counter: [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      key: [0xffffffff, 0xffffffff],
      words: [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    },
    {
      counter: [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      key: [0xa4093822, 0x299f31d0],
      words: [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    },
  ])("known answer for counter $counter", ({ counter, key, words }) => {
    const out = new Uint32Array(4);
    philox4x32(out, counter[0], counter[1], counter[2], counter[3], key[0], key[1]);
    expect([...out]).toEqual(words);
    expect(plainPhilox(counter, key)).toEqual(words);
  });
});

describe("createPlanner", () => {
  test("10,000 plans agree with a plain implementation, in index, row and pixel", () => {
    const configurations: PlannerOptions[] = [
      { seed: 1, trainImages: 300, batchSize: 7, padPixels: 4, flipProbability: 0.5 },
      { seed: 4_294_967_295, trainImages: 97, batchSize: 16, padPixels: 2, flipProbability: 0.3 },
      { seed: 0, trainImages: 5, batchSize: 13, padPixels: 0, flipProbability: 0 },
      { seed: 123, trainImages: 64, batchSize: 8, padPixels: 16, flipProbability: 1 },
    ];
    let plans = 0;
    for (const options of configurations) {
      const { seed, trainImages, batchSize, padPixels, flipProbability } = options;
      const orders = new Map<number, number[]>();
      const planner = createPlanner(options);
      for (let iteration = 0; iteration < 2500; iteration++, plans++) {
        const plan = planner.plan(iteration);
        for (let i = 0; i < batchSize; i++) {
          const position = iteration * batchSize + i;
          const epoch = Math.floor(position / trainImages);
          if (!orders.has(epoch)) orders.set(epoch, plainOrder(trainImages, seed, epoch));
          const words = plainPhilox([position, 0, 0, 0], [seed, 2]);
          const dy = Number((BigInt(words[0]) * BigInt(2 * padPixels + 1)) >> 32n) - padPixels;
          const dx = Number((BigInt(words[1]) * BigInt(2 * padPixels + 1)) >> 32n) - padPixels;
          const flip = words[2] / 2 ** 32 < flipProbability;
          const row = plan.transforms.subarray(8 * i, 8 * i + 8);
          const rowAsSaid = flip ? [-1, 0, 31 + dx, 0, 1, dy, 0, 0] : [1, 0, dx, 0, 1, dy, 0, 0];
          const agrees = plan.indices[i] === orders.get(epoch)![position % trainImages];
          if (!agrees || rowAsSaid.some((value, k) => value !== row[k])) {
            expect({ index: plan.indices[i], row: [...row] }).toEqual({
              index: orders.get(epoch)![position % trainImages],
              row: rowAsSaid,
            });
          }
          // Pixels of one image a plan: its bytes are all different from 0, so that the fill shows.
          if (i === 0) {
            const image = Uint8Array.from({ length: side * side }, (_, p) => 1 + ((p * 37 + iteration * 11) % 255));
            const naive = cropAndFlip(image, dy, dx, flip, padPixels);
            if (applyRow(image, row).some((value, p) => value !== naive[p]))
              expect(applyRow(image, row)).toEqual(naive);
          }
        }
      }
    }
    expect(plans).toBe(10_000);
  });

  test.each([
    { trainImages: 1000, batchSize: 128 },
    { trainImages: 1024, batchSize: 128 },
    { trainImages: 10, batchSize: 37 },
    { trainImages: 1, batchSize: 3 },
  ])("each epoch of $trainImages images visits each once, batch $batchSize", ({ trainImages, batchSize }) => {
    const planner = createPlanner({ ...sample, trainImages, batchSize });
    const epochs = 5;
    const sequence: number[] = [];
    for (let iteration = 0; sequence.length < epochs * trainImages; iteration++) {
      sequence.push(...planner.plan(iteration).indices);
    }
    const everyImage = [...Array(trainImages).keys()];
    const orders = new Set<string>();
    for (let epoch = 0; epoch < epochs; epoch++) {
      const order = sequence.slice(epoch * trainImages, (epoch + 1) * trainImages);
      expect(order.toSorted((a, b) => a - b)).toEqual(everyImage);
      orders.add(order.join());
    }
    if (trainImages >= 1000) expect(orders.size).toBe(epochs);
  });

  test("a plan does not depend on which plans were made before", () => {
    const planner = createPlanner(sample);
    const forward = [0, 1, 7, 8, 100, 63_999].map((iteration) => planner.plan(iteration));
    const backward = [63_999, 100, 8, 7, 1, 0].map((iteration) => createPlanner(sample).plan(iteration)).reverse();
    expect(forward).toEqual(backward);
  });

  test("another seed gives another order and other offsets", () => {
    const [a, b] = [1, 2].map((seed) => createPlanner({ ...sample, seed }).plan(0));
    expect(a.indices).not.toEqual(b.indices);
    expect(a.transforms).not.toEqual(b.transforms);
  });

  test("the batch size decides where batches end, not what comes next", () => {
    const small = createPlanner({ ...sample, batchSize: 32 });
    const parts = [4, 5, 6, 7].map((iteration) => small.plan(iteration));
    const whole = createPlanner(sample).plan(1);
    expect(parts.flatMap((part) => [...part.indices])).toEqual([...whole.indices]);
    expect(parts.flatMap((part) => [...part.transforms])).toEqual([...whole.transforms]);
  });

  test("positions beyond 2^32 draw anew", () => {
    const far = createPlanner({ ...sample, batchSize: 8192 });
    const [a, b] = [far.plan(0), far.plan(2 ** 32 / 8192)];
    expect(a.transforms).not.toEqual(b.transforms);
  });

  test("offsets are uniform and independent of each other, flips come as often as asked", () => {
    const planner = createPlanner({ ...sample, seed: 11, flipProbability: 0.25 });
    const counts = new Map<string, number>();
    let flips = 0;
    const draws = 800 * 128;
    for (let iteration = 0; iteration < 800; iteration++) {
      const { transforms } = planner.plan(iteration);
      for (let i = 0; i < 128; i++) {
        const flipped = transforms[8 * i] === -1;
        if (flipped) flips++;
        const dx = transforms[8 * i + 2] - (flipped ? 31 : 0);
        const key = `${transforms[8 * i + 5]},${dx}`;
        counts.set(key, (counts.get(key) ?? 0) + 1);
      }
    }
    expect(counts.size).toBe(81);
    const expected = draws / 81;
    const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    // 80 degrees of freedom: 99.9 % of fair generators lie below 124.8, and 0.1 % below 46.5.
    expect(chiSquare).toBeLessThan(124.8);
    expect(chiSquare).toBeGreaterThan(46.5);
    expect(Math.abs(flips / draws - 0.25)).toBeLessThan(3.3 * Math.sqrt((0.25 * 0.75) / draws));
  });

  test("no place in the epoch is likelier for an image than another", () => {
    const count = 10;
    const epochs = 20_000;
    const seen = Array.from({ length: count }, () => new Array<number>(count).fill(0));
    for (let epoch = 0; epoch < epochs; epoch++) {
      permutation(count, 5, randomPurpose.shuffle, epoch).forEach((image, place) => seen[place][image]++);
    }
    const expected = epochs / count;
    const chiSquare = seen.flat().reduce((sum, times) => sum + (times - expected) ** 2 / expected, 0);
    // 81 degrees of freedom: 99.9 % lie below 126.1
    expect(chiSquare).toBeLessThan(126.1);
  });

  test("a plan of 128 images takes well below a millisecond, the epoch's shuffle included", () => {
    const planner = createPlanner({ ...sample, trainImages: 50_000 });
    for (let iteration = 0; iteration < 400; iteration++) planner.plan(iteration);
    const startMs = performance.now();
    for (let iteration = 400; iteration < 1400; iteration++) planner.plan(iteration);
    // Measured: 0.02 ms. The limit leaves room for a busy machine.
    expect((performance.now() - startMs) / 1000).toBeLessThan(0.5);
  });
});

describe("splitValidation", () => {
  test("every image once, the same for ever, smaller parts within larger ones", () => {
    const { training, validation } = splitValidation(50_000, 5000);
    expect(validation.length).toBe(5000);
    expect([...training, ...validation].sort((a, b) => a - b)).toEqual([...Array(50_000).keys()]);
    expect([...validation.slice(0, 8)]).toEqual([10, 12, 20, 21, 42, 43, 47, 57]);
    const larger = new Set(splitValidation(50_000, 6000).validation);
    expect(validation.every((image) => larger.has(image))).toBe(true);
    expect(splitValidation(10, 0)).toEqual({
      training: Int32Array.from(Array(10).keys()),
      validation: new Int32Array(),
    });
    expect(() => splitValidation(10, 10)).toThrow(RangeError);
  });
});
