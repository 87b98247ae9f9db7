import fc from "fast-check";
import { expect, it } from "vitest";
import { packArrays, unpackArrays, type PackedArray } from "../../src-shared/contract/packedArrays.ts";
import { packImages, unpackImages } from "../../src-shared/contract/packedImages.ts";
import { packPredictions, unpackPredictions } from "../../src-shared/contract/packedPredictions.ts";
import { packPiece, packSeries, unpackPiece, unpackSeries } from "../../src-shared/contract/packedSeries.ts";
import { decimate } from "../../src-shared/series.ts";

const arrays = fc.oneof(fc.float32Array(), fc.int32Array(), fc.uint8Array()) as fc.Arbitrary<PackedArray>;

it("arrays come back as they were, bit for bit", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.array(arrays), (meta, list) => {
      const unpacked = unpackArrays(packArrays(meta, list).buffer);
      expect(JSON.stringify(unpacked.meta)).toBe(JSON.stringify(meta));
      expect(unpacked.arrays).toEqual(list);
    }),
  );
});

it("what is no packed array, or not all of it, is refused", () => {
  const whole = packArrays({ a: "ü" }, [Float32Array.of(1, NaN)]).buffer;
  for (let bytes = 0; bytes < whole.byteLength; bytes++) expect(() => unpackArrays(whole.slice(0, bytes))).toThrow();
});

it("answers come back as they were, what is not finite included", async () => {
  const series = { from: 3, values: Float32Array.of(1, NaN, -Infinity, 4), gaps: [{ from: 4, to: 5 }] };
  const whole = {
    values: 3,
    minimum: 1,
    minimumAt: 3,
    maximum: 4,
    maximumAt: 6,
    last: -Infinity,
    lastAt: 6,
    nonFinite: 4,
  };
  const plot = {
    range: { from: 0, to: 10 },
    series: [{ run: "r", name: "loss" as const, buckets: decimate(series, 2), whole }],
  };
  expect(await unpackSeries(new Blob([packSeries(plot)]))).toEqual(plot);
  expect(await unpackPiece(new Blob([packPiece({ series, next: 7 })]))).toEqual({ series, next: 7 });
  const predictions = {
    ...{ run: "r", iteration: 1, dataset: "d", classes: ["a", "b"], labelState: "same" as const },
    ...{ predicted: Uint8Array.of(1, 0, 1), labels: Uint8Array.of(0, 0, 1) },
  };
  expect(await unpackPredictions(new Blob([packPredictions(predictions)]))).toEqual(predictions);
  const images = { side: 1, channels: 3, pixels: Uint8Array.of(1, 2, 3), labels: Uint8Array.of(9) };
  expect(await unpackImages(new Blob([packImages(images)]))).toEqual(images);
  await expect(unpackImages(new Blob([packPredictions(predictions)]))).rejects.toThrow();
});
